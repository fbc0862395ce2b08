mod cases;
mod identity;
mod origins;

use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::pipeline::{Ending, Pipeline};
use crate::ports::SystemClock;
use crate::remember::{LEASE, MemoryStore, claims, is_published};
use crate::rules::load_embedded;
use crate::state::testing::Down;
use crate::state::{Committed, Item, ItemKind, Key, StateError, Write};

/// Accepts, or answers what it is told to.
#[derive(Default)]
struct Sink {
    accepted: Mutex<Vec<String>>,
    refuse: Option<PublishError>,
}

impl FindingSink for Sink {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        let answer = |finding: &Finding| {
            if let Some(error) = &self.refuse {
                return Err(error.clone());
            }
            self.accepted.lock().unwrap().push(finding.json().to_owned());
            Ok(())
        };
        findings.iter().map(answer).collect()
    }
}

fn pipeline() -> Pipeline {
    Pipeline::new(Arc::new(load_embedded().rules))
}

fn matches(pipeline: &Pipeline) -> Vec<Match> {
    let record = br#"{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-18T10:15:30Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","recipientAccountId":"111122223333","eventID":"0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333","userName":"dana"},"requestParameters":{"target":"i-0123456789abcdef0"}}"#;
    let mut session = pipeline.delivery("test", Timestamp::UNIX_EPOCH);
    session.push(record);
    let matches = session.finish(Ending::Whole).matches;
    assert_eq!(matches.len(), 1);
    matches
}

fn send<S: StateStore>(store: &S, sink: &Sink, claimant: &str) -> (Sent, Tally) {
    let (pipeline, product, memory) = (pipeline(), Product::new("test"), Memory::fleeting(store));
    let outbox = Outbox {
        policy: pipeline.policy(),
        memory: &memory,
        sink,
        clock: &SystemClock,
        claimant,
        product: &product,
    };
    let mut tally = Tally::default();
    let sent = pollster::block_on(outbox.send(matches(&pipeline), &mut tally));
    assert!(tally.balances(), "{tally:?}");
    (sent, tally)
}

#[test]
fn a_finding_is_published_once() {
    let (store, sink) = (MemoryStore::default(), Sink::default());
    assert_eq!(send(&store, &sink, "one").1.published, 1);
    assert_eq!(send(&store, &sink, "two").1.duplicates, 1);
    assert_eq!(sink.accepted.lock().unwrap().len(), 1);
}

#[test]
fn what_was_published_is_known_for_ninety_days() {
    let store = MemoryStore::default();
    let (sent, _) = send(&store, &Sink::default(), "one");
    let (scope, name) = ("111122223333".to_owned(), sent.published[0].uid.clone());
    let key = Key { kind: ItemKind::Claim, scope, name };
    let claim = pollster::block_on(store.load(&[key])).unwrap().remove(0).expect("a claim");
    assert!(is_published(&claim.value));
    let days = claim.expires_at.duration_since(Timestamp::now()).as_hours() / 24;
    assert!((89..=90).contains(&days), "{days}");
}

#[test]
fn what_a_suppression_keeps_from_correlations_is_counted_by_its_id() {
    let entry = |action: &str| {
        let expires = jiff::Zoned::now().date().tomorrow().unwrap();
        format!(
            "version: 1\nsuppressions:\n  - {{id: dana, rules: [AWS-01], when: {{account: ['111122223333']}}, {action}, reason: r, owner: o, expires: {expires}}}\n"
        )
    };
    for (action, due) in [
        ("action: drop", 1),
        ("action: downgrade, to: informational", 1),
        ("action: downgrade, to: low", 0),
        ("action: tag", 0),
    ] {
        let rules = Arc::new(load_embedded().rules);
        let suppressions =
            crate::settle::Suppressions::load("s.yml", &entry(action), &rules, Timestamp::now()).unwrap();
        let pipeline = Pipeline::new(Policy::new(rules).suppressing(suppressions));
        let (memory, product) = (Memory::fleeting(MemoryStore::default()), Product::new("test"));
        let outbox = Outbox {
            policy: pipeline.policy(),
            memory: &memory,
            sink: &Sink::default(),
            clock: &SystemClock,
            claimant: "one",
            product: &product,
        };
        let mut tally = Tally::default();
        let sent = pollster::block_on(outbox.send(matches(&pipeline), &mut tally));
        assert_eq!(tally.uncorrelated.get("dana").copied().unwrap_or_default(), due, "{action}");
        assert_eq!(sent.withheld.len() as u64, due, "{action}");
        assert!(tally.balances());
    }
}

#[test]
fn what_the_sink_refuses_is_deferred_and_goes_out_next_time() {
    let store = MemoryStore::default();
    let refusing = Sink { refuse: Some(PublishError::Transient("throttled".to_owned())), ..Sink::default() };
    let (sent, tally) = send(&store, &refusing, "one");
    assert_eq!((tally.deferred, sent.errors.len()), (1, 1));
    assert_eq!(send(&store, &Sink::default(), "one").1.published, 1);
}

#[test]
fn another_process_waits_for_the_lease_and_no_longer() {
    let store = MemoryStore::default();
    let refusing = Sink { refuse: Some(PublishError::Transient("killed".to_owned())), ..Sink::default() };
    send(&store, &refusing, "one");
    let (sent, tally) = send(&store, &Sink::default(), "two");
    assert_eq!(sent.held.len(), 1);
    assert_eq!(tally, Tally::default(), "it may yet be asked about");
    assert!(sent.held_until.unwrap().duration_since(Timestamp::now()) <= LEASE);
}

#[test]
fn a_store_that_is_down_blinds_nobody() {
    let sink = Sink::default();
    let (sent, tally) = send(&Down, &sink, "one");
    assert_eq!(tally.published, 1);
    assert_eq!(sent.state_unavailable.as_deref(), Some("no answer"));
    assert!(sink.accepted.lock().unwrap()[0].contains("state_unavailable"));
}

/// A store that never answers after it was asked so often.
struct Stuck(MemoryStore, AtomicI64);

impl Stuck {
    async fn answer(&self) {
        if self.1.fetch_sub(1, Ordering::Relaxed) <= 0 {
            std::future::pending::<()>().await;
        }
    }
}

impl StateStore for Stuck {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.answer().await;
        self.0.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        self.answer().await;
        self.0.commit(writes).await
    }
}

#[test]
fn whenever_time_runs_out_every_match_is_counted_once() {
    let (pipeline, product, sink) = (pipeline(), Product::new("test"), Sink::default());
    let mut published = 0;
    for answers in 0..8 {
        let memory = Memory::lasting(Stuck(MemoryStore::default(), AtomicI64::new(answers)));
        let outbox = Outbox {
            policy: pipeline.policy(),
            memory: &memory,
            sink: &sink,
            clock: &SystemClock,
            claimant: "one",
            product: &product,
        };
        let mut tally = Tally::default();
        let mut sending = Box::pin(outbox.send(matches(&pipeline), &mut tally));
        let done = sending.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
        drop(sending);
        assert!(tally.balances(), "{tally:?}");
        assert_eq!((tally.matches, tally.published + tally.deferred), (1, 1), "after {answers} answers");
        assert!(!done || tally.published == 1);
        published += tally.published;
    }
    assert!((1..8).contains(&published), "cut off before and after: {published}");
}

/// A store that takes a second for everything, on the same clock.
struct Slow<'a>(MemoryStore, &'a Seconds);

#[derive(Default)]
struct Seconds(AtomicI64);

impl Clock for Seconds {
    fn now(&self) -> Timestamp {
        let event: Timestamp = "2026-03-18T10:15:30Z".parse().unwrap();
        event.checked_add(SignedDuration::from_secs(self.0.load(Ordering::Relaxed))).unwrap()
    }
}

impl StateStore for Slow<'_> {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.1.0.fetch_add(1, Ordering::Relaxed);
        self.0.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        self.1.0.fetch_add(1, Ordering::Relaxed);
        self.0.commit(writes).await
    }
}

/// A slow store whose items others change, so that the first commits are refused.
struct Contested<'a>(Slow<'a>, AtomicI64);

impl StateStore for Contested<'_> {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.0.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        if self.1.fetch_sub(1, Ordering::Relaxed) > 0 {
            self.0.1.0.fetch_add(1, Ordering::Relaxed);
            return Ok(writes.iter().map(|_| Committed::Refused).collect());
        }
        self.0.commit(writes).await
    }
}

/// A sink to which a claim still holds for nearly all of its lease.
struct Claimed<'a>(&'a Memory<Contested<'a>>);

impl FindingSink for Claimed<'_> {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        let Contested(Slow(store, clock), _) = self.0.store();
        let key = claims::key(&findings[0].matched);
        let claim = store.load(&[key]).await.unwrap().remove(0).expect("a claim");
        let claim: serde_json::Value = serde_json::from_str(claim.value.as_str()).unwrap();
        let left = claim["at"].as_i64().unwrap() - clock.now().as_millisecond();
        assert!(left >= i64::try_from(LEASE.as_millis()).unwrap() - 1_000, "{left} ms of the lease are left");
        findings.iter().map(|_| Ok(())).collect()
    }
}

#[test]
fn a_claim_that_had_to_wait_holds_from_when_it_was_made() {
    let (pipeline, product, clock) = (pipeline(), Product::new("test"), Seconds::default());
    let store = Contested(Slow(MemoryStore::default(), &clock), AtomicI64::new(6));
    let memory = Memory::lasting(store);
    let outbox = Outbox {
        policy: pipeline.policy(),
        memory: &memory,
        sink: &Claimed(&memory),
        clock: &clock,
        claimant: "one",
        product: &product,
    };
    let sent = pollster::block_on(outbox.send(matches(&pipeline), &mut Tally::default()));
    assert_eq!((sent.published.len(), sent.state_unavailable), (1, None));
    assert!(clock.0.into_inner() > LEASE.as_secs(), "it waited for longer than a lease");
}

#[test]
fn lag_ends_when_the_sink_has_the_finding() {
    let (pipeline, product, clock) = (pipeline(), Product::new("test"), Seconds::default());
    let memory = Memory::lasting(Slow(MemoryStore::default(), &clock));
    let outbox = Outbox {
        policy: pipeline.policy(),
        memory: &memory,
        sink: &Sink::default(),
        clock: &clock,
        claimant: "one",
        product: &product,
    };
    let sent = pollster::block_on(outbox.send(matches(&pipeline), &mut Tally::default()));
    // What versions before left is looked for, and then recorded.
    assert_eq!((sent.lag_ms(), clock.0.into_inner()), (2_000, 4), "neither is waited for");
}
