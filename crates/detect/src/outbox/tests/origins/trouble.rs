//! What it costs to tell an origin, and what becomes of it when a store does not do as it should.

use std::sync::atomic::AtomicU64;

use super::*;

/// A store that counts what it is asked, and how many items are written.
struct Counting<'s> {
    store: &'s MemoryStore,
    operations: &'s AtomicU64,
    writes: &'s AtomicU64,
}

impl StateStore for Counting<'_> {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.operations.fetch_add(1, Ordering::Relaxed);
        self.store.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        self.operations.fetch_add(1, Ordering::Relaxed);
        self.writes.fetch_add(writes.len() as u64, Ordering::Relaxed);
        self.store.commit(writes).await
    }
}

#[test]
fn a_circle_and_a_long_chain_end() {
    let store = MemoryStore::default();
    deliver(&store, NOON, &[assumed(1, &of(ADMIN), JUMP), assumed(2, &of(JUMP), ADMIN)]);
    assert_eq!(behind(&deliver(&store, NOON, &[did(3, &of(ADMIN))])).unwrap().end, End::Several);
    let text = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let name = |at: u32| -> Of { ("222233334444", text(format!("R{at}")), "s", text(format!("ASIA{at}"))) };
    let links: Vec<Value> = (0..30).map(|at| assumed(10 + at, &of(name(at)), name(at + 1))).collect();
    deliver(&store, NOON, &links);
    let operations = AtomicU64::new(0);
    let counted = Counting { store: &store, operations: &operations, writes: &AtomicU64::new(0) };
    let sent = deliver(&counted, NOON, &[did(50, &of(name(30)))]);
    let told = behind(&sent).unwrap();
    assert_eq!((told.links.len(), &told.end), (8, &End::NotAtHand));
    let operations = operations.into_inner();
    assert!(operations <= 5 + 8, "{operations}: as of a user, and one for each session that is followed");
}

#[test]
fn whoever_publishes_it_again_after_a_crash_says_the_same() {
    let store = MemoryStore::default();
    deliver(&store, NOON, &chain());
    let refused = {
        let memory = Memory::fleeting(&store);
        let sink = Sink { refuse: Some(PublishError::Transient("killed".to_owned())), ..Sink::default() };
        let outbox = Outbox {
            policy: named().policy(),
            memory: &memory,
            sink: &sink,
            clock: &At(NOON.parse().unwrap()),
            claimant: "dies",
            product: &Product::new("test"),
        };
        pollster::block_on(outbox.send(found(named(), &[did(4, &of(DEEP))]), &mut Tally::default()))
    };
    assert_eq!(refused.unsent[0].behind.as_ref().and_then(|behind| behind.words()).as_deref(), Some(CHAIN));
    let again = deliver(&store, "2026-03-18T12:01:00Z", &[did(4, &of(DEEP))]);
    assert_eq!(words(&again), CHAIN);
    assert_eq!(behind(&again), refused.unsent[0].behind.as_deref());
    assert_eq!(deliver(&store, "2026-03-18T12:02:00Z", &[did(4, &of(DEEP))]).published.len(), 0);
}

/// A store that answers but for hand-outs.
struct WithoutSessions(MemoryStore);

impl StateStore for WithoutSessions {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        let items = self.0.load(keys).await?;
        let later = |key: &Key, item: Option<Item>| {
            let is_session = key.kind == ItemKind::Session;
            item.map(|item| if is_session { Item { value: r#"{"v":2}"#.into(), ..item } } else { item })
        };
        Ok(keys.iter().zip(items).map(|(key, item)| later(key, item)).collect())
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        self.0.commit(writes).await
    }
}

#[test]
fn a_store_that_cannot_be_asked_costs_the_origin_and_never_the_finding() {
    let sent = deliver(&Down, NOON, &[assumed(1, &user("dana"), ADMIN), did(2, &of(ADMIN))]);
    assert_eq!(behind(&sent), None);
    assert_eq!(sent.state_unavailable.as_deref(), Some("no answer"));
    let store = WithoutSessions(MemoryStore::default());
    deliver(&store, NOON, &[assumed(1, &user("dana"), ADMIN)]);
    let sent = deliver(&store, NOON, &[did(2, &of(ADMIN))]);
    assert_eq!(behind(&sent), None, "of a later version");
    assert!(sent.state_unavailable.as_ref().unwrap().contains("session"), "{:?}", sent.state_unavailable);
    assert!(!sent.published[0].matched.verdict.newness.unavailable, "what the finding says was asked");
}

/// A store that refuses so many commits, as one whose items others change does.
struct Refusing(MemoryStore, AtomicI64);

impl StateStore for Refusing {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.0.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        if self.1.fetch_sub(1, Ordering::Relaxed) > 0 {
            return Ok(writes.iter().map(|_| Committed::Refused).collect());
        }
        self.0.commit(writes).await
    }
}

#[test]
fn a_hand_out_is_kept_however_often_others_get_in_between() {
    for refused in 0..5 {
        let store = Refusing(MemoryStore::default(), AtomicI64::new(refused));
        deliver(&store, NOON, &chain());
        assert_eq!(words(&deliver(&store, NOON, &[did(4, &of(DEEP))])), CHAIN, "{refused} refused");
    }
}

#[test]
fn an_origin_takes_one_read_more_for_each_link_and_no_write() {
    let cost = |handed_out: usize, actor: &Value| {
        let (store, operations, writes) = (MemoryStore::default(), AtomicU64::new(0), AtomicU64::new(0));
        deliver(&store, NOON, &chain()[..handed_out]);
        let counting = Counting { store: &store, operations: &operations, writes: &writes };
        deliver_in(named(), &Memory::lasting(&counting), NOON, &[did(4, actor)]);
        (operations.into_inner(), writes.into_inner())
    };
    let of_user = cost(0, &user("dana"));
    assert_eq!(cost(0, &of(JUMP)), of_user, "asked with all else, and nothing is there");
    assert_eq!(cost(1, &of(JUMP)), of_user, "a user's own key is handed out by nobody");
    assert_eq!(cost(2, &of(ADMIN)), (of_user.0 + 1, of_user.1));
    assert_eq!(cost(3, &of(DEEP)), (of_user.0 + 2, of_user.1));
}

#[test]
fn somebody_of_whom_nothing_is_kept_is_asked_about_once_a_minute() {
    let (store, asked) = (MemoryStore::default(), Mutex::new(0));
    let watching = Watching { store: &store, asked: &asked };
    let memory = Memory::fleeting(&watching);
    let send = |id: u32, at: &str| deliver_in(named(), &memory, at, &[did(id, &of(ADMIN))]);
    assert_eq!(behind(&send(1, "2026-03-18T12:00:00Z")), None);
    assert_eq!(behind(&send(2, "2026-03-18T12:00:59Z")), None);
    assert_eq!(*asked.lock().unwrap(), 1);
    // Another process learns who was handed it.
    deliver(&store, NOON, &[assumed(3, &user("dana"), ADMIN)]);
    assert_eq!(behind(&send(4, "2026-03-18T12:00:59Z")), None, "a moment later");
    assert!(behind(&send(5, "2026-03-18T12:01:00Z")).is_some());
    assert_eq!(*asked.lock().unwrap(), 2);
    // And this one, while it takes nothing to be there.
    let send = |at: &str, record: Value| deliver_in(named(), &memory, at, &[record]);
    assert_eq!(behind(&send("2026-03-18T12:02:00Z", did(6, &of(JUMP)))), None);
    send("2026-03-18T12:02:01Z", assumed(7, &user("erin"), JUMP));
    assert!(behind(&send("2026-03-18T12:02:02Z", did(8, &of(JUMP)))).is_some());
}

/// A store that counts how often it is asked about sessions.
struct Watching<'s> {
    store: &'s MemoryStore,
    asked: &'s Mutex<usize>,
}

impl StateStore for Watching<'_> {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        *self.asked.lock().unwrap() += keys.iter().filter(|key| key.kind == ItemKind::Session).count();
        self.store.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        self.store.commit(writes).await
    }
}
