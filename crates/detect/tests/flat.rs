//! A match costs the same whether it is the four-hundredth of its actor, key and machine or the forty-thousandth. What is
//! counted does not depend on the machine: allocations and their bytes, operations of the store, what is written to one
//! outside the process, and the findings' own bytes.

use std::sync::Mutex;

use allocation_counter::measure;
use jiff::{SignedDuration, Timestamp};
use trailhound_detect::describe::{Finding, Product};
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::Outbox;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::ports::{FindingSink, PublishError, SystemClock};
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::rules::load_embedded;
use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Write};
use trailhound_detect::tally::Tally;

/// Matches that are handed over together.
const TOGETHER: usize = 256;
/// The cheapest of so many hands counts: a table that grows is paid for in one of them.
const HANDS: usize = 3;
/// How much more a late match may cost than an early one.
const MOST: f64 = 1.2;
/// And be in bytes written outside: an item grows until what it goes on from is written anew.
const MOST_WRITTEN: f64 = 1_600.0;
/// Whatever came before.
const MOST_MEMORY: u64 = 64 << 20;

/// The late match: after as many as `TRAILHOUND_MATCHES` says, or these.
fn late(otherwise: usize) -> usize {
    let said = std::env::var("TRAILHOUND_MATCHES").ok();
    said.map_or(otherwise, |said| said.parse().expect("TRAILHOUND_MATCHES is a number"))
}

const SESSION: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLEROLEID0001:dana@example.com","arn":"arn:aws:sts::111122223333:assumed-role/operations/dana@example.com","accountId":"111122223333","accessKeyId":"ASIAEXAMPLEKEYID0001"},"eventTime":"2026-03-18T09:00:00Z","eventSource":"ssm.amazonaws.com","eventName":"StartSession","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","userAgent":"aws-cli/2.22.0","requestParameters":{"target":"i-0123456789abcdef0"},"responseElements":{"sessionId":"s-1"},"requestID":"0a0b0c0d-0001-4000-8000-000000000001","eventID":"00000000-0000-4000-8000-000000000000","eventType":"AwsApiCall","recipientAccountId":"111122223333"}"#;

/// Whose matches there are many of.
#[derive(Clone, Copy, Debug)]
enum Busy {
    Actor,
    Key,
    Machine,
    /// All three, and refused.
    Refused,
}

/// Keeps items, and counts what it is asked and told.
struct Counting {
    store: MemoryStore,
    is_outside: bool,
    counts: Mutex<(u64, u64)>,
}

impl Counting {
    fn new(is_outside: bool) -> Self {
        Self { store: MemoryStore::default(), is_outside, counts: Mutex::default() }
    }
}

impl StateStore for Counting {
    fn is_at_hand(&self, _: ItemKind) -> bool {
        !self.is_outside
    }

    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.counts.lock().unwrap().0 += keys.len() as u64;
        self.store.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        let text = |write: &Write| if self.is_outside { write.value.as_str().len() as u64 } else { 0 };
        let written: u64 = writes.iter().map(text).sum();
        {
            let mut counts = self.counts.lock().unwrap();
            counts.0 += writes.len() as u64;
            counts.1 += written;
        }
        self.store.commit(writes).await
    }
}

struct Accept;

impl FindingSink for Accept {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        findings.iter().map(|_| Ok(())).collect()
    }
}

/// How fast matches come.
#[derive(Clone, Copy, Debug)]
enum Pace {
    /// Ten in a second: the last are in the same half-hours as the first and complete no more.
    Burst,
    /// One in a second, as most logs tell time: the last come hours after the first, and correlations of half-hours and
    /// machines, which are met by then, feed others.
    Hours,
}

/// The n-th match.
fn nth(template: &Match, busy: Busy, pace: Pace, n: usize) -> Match {
    let mut found = template.clone();
    let facts = &mut found.facts;
    facts.event_uid = format!("00000000-0000-4000-8000-{n:012}");
    let each = match pace {
        Pace::Burst => 100,
        Pace::Hours => 1_000,
    };
    let passed = i64::try_from(n).unwrap() * each;
    facts.time = facts.time.map(|time| time + SignedDuration::from_millis(passed));
    let machine = format!("i-{n:017x}");
    match busy {
        Busy::Actor => {
            (facts.target.ids, facts.target.names) = (vec![machine.clone()].into(), vec![machine].into());
        }
        Busy::Key | Busy::Machine => facts.actor.key = format!("{}/{n}", facts.actor.key),
        Busy::Refused => {}
    }
    if let Busy::Machine = busy {
        facts.actor.credential_uid = Some(format!("ASIAEXAMPLEKEY{n:06}"));
    }
    found
}

/// What a match costs.
#[derive(Clone, Copy, Debug)]
struct Cost {
    allocations: f64,
    allocated: f64,
    operations: f64,
    written: f64,
    findings: f64,
}

impl Cost {
    fn or_less(self, other: Self) -> Self {
        Self {
            allocations: self.allocations.min(other.allocations),
            allocated: self.allocated.min(other.allocated),
            operations: self.operations.min(other.operations),
            written: self.written.min(other.written),
            findings: self.findings.min(other.findings),
        }
    }

    fn within(&self, before: &Self) -> bool {
        let pairs = [
            (self.allocations, before.allocations),
            (self.allocated, before.allocated),
            (self.operations, before.operations),
            (self.findings, before.findings),
        ];
        pairs.iter().all(|(after, before)| *after <= before * MOST)
    }
}

/// What each of a hand of matches costs once so many came before, with what else is done for a hand.
fn costs(
    (busy, pace, is_outside): (Busy, Pace, bool),
    after: &[usize],
    mut aside: impl FnMut(&[Match]),
) -> Vec<Cost> {
    let pipeline = Pipeline::new(std::sync::Arc::new(load_embedded().rules));
    let record = match busy {
        Busy::Refused => SESSION.replace(r#""eventTime""#, r#""errorCode":"AccessDenied","eventTime""#),
        Busy::Actor | Busy::Key | Busy::Machine => SESSION.to_owned(),
    };
    let mut session = pipeline.delivery("test", Timestamp::UNIX_EPOCH);
    session.push(record.as_bytes());
    let template = session.finish(Ending::Whole).matches.remove(0);
    let memory = Memory::fleeting(Counting::new(is_outside)).in_one_run();
    let product = Product::new("test");
    let (policy, clock, claimant) = (pipeline.policy(), &SystemClock, "test");
    let outbox = Outbox { policy, memory: &memory, sink: &Accept, clock, claimant, product: &product };
    let mut costs = Vec::new();
    let mut n = 0;
    for &after in after {
        let mut hands = Vec::new();
        while hands.len() < HANDS {
            let hand: Vec<Match> = (0..TOGETHER).map(|more| nth(&template, busy, pace, n + more)).collect();
            n += TOGETHER;
            if n < after {
                aside(&hand);
                pollster::block_on(outbox.correlate(hand, &mut Tally::default()));
                continue;
            }
            let before = *memory.store().counts.lock().unwrap();
            let (mut findings, mut tally) = (0, Tally::default());
            let info = measure(|| {
                aside(&hand);
                let sent = pollster::block_on(outbox.send(hand, &mut tally));
                findings += sent.published.iter().map(|finding| finding.json().len()).sum::<usize>();
                let sent = pollster::block_on(outbox.correlate(sent.heard, &mut tally));
                findings += sent.published.iter().map(|finding| finding.json().len()).sum::<usize>();
            });
            assert!(tally.balances() && tally.published >= TOGETHER as u64, "{tally:?}");
            let done = *memory.store().counts.lock().unwrap();
            #[expect(clippy::cast_precision_loss, reason = "counts of a test")]
            let each = |count: u64| count as f64 / TOGETHER as f64;
            hands.push(Cost {
                allocations: each(info.count_total),
                allocated: each(info.bytes_total),
                operations: each(done.0 - before.0),
                written: each(done.1 - before.1),
                findings: each(findings as u64),
            });
        }
        costs.extend(hands.into_iter().reduce(Cost::or_less));
    }
    costs
}

#[test]
fn a_match_costs_the_same_however_many_came_before() {
    use Busy::{Actor, Key, Machine, Refused};
    use Pace::{Burst, Hours};
    for (busy, pace, is_outside, after) in [
        (Actor, Burst, false, [400, late(40_000)]),
        (Key, Burst, false, [400, late(4_000)]),
        (Machine, Burst, false, [400, late(4_000)]),
        (Refused, Burst, false, [400, late(4_000)]),
        // Six half-hours are over after three hours.
        (Actor, Hours, false, [12_000, late(16_000)]),
        (Actor, Hours, true, [400, late(4_000)]),
    ] {
        let case = (busy, pace, is_outside);
        let mut costs = Vec::new();
        let memory = measure(|| costs = self::costs(case, &after, |_| {})).bytes_max;
        eprintln!("{case:?} after {after:?}, {} MiB: {costs:#?}", memory >> 20);
        assert!(costs[1].within(&costs[0]), "{case:?}: {costs:?}");
        assert!(costs[1].written <= MOST_WRITTEN, "{case:?}: {costs:?}");
        assert!(memory < MOST_MEMORY, "{case:?}: {memory} bytes");
        assert!(!is_outside || costs[0].written > 0.0);
    }
}

#[test]
fn a_match_that_looks_at_all_before_it_is_noticed() {
    let mut all: Vec<String> = Vec::new();
    let costs = costs((Busy::Actor, Pace::Burst, false), &[400, 2_000], |hand| {
        for found in hand {
            all.push(found.facts.event_uid.clone());
            std::hint::black_box(all.clone());
        }
    });
    assert!(!costs[1].within(&costs[0]), "{costs:?}");
}
