//! What every store must do, checked on any of them: what one answers, all answer.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::JoinSet;
use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateStore, Version, Write};

/// Scopes that somebody may write into a record.
fn scopes() -> Vec<String> {
    let plain = [
        "",
        " ",
        "a",
        "A",
        "a b",
        "a/b",
        "a\\b",
        "a#b",
        "a#",
        "#a",
        "a?b",
        "a%2Fb",
        "a+b&c=d;e",
        "it's",
        "\"quoted\"",
        "line\nbreak",
        "tab\tand\u{1}\u{7f}\u{85}",
        "ünïcode",
        "日本語 🦀",
        "..",
        "$batch",
        "null",
        "(PartitionKey='a')",
    ];
    let digest = format!("sha256-{}", "0".repeat(64));
    let long = ["x".repeat(1024), "x".repeat(1025), "ü".repeat(1024), digest];
    plain.iter().map(ToString::to_string).chain(long).collect()
}

fn key(kind: ItemKind, scope: &str, name: &str) -> Key {
    Key { kind, scope: scope.to_owned(), name: name.to_owned() }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

fn write(key: &Key, replaces: Option<&Version>, value: &str) -> Write {
    let (key, replaces, value) = (key.clone(), replaces.cloned(), value.into());
    Write { key, replaces, value, expires_at: at(4_000_000_000) }
}

/// One item.
async fn item(store: &impl StateStore, key: &Key) -> Option<Item> {
    let mut items = store.load(std::slice::from_ref(key)).await.expect("it answers");
    assert_eq!(items.len(), 1, "an answer for each key");
    items.pop().flatten()
}

/// Writes one item.
async fn put(store: &impl StateStore, write: Write) -> Committed {
    let mut answers = store.commit(&[write]).await.expect("it answers");
    assert_eq!(answers.len(), 1, "an answer for each write");
    answers.pop().expect("one")
}

async fn put_new(store: &impl StateStore, key: &Key, value: &str) -> Version {
    match put(store, write(key, None, value)).await {
        Committed::Done(version) => version,
        Committed::Refused => panic!("{key:?} is there already"),
    }
}

/// Checks a store that is empty. Called again after the first was dropped, `open` opens the same store; `tag` tells
/// this check's items from any other's.
pub async fn conforms<Store: StateStore + 'static>(tag: &str, open: impl Fn() -> Store) {
    let store = open();
    one_item(&store, tag).await;
    many_items(&store, tag).await;
    mixed_answers(&store, tag).await;
    any_scope(&store, tag).await;
    any_value(&store, tag).await;
    let store = Arc::new(store);
    race(tag, &[Arc::clone(&store)]).await;

    let kept = key(ItemKind::Seen, tag, "kept");
    let version = put_new(&*store, &kept, "first").await;
    drop(store);
    let store = open();
    let found = item(&store, &kept).await.expect("it outlives the store's handle");
    assert_eq!((found.value.as_str(), &found.version), ("first", &version));
    let replaced = put(&store, write(&kept, Some(&version), "second")).await;
    assert!(matches!(replaced, Committed::Done(_)));
}

async fn one_item(store: &impl StateStore, tag: &str) {
    assert_eq!(store.load(&[]).await, Ok(Vec::new()));
    assert_eq!(store.commit(&[]).await, Ok(Vec::new()));

    let seen = key(ItemKind::Seen, tag, "one");
    assert_eq!(item(store, &seen).await, None, "nothing is there yet");
    let first = put_new(store, &seen, r#"{"v":1}"#).await;
    let there = item(store, &seen).await.expect("it is there");
    assert_eq!(there.value.as_str(), r#"{"v":1}"#);
    assert_eq!(there.version, first, "the version is the one that was answered");
    assert_eq!(there.expires_at, at(4_000_000_000));

    assert_eq!(put(store, write(&seen, None, "again")).await, Committed::Refused, "something is there");
    let Committed::Done(second) = put(store, write(&seen, Some(&first), "second")).await else {
        panic!("the version was right");
    };
    assert_ne!(second, first, "another state has another version");
    assert_eq!(put(store, write(&seen, Some(&first), "late")).await, Committed::Refused);
    let there = item(store, &seen).await.expect("it is there");
    assert_eq!(
        (there.value.as_str(), &there.version),
        ("second", &second),
        "what was refused changed nothing"
    );

    // The same again is another state all the same.
    let Committed::Done(third) = put(store, write(&seen, Some(&second), "second")).await else {
        panic!("the version was right");
    };
    assert_ne!(third, second);
    let absent = key(ItemKind::Seen, tag, "absent");
    assert_eq!(put(store, write(&absent, Some(&third), "x")).await, Committed::Refused, "nothing to replace");
    assert_eq!(item(store, &absent).await, None);

    // Kinds are apart.
    for kind in ItemKind::ALL.into_iter().filter(|kind| *kind != ItemKind::Seen) {
        assert_eq!(item(store, &key(kind, tag, "one")).await, None, "{kind:?}");
    }
    // What may be forgotten is in the way of what is new, and says so.
    for (name, expires_at) in [("gone", at(1)), ("for good", Timestamp::MAX)] {
        let key = key(ItemKind::Learning, tag, name);
        let mut write = write(&key, None, "kept");
        write.expires_at = expires_at;
        assert!(matches!(put(store, write.clone()).await, Committed::Done(_)), "{name}");
        let there = item(store, &key).await.expect("still there");
        assert_eq!(there.expires_at.as_second(), expires_at.as_second(), "{name}");
        assert_eq!(put(store, write.clone()).await, Committed::Refused, "{name}");
        write.replaces = Some(there.version);
        assert!(matches!(put(store, write).await, Committed::Done(_)), "{name}");
    }
}

async fn many_items(store: &impl StateStore, tag: &str) {
    // Of several kinds and scopes, as a delivery's are.
    let keys: Vec<Key> = (0..250)
        .map(|n| key(ItemKind::ALL[n % 5], ["", tag, "111122223333"][n % 3], &format!("{tag}{n:04x}")))
        .collect();
    let writes: Vec<Write> =
        keys.iter().enumerate().map(|(n, key)| write(key, None, &n.to_string())).collect();
    let answers = store.commit(&writes).await.expect("it answers");
    assert_eq!(answers.len(), 250);
    let mut asked: Vec<Key> = keys.iter().rev().cloned().collect();
    asked.insert(100, key(ItemKind::Seen, tag, "nothing"));
    asked.push(keys[7].clone());
    let items = store.load(&asked).await.expect("it answers");
    assert_eq!(items.len(), 252, "an answer for each key, those asked for twice included");
    assert_eq!(items[100], None);
    for (key, item) in asked.iter().zip(items).filter(|(key, _)| key.name != "nothing") {
        let at = keys.iter().position(|other| other == key).expect("one of them");
        let item = item.unwrap_or_else(|| panic!("{key:?} is missing"));
        assert_eq!(item.value.as_str(), at.to_string(), "answers come in the order of the keys");
        assert_eq!(answers[at], Committed::Done(item.version), "and so do those to writes");
    }
}

async fn mixed_answers(store: &impl StateStore, tag: &str) {
    let keys = ["new", "stale", "there", "right", "newer"].map(|name| key(ItemKind::Window, tag, name));
    let stale = put_new(store, &keys[1], "1").await;
    put(store, write(&keys[1], Some(&stale), "2")).await;
    put_new(store, &keys[2], "1").await;
    let right = put_new(store, &keys[3], "1").await;
    let before = store.load(&keys).await.expect("it answers");
    let writes = [
        write(&keys[0], None, "after"),
        write(&keys[1], Some(&stale), "after"),
        write(&keys[2], None, "after"),
        write(&keys[3], Some(&right), "after"),
        write(&keys[4], None, "after"),
    ];
    let answers = store.commit(&writes).await.expect("it answers");
    assert_eq!(answers[1], Committed::Refused, "another state is there");
    assert_eq!(answers[2], Committed::Refused, "something is there");
    let after = store.load(&keys).await.expect("it answers");
    for (n, answer) in answers.into_iter().enumerate() {
        match answer {
            Committed::Done(version) => {
                let item = after[n].as_ref().expect("it was written");
                assert_eq!((item.value.as_str(), &item.version), ("after", &version), "{:?}", keys[n]);
            }
            Committed::Refused => assert_eq!(after[n], before[n], "{:?} was refused", keys[n]),
        }
    }
}

async fn any_scope(store: &impl StateStore, tag: &str) {
    let name = format!("{tag}5c");
    let keys: Vec<Key> = scopes().iter().map(|scope| key(ItemKind::Caller, scope, &name)).collect();
    for (n, key) in keys.iter().enumerate() {
        put_new(store, key, &n.to_string()).await;
    }
    // Together as well, since that may be said in another way.
    let others: Vec<Key> = keys.iter().map(|key| Key { kind: ItemKind::Claim, ..key.clone() }).collect();
    let writes: Vec<Write> = others.iter().map(|key| write(key, None, &key.scope)).collect();
    for (answer, key) in store.commit(&writes).await.expect("it answers").iter().zip(&others) {
        assert!(matches!(answer, Committed::Done(_)), "{key:?}");
    }
    for (n, (key, other)) in keys.iter().zip(&others).enumerate() {
        assert_eq!(
            item(store, key).await.map(|item| item.value),
            Some(n.to_string().into()),
            "{:?}",
            key.scope
        );
        assert_eq!(item(store, other).await.map(|item| item.value), Some(key.scope.as_str().into()));
    }
    let together = store.load(&keys).await.expect("it answers");
    for (n, item) in together.into_iter().enumerate() {
        assert_eq!(item.map(|item| item.value), Some(n.to_string().into()), "{:?}", keys[n].scope);
    }
}

async fn any_value(store: &impl StateStore, tag: &str) {
    let awkward = "{\"a\":\"\\u0000 \\\" 'x' \\n --batch-- HTTP/1.1 {}\",\"日\":\"🦀\"}\r\n\t\u{1}\u{fffd}";
    let values = [awkward.to_owned(), "x".repeat(30_000), "é🦀".repeat(8_000), "\"\\".repeat(60_000)];
    let keys: Vec<Key> = (0..values.len()).map(|n| key(ItemKind::Seen, tag, &format!("{n}a"))).collect();
    let mut versions = Vec::new();
    for (key, value) in keys.iter().zip(&values) {
        versions.push(put_new(store, key, value).await);
    }
    for (key, value) in keys.iter().zip(&values) {
        assert!(item(store, key).await.is_some_and(|item| item.value.as_str() == value), "{}", key.name);
    }
    // Each takes another's place, so that a long one leaves nothing behind, and all together.
    let writes: Vec<Write> = (0..values.len())
        .map(|n| write(&keys[n], Some(&versions[n]), &values[(n + 1) % values.len()]))
        .collect();
    for answer in store.commit(&writes).await.expect("it answers") {
        assert!(matches!(answer, Committed::Done(_)));
    }
    let items = store.load(&keys).await.expect("it answers");
    for (item, write) in items.into_iter().zip(writes) {
        assert!(item.is_some_and(|item| item.value == write.value), "{}", write.key.name);
    }
}

/// Many at once change the same items through the same handles or different ones: no change is lost.
pub async fn race<Store: StateStore + 'static>(tag: &str, stores: &[Arc<Store>]) {
    const RACERS: usize = 6;
    const TIMES: usize = 8;
    let keys: Vec<Key> = ["r1", "r2"].iter().map(|name| key(ItemKind::Window, tag, name)).collect();
    // What earlier races left.
    let before: Vec<u64> = counts(&*stores[0], &keys).await;
    let mut racers = JoinSet::new();
    for racer in 0..RACERS {
        let (store, keys) = (Arc::clone(&stores[racer % stores.len()]), keys.clone());
        racers.spawn(async move {
            let mut done = [0_u64; 2];
            for _ in 0..TIMES {
                // Some change both items together, some one of them.
                let keys = if racer % 3 == 0 { &keys[..1] } else { &keys[..] };
                let items = store.load(keys).await.expect("it answers");
                let writes: Vec<Write> = keys
                    .iter()
                    .zip(&items)
                    .map(|(key, item)| {
                        let count = item.as_ref().map_or(0, count);
                        write(key, item.as_ref().map(|item| &item.version), &(count + 1).to_string())
                    })
                    .collect();
                let answers = store.commit(&writes).await.expect("it answers");
                for (done, answer) in done.iter_mut().zip(answers) {
                    *done += u64::from(answer != Committed::Refused);
                }
                tokio::task::yield_now().await;
            }
            done
        });
    }
    let mut expected = before;
    let mut most = 0;
    while let Some(done) = racers.join_next().await {
        for (expected, done) in expected.iter_mut().zip(done.expect("no panic")) {
            *expected += done;
            most += done;
        }
    }
    assert!(most > 0, "somebody gets through");
    assert_eq!(counts(&*stores[0], &keys).await, expected, "each change that was done is there");
}

fn count(item: &Item) -> u64 {
    item.value.as_str().parse().expect("a number")
}

async fn counts(store: &impl StateStore, keys: &[Key]) -> Vec<u64> {
    let items = store.load(keys).await.expect("it answers");
    items.iter().map(|item| item.as_ref().map_or(0, count)).collect()
}
