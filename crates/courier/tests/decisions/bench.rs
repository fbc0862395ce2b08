//! A courier whose services do as a test says, and the two ways a delivery comes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;
use trailhound_courier::Courier;
use trailhound_courier::attempt::{After, Attempt};
use trailhound_courier::delivery::Delivery;
use trailhound_courier::evaluation::Evaluation;
use trailhound_courier::failure::Failed;
use trailhound_courier::parking::Parking;
use trailhound_courier::ports::{Blobs, Publisher};
use trailhound_courier::time::Budget;
use trailhound_detect::account::{Account, Ledger};
use trailhound_detect::canary::Singer;
use trailhound_detect::describe::{Finding, Product, ShadowLine};
use trailhound_detect::event::{Provider, Scope};
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::ports::PublishError;
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::rules::load_embedded;
use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Write};
use trailhound_testkit::faults::{Parked, PausedClock, shadow_lines};
use trailhound_testkit::records;

/// How a delivery comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// One stream of bytes, as an object that a queue's message points at; the source delivers it again.
    Redelivers,
    /// Several bodies, as events of a hub; the source moves its checkpoint on after the last attempt.
    Checkpoints,
}

pub(crate) const FACES: [Face; 2] = [Face::Redelivers, Face::Checkpoints];

/// What happened, in order.
pub(crate) type Log = Arc<Mutex<Vec<String>>>;

/// A sink that takes its time.
pub(crate) struct Sink {
    pub(crate) takes: Duration,
    pub(crate) accepted: Arc<Mutex<Vec<Finding>>>,
    pub(crate) log: Log,
}

impl Publisher for Sink {
    const TOGETHER: usize = 10;

    async fn publish_until(&self, findings: &[Finding], _: Instant) -> Vec<Result<(), PublishError>> {
        self.log.lock().unwrap().push(format!("publish {}", findings.len()));
        tokio::time::sleep(self.takes).await;
        self.accepted.lock().unwrap().extend(findings.iter().cloned());
        vec![Ok(()); findings.len()]
    }
}

/// A store that says what it is asked to keep.
pub(crate) struct Store {
    inner: Arc<MemoryStore>,
    log: Log,
}

impl StateStore for Store {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.inner.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        if writes.iter().any(|write| write.key.kind == ItemKind::Caller) {
            self.log.lock().unwrap().push("caller".to_owned());
        }
        self.inner.commit(writes).await
    }
}

/// A place that takes everything.
pub(crate) struct Place {
    objects: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    /// How long it takes for what is in shadow.
    pub(crate) shadow_takes: Duration,
}

impl Blobs for Place {
    fn place(&self) -> String {
        "a place".to_owned()
    }

    async fn put(&self, name: &str, bytes: Vec<u8>, _: Instant) -> Result<(), String> {
        if name.starts_with("shadow/") {
            tokio::time::sleep(self.shadow_takes).await;
        }
        self.objects.lock().unwrap().insert(name.to_owned(), bytes);
        Ok(())
    }

    async fn remove(&self, name: &str) -> Result<(), String> {
        self.objects.lock().unwrap().remove(name);
        Ok(())
    }
}

struct Entered(Arc<Mutex<Vec<Account>>>);

impl Ledger for Entered {
    fn enter(&self, account: &Account) {
        assert!(account.tally.balances(), "{account:?}");
        self.0.lock().unwrap().push(account.clone());
    }
}

/// What outlives processes.
#[derive(Default)]
pub(crate) struct Bench {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) accepted: Arc<Mutex<Vec<Finding>>>,
    pub(crate) log: Log,
    pub(crate) objects: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    pub(crate) accounts: Arc<Mutex<Vec<Account>>>,
}

pub(crate) type Process = Courier<Store, Sink, Place>;

impl Bench {
    /// A process whose sink takes so long.
    pub(crate) fn process(&self, takes: Duration) -> Process {
        Courier {
            memory: Memory::lasting(Store { inner: Arc::clone(&self.store), log: Arc::clone(&self.log) }),
            sink: Sink { takes, accepted: Arc::clone(&self.accepted), log: Arc::clone(&self.log) },
            copies: Vec::new(),
            parking: Some(Parking(Place {
                objects: Arc::clone(&self.objects),
                shadow_takes: Duration::ZERO,
            })),
            parking_setting: "TRAILHOUND_REJECTS",
            accounts: None,
            listening: None,
            clock: Box::new(PausedClock::at("2026-03-18T10:20:00Z".parse().unwrap())),
            ledger: Box::new(Entered(Arc::clone(&self.accounts))),
            product: Product::new("test"),
            canary: Singer {
                provider: Provider::Aws,
                function: "example".to_owned(),
                scope: Scope { account: "111122223333".to_owned(), ..Scope::default() },
            },
            stop: watch::channel(false).1,
        }
    }

    pub(crate) fn account(&self) -> Account {
        self.accounts.lock().unwrap().last().cloned().expect("an account")
    }

    pub(crate) fn published(&self) -> usize {
        self.accepted.lock().unwrap().len()
    }

    pub(crate) fn parked(&self) -> Vec<Parked> {
        let objects = self.objects.lock().unwrap();
        let rejects = objects.iter().filter(|(name, _)| !name.starts_with("shadow/"));
        rejects.flat_map(|(_, object)| Parked::of_object(object)).collect()
    }

    /// What is parked of rules in shadow.
    pub(crate) fn shadow(&self) -> Vec<ShadowLine> {
        let objects = self.objects.lock().unwrap();
        let shadow = objects.iter().filter(|(name, _)| name.starts_with("shadow/"));
        shadow.flat_map(|(_, object)| shadow_lines(object)).collect()
    }
}

/// The shipped rules.
pub(crate) fn pipeline() -> &'static Pipeline {
    static PIPELINE: OnceLock<Pipeline> = OnceLock::new();
    PIPELINE.get_or_init(|| Pipeline::new(Arc::new(load_embedded().rules)))
}

/// One attempt by `claimant`, which has so long, at what these records make.
pub(crate) async fn deliver(
    face: Face,
    process: &Process,
    claimant: &str,
    within: Duration,
    records: &[Value],
) -> Result<(), Failed> {
    deliver_by(pipeline(), face, process, (claimant, within), records).await
}

/// The same by other rules.
pub(crate) async fn deliver_by(
    pipeline: &Pipeline,
    face: Face,
    process: &Process,
    (claimant, within): (&str, Duration),
    records: &[Value],
) -> Result<(), Failed> {
    let at = Timestamp::UNIX_EPOCH;
    let attempt = |after| Attempt {
        claimant: claimant.to_owned(),
        budget: Budget::of(within),
        after,
        number: None,
        given_at: at,
    };
    match face {
        Face::Redelivers => {
            let lines: Vec<String> = records.iter().map(text).collect();
            let mut delivery =
                Delivery::begin(process, pipeline, attempt(After::Again), "s3://example/key", at);
            let read = Box::pin(delivery.take(lines.join("\n").as_bytes())).await;
            Box::pin(delivery.end(read)).await
        }
        Face::Checkpoints => {
            let mut evaluation = Evaluation::of_bodies(pipeline, at, Duration::MAX);
            for record in records {
                evaluation.push_body(text(record).into_bytes());
            }
            let origin = |body: usize| format!("eventhub://ns/hub/0@{body}");
            let evaluated = evaluation.finish_bodies(origin, origin).unwrap();
            Box::pin(Delivery::of(process, pipeline, attempt(After::Again), evaluated).end(Ok(()))).await
        }
    }
}

/// A record, or what is none.
fn text(record: &Value) -> String {
    record.as_str().map_or_else(|| record.to_string(), str::to_owned)
}

/// Sessions on machines of their own; so few apart in time that nobody finds them together.
pub(crate) fn sessions(count: u64) -> Vec<Value> {
    let session = |n: u64| {
        let mut record = records::ssm(n, "StartSession", &format!("2026-03-{:02}T10:15:30Z", 1 + n), n);
        record["userIdentity"]["arn"] = json!(format!("arn:aws:iam::111122223333:user/u{n}"));
        record
    };
    (0..count).map(session).collect()
}

pub(crate) const MINUTE: Duration = Duration::from_mins(1);
