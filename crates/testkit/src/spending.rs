//! What matches cost a store, counted where its requests go out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailhound_detect::describe::Product;
use trailhound_detect::outbox::Outbox;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::ports::SystemClock;
use trailhound_detect::proving::{self, Expect, Tests};
use trailhound_detect::remember::{Alarms, Entry, Memory, import};
use trailhound_detect::rules::{RuleFile, load, load_embedded};
use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Write};
use trailhound_detect::tally::Tally;

use crate::accept::Accept;
use crate::measured::{self, PerMatch};
use crate::records;

/// A correlation over what the events below match, beside those that ship; they meet none.
const BURST: &str = "
title: Example burst
id: 8a4c1c6e-3a51-4f2c-9d51-0a6ad2f0b001
name: example-burst
correlation:
  type: event_count
  rules: [aws-ssm-session-shell]
  group-by: [n.actor.key]
  timespan: 1h
  generate: true
  condition: {gte: 100}
level: high
trailhound:
  catalogue: EXAMPLE
  family: example
";

/// Most write units of any rule's first event,
pub const FIRST_OF_A_RULE: u64 = 16;
/// and of the same by the same actor four hours later, when the windows of its correlations are others.
pub const NEXT_OF_A_RULE: u64 = 15;

/// Operations, requests or money for one kind of delivery each, in an account that is no longer learned.
#[derive(Clone, Debug, Default)]
pub struct Spent {
    /// Somebody's first match, with its baselines and the windows of correlations, in a process that knows nothing.
    pub cold: u64,
    /// Another match of the same actor in the same process.
    pub warm: u64,
    /// Another match of the same actor on the same machine in the same process.
    pub known: u64,
    /// A match that was published before.
    pub duplicate: u64,
    /// Another match of the same actor in another process.
    pub again_elsewhere: u64,
    /// Ten matches at once.
    pub ten_together: u64,
}

impl Spent {
    /// What the dearest of them took.
    pub fn most(&self) -> u64 {
        let all = [self.cold, self.warm, self.known, self.duplicate, self.again_elsewhere, self.ten_together];
        all.into_iter().max().unwrap_or_default()
    }

    /// Is it what documents say, or less?
    pub fn is_within(&self, said: &PerMatch) -> bool {
        let Self { cold, warm, known, duplicate, again_elsewhere, ten_together } = *self;
        cold <= said.first
            && warm <= said.warm
            && known <= said.known
            && duplicate <= said.duplicate
            && again_elsewhere <= said.first
            && ten_together <= said.ten_together
    }
}

/// A store that counts what it is asked.
pub struct Counted<'a, Store> {
    /// The store itself.
    pub store: Store,
    /// How often it was asked.
    pub operations: &'a AtomicU64,
}

impl<Store: StateStore> StateStore for Counted<'_, Store> {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.operations.fetch_add(1, Ordering::Relaxed);
        self.store.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        self.operations.fetch_add(1, Ordering::Relaxed);
        self.store.commit(writes).await
    }
}

/// The n-th session of somebody, on a machine: the first three within a minute, the others hours apart, so that no
/// three machines are a burst.
fn session(n: u64, machine: u64) -> Value {
    let hours = n.saturating_sub(2) * 4;
    let (day, hour) = (1 + hours / 24, hours % 24);
    let time = format!("2026-03-{day:02}T{hour:02}:15:{:02}Z", n % 60);
    let mut record = records::ssm(n, "StartSession", &time, machine);
    record["userIdentity"]["accessKeyId"] = "ASIAEXAMPLEEXAMPLE12".into();
    record
}

/// A session of somebody else, so that the region is known.
fn before() -> Value {
    let text =
        session(900, 900).to_string().replace("OpsReadOnly", "Deploy").replace("203.0.113", "198.51.100");
    serde_json::from_str(&text).expect("JSON still")
}

/// A store that knows an account for long, and in which nothing is left of versions before.
async fn known<Store: StateStore>(store: &Store) {
    let key = Key { kind: ItemKind::Group, scope: String::new(), name: "since".to_owned() };
    let value = r#"{"v":1,"at":0}"#.into();
    let write = Write { key, replaces: None, value, expires_at: Timestamp::MAX };
    store.commit(&[write]).await.expect("it answers");
    let since = "2025-01-01T00:00:00Z".parse().expect("a time");
    let scope = "111122223333".to_owned();
    let learned = Entry::Learning { scope, since, events: 1_000, done: true, alarms: Alarms::default() };
    import(store, &[learned], Timestamp::now(), |_| {}).await.expect("it answers");
}

/// Counts what each hundred of sessions of one operator costs that come a minute apart to one machine, one by one, over
/// a table that is empty.
pub async fn of_a_burst<Store: StateStore>(
    memory: &Memory<Store>,
    requests: impl AsyncFn() -> u64,
) -> Vec<u64> {
    let pipeline = Pipeline::new(Arc::new(load_embedded().rules));
    known(memory.store()).await;
    let mut spent = Vec::new();
    for hundred in 0..measured::BURST.len() as u64 {
        let before = requests().await;
        for n in hundred * 100..(hundred + 1) * 100 {
            let time = format!("2026-03-{:02}T{:02}:{:02}:00Z", 1 + n / 1_440, n / 60 % 24, n % 60);
            let mut record = records::ssm(n, "StartSession", &time, 1);
            record["userIdentity"]["accessKeyId"] = "ASIAEXAMPLEEXAMPLE12".into();
            let tally = deliver(&pipeline, memory, vec![record]).await;
            assert_eq!(tally.deferred, 0, "{tally:?}");
        }
        spent.push(requests().await - before);
    }
    spent
}

/// Counts, for each rule that remembers, what its first event costs and what the same by the same actor hours later, as
/// its tests have it. `memory` makes one over an empty table.
pub async fn of_rules<Store: StateStore>(
    memory: impl AsyncFn(&str) -> Memory<Store>,
    requests: impl AsyncFn() -> u64,
) -> Vec<(String, u64, u64)> {
    let rules = Arc::new(load_embedded().rules);
    let pipeline = Pipeline::new(Arc::clone(&rules));
    let tests = proving::parse_all(&proving::shipped()).into_iter().filter_map(Result::ok);
    let tests: Vec<Tests> = tests.collect();
    let mut spent = Vec::new();
    for detection in rules.detections() {
        let name = &detection.info.name;
        let event = tests.iter().filter(|tests| tests.rule() == name).find_map(first_match);
        let remembers = !detection.extension.baselines.is_empty() || !detection.extension.known.is_empty();
        let Some(event) = event.filter(|_| remembers && detection.extension.enabled) else { continue };
        let memory = memory(name).await;
        known(memory.store()).await;
        let mut costs = [0; 2];
        for (cost, hours) in costs.iter_mut().zip([0, 4]) {
            let before = requests().await;
            let mut delivery = pipeline.delivery("s3://example-trail/1", Timestamp::now());
            delivery.push(&again(&event, name, hours));
            let found = delivery.finish(Ending::Whole).matches;
            assert!(found.iter().any(|found| found.rule.name == *name), "{name}: no match");
            let outbox = Outbox {
                policy: pipeline.policy(),
                memory: &memory,
                sink: &Accept,
                clock: &SystemClock,
                claimant: "test",
                product: &Product::new("test"),
            };
            // What other rules find in the same event is theirs.
            let own = found.into_iter().filter(|found| found.rule.name == *name).collect();
            Box::pin(outbox.send(own, &mut Tally::default())).await;
            *cost = requests().await - before;
        }
        spent.push((name.clone(), costs[0], costs[1]));
    }
    spent
}

fn first_match(tests: &Tests) -> Option<Vec<u8>> {
    let Tests::Rule(tests) = tests else { return None };
    tests.tests.iter().find(|test| test.expect == Expect::Match).map(|test| test.event.clone())
}

/// The event under ids of its own, so many hours later.
fn again(event: &[u8], rule: &str, hours: i64) -> Vec<u8> {
    let Ok(mut event) = serde_json::from_slice::<Value>(event) else { return event.to_vec() };
    for name in ["eventID", "correlationId", "auditID", "id"] {
        if event.get(name).is_some_and(Value::is_string) {
            let uid = format!("{rule}-{hours}")
                .bytes()
                .fold(0_u64, |sum, byte| sum * 31 % 0xffff_ffff + u64::from(byte));
            event[name] = format!("00000000-0000-4000-8000-{uid:012x}").into();
        }
    }
    for name in ["eventTime", "time"] {
        let at = event.get(name).and_then(Value::as_str).and_then(|at| at.parse::<Timestamp>().ok());
        if let Some(at) = at {
            event[name] = (at + SignedDuration::from_hours(hours)).to_string().into();
        }
    }
    event.to_string().into_bytes()
}

/// Delivers records, all of which match.
async fn deliver<Store: StateStore>(
    pipeline: &Pipeline,
    memory: &Memory<Store>,
    records: Vec<Value>,
) -> Tally {
    let mut delivery = pipeline.delivery("s3://example-trail/1", Timestamp::now());
    delivery.push(json!({ "Records": records }).to_string().as_bytes());
    let found = delivery.finish(Ending::Whole);
    assert_eq!(found.matches.len(), records.len(), "each is a match");
    let product = Product::new("test");
    let outbox = Outbox {
        policy: pipeline.policy(),
        memory,
        sink: &Accept,
        clock: &SystemClock,
        claimant: "test",
        product: &product,
    };
    let mut tally = Tally::default();
    let sent = Box::pin(outbox.send(found.matches, &mut tally)).await;
    assert_eq!(sent.state_unavailable, None);
    tally
}

/// Counts what deliveries cost over a table that is empty. `memory` makes a process's own; `requests` tells how many
/// there were so far.
pub async fn of_matches<Store: StateStore>(
    memory: impl Fn() -> Memory<Store>,
    requests: impl AsyncFn() -> u64,
) -> Spent {
    let loaded = load(&[RuleFile { path: "example-burst.yml".to_owned(), text: BURST.to_owned() }]);
    assert!(loaded.errors().next().is_none(), "{:?}", loaded.errors().collect::<Vec<_>>());
    let pipeline = Pipeline::new(Arc::new(loaded.rules));
    let deliver = async |memory: &Memory<Store>, records: Vec<Value>, published: u64| {
        let before = requests().await;
        let tally = deliver(&pipeline, memory, records).await;
        assert_eq!(tally.published, published, "{tally:?}");
        requests().await - before
    };
    let first = memory();
    known(first.store()).await;
    deliver(&memory(), vec![before()], 1).await;
    Spent {
        cold: deliver(&first, vec![session(0, 0)], 1).await,
        warm: deliver(&first, vec![session(1, 1)], 1).await,
        known: deliver(&first, vec![session(2, 1)], 1).await,
        duplicate: deliver(&first, vec![session(1, 1)], 0).await,
        again_elsewhere: deliver(&memory(), vec![session(3, 3)], 1).await,
        ten_together: deliver(&memory(), (10..20).map(|n| session(n, n)).collect(), 10).await,
    }
}
