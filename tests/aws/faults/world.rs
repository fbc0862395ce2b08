//! What outlives processes, and functions whose ports fail as a plan says.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::watch;
use trailhound_aws_lambda::answer;
use trailhound_courier::Courier;
use trailhound_courier::fetching::Fetching;
use trailhound_courier::parking::Parking;
use trailhound_courier::ports::{ObjectBody, ObjectError, ObjectRef, Objects};
use trailhound_detect::account::{Account, Ledger};
use trailhound_detect::canary::Singer;
use trailhound_detect::describe::Product;
use trailhound_detect::event::{Provider, Scope};
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::rules::load_embedded;
use trailhound_detect::state::StateStore;
use trailhound_testkit::faults::{
    Fault, FaultyBlobs, FaultySink, FaultyStore, Parked, PausedClock, Plan, Published,
};
use trailhound_testkit::records;

/// The bucket: what lies in it, with transfers that break off or are throttled.
pub(crate) struct Bucket {
    plan: Arc<Plan>,
    objects: Arc<BTreeMap<String, Vec<u8>>>,
}

pub(crate) struct Transfer {
    plan: Arc<Plan>,
    uri: String,
    left: Vec<u8>,
}

impl Objects for Bucket {
    type Body = Transfer;

    const SCHEME: &'static str = "s3";

    async fn open(&self, object: &ObjectRef) -> Result<Transfer, ObjectError> {
        let uri = Self::uri(object);
        match self.plan.decide() {
            Fault::KillBefore | Fault::KillAfter => match self.plan.kill().await {},
            Fault::Error => Err(ObjectError::Busy { uri, detail: "SlowDown: injected".to_owned() }),
            Fault::Delay(wait) => {
                tokio::time::sleep(wait).await;
                Ok(Transfer { plan: Arc::clone(&self.plan), left: self.objects[&object.key].clone(), uri })
            }
            Fault::None => {
                Ok(Transfer { plan: Arc::clone(&self.plan), left: self.objects[&object.key].clone(), uri })
            }
        }
    }
}

impl ObjectBody for Transfer {
    async fn chunk(&mut self) -> Result<Option<Bytes>, ObjectError> {
        match self.plan.decide() {
            Fault::KillBefore | Fault::KillAfter => match self.plan.kill().await {},
            Fault::Error => {
                return Err(ObjectError::Interrupted {
                    uri: self.uri.clone(),
                    detail: "injected".to_owned(),
                });
            }
            Fault::Delay(wait) => tokio::time::sleep(wait).await,
            Fault::None => {}
        }
        let next = self.left.len().min(200);
        let rest = self.left.split_off(next);
        let chunk = std::mem::replace(&mut self.left, rest);
        Ok((!chunk.is_empty()).then(|| chunk.into()))
    }
}

#[derive(Clone, Default)]
pub(crate) struct Accounts(pub(crate) Arc<Mutex<Vec<Account>>>);

impl Ledger for Accounts {
    fn enter(&self, account: &Account) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(account.clone());
    }
}

pub(crate) fn record(id: u64, name: &str) -> Value {
    records::ssm(id, name, "2026-03-18T10:15:30Z", id)
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).and_then(|()| packed.finish()).expect("memory takes it")
}

pub(crate) fn pipeline() -> &'static Pipeline {
    static PIPELINE: OnceLock<Pipeline> = OnceLock::new();
    PIPELINE.get_or_init(|| Pipeline::new(Arc::new(load_embedded().rules)))
}

pub(crate) type Function<Store> = answer::Function<Bucket, Store, FaultySink, FaultyBlobs>;

/// What outlives processes.
pub(crate) struct World {
    pub(crate) plan: Arc<Plan>,
    pub(crate) objects: Arc<BTreeMap<String, Vec<u8>>>,
    pub(crate) published: Arc<Mutex<Published>>,
    pub(crate) parked: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    pub(crate) accounts: Accounts,
    pub(crate) store: Arc<MemoryStore>,
}

impl World {
    pub(crate) fn new(plan: Arc<Plan>, objects: BTreeMap<String, Vec<u8>>) -> Self {
        let (published, parked, accounts, store) = Default::default();
        Self { plan, objects: Arc::new(objects), published, parked, accounts, store }
    }

    /// A function that knows nothing yet.
    pub(crate) fn function<Store: StateStore>(&self, store: Store) -> Function<Store> {
        let courier = Courier {
            memory: Memory::lasting(store),
            sink: FaultySink { plan: Arc::clone(&self.plan), published: Arc::clone(&self.published) },
            copies: Vec::new(),
            parking: Some(Parking(FaultyBlobs {
                plan: Arc::clone(&self.plan),
                objects: Arc::clone(&self.parked),
            })),
            parking_setting: "TRAILHOUND_REJECTS_URI",
            clock: Box::new(PausedClock::at("2026-03-18T10:20:00Z".parse().expect("a time"))),
            ledger: Box::new(self.accounts.clone()),
            product: Product::new("aws-lambda"),
            canary: Singer {
                provider: Provider::Aws,
                function: "example".to_owned(),
                scope: Scope { account: "111122223333".to_owned(), ..Scope::default() },
            },
            stop: watch::channel(false).1,
        };
        let objects = Bucket { plan: Arc::clone(&self.plan), objects: Arc::clone(&self.objects) };
        Function { courier, from: Fetching { objects, allowed_buckets: None } }
    }

    pub(crate) fn faulty_store(&self) -> FaultyStore {
        FaultyStore {
            plan: Arc::clone(&self.plan),
            inner: Arc::clone(&self.store),
            published: Arc::clone(&self.published),
        }
    }

    pub(crate) fn parked(&self) -> Vec<Parked> {
        let objects = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        objects.values().flat_map(|object| Parked::of_object(object)).collect()
    }

    pub(crate) fn published(&self) -> MutexGuard<'_, Published> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn sqs_event(batch: &[(String, String)]) -> String {
    let records: Vec<Value> = batch
        .iter()
        .map(|(id, body)| {
            json!({"messageId": id, "receiptHandle": "h", "body": body, "eventSource": "aws:sqs",
                                  "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:example-queue"})
        })
        .collect();
    json!({ "Records": records }).to_string()
}
