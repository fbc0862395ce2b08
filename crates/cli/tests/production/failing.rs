//! What a function that fails leaves behind: claims, findings that are out and not noted, marks of trials; of every cause that its
//! deliveries fail for. Its messages lie in the dead-letter queue then.
//!
//! It is the function's own courier on moto, in a process of its own, for AWS is found by a process's environment.

use std::process::Command;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;
use trailhound_aws::clients;
use trailhound_aws::dynamodb::DynamoStore;
use trailhound_aws::sns::{Form, SnsSink};
use trailhound_courier::Courier;
use trailhound_courier::attempt::{After, Attempt};
use trailhound_courier::delivery::Delivery;
use trailhound_courier::evaluation::Panicked;
use trailhound_courier::failure::{Cause, Failed, Failure};
use trailhound_courier::parking::Parking;
use trailhound_courier::ports::{Blobs, ObjectError, Publisher};
use trailhound_courier::time::Budget;
use trailhound_courier::trial::Again;
use trailhound_detect::account::{Account, Ledger};
use trailhound_detect::canary::Singer;
use trailhound_detect::describe::{Finding, Product};
use trailhound_detect::event::{Provider, Scope};
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::ports::{Clock, PublishError};
use trailhound_detect::remember::Memory;
use trailhound_detect::rules::load_embedded;

use super::world::World;

/// What is asked of the other process.
const ASKED: &str = "TRAILHOUND_FAILING";

/// Has every delivery fail that is named, each for its cause.
pub(crate) fn fail(world: &World, deliveries: &[(Cause, String, Value)]) {
    let each = deliveries.iter().map(|(cause, origin, record)| json!([cause.as_str(), origin, record]));
    let asked = json!({"table": world.name, "topic": world.topic, "each": each.collect::<Vec<_>>()});
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "failing::fails_for_every_cause", "--nocapture"])
        .envs(world.moto.environment())
        .env(ASKED, asked.to_string())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// Before all leases: what is dead was tried for hours.
struct LongAgo;

impl Clock for LongAgo {
    fn now(&self) -> Timestamp {
        Timestamp::now() - SignedDuration::from_hours(4)
    }
}

struct NoLedger;

impl Ledger for NoLedger {
    fn enter(&self, _: &Account) {}
}

/// A topic, or one that takes nothing.
enum Outlet {
    Topic(SnsSink),
    Closed,
}

impl Publisher for Outlet {
    const TOGETHER: usize = SnsSink::TOGETHER;

    async fn publish_until(&self, findings: &[Finding], until: Instant) -> Vec<Result<(), PublishError>> {
        match self {
            Self::Topic(topic) => topic.publish_until(findings, until).await,
            Self::Closed => vec![Err(PublishError::Refused("closed".to_owned())); findings.len()],
        }
    }
}

/// A place that keeps nothing.
struct Nowhere;

impl Blobs for Nowhere {
    fn place(&self) -> String {
        "nowhere".to_owned()
    }

    async fn put(&self, _: &str, _: Vec<u8>, _: Instant) -> Result<(), String> {
        Err("full".to_owned())
    }

    async fn remove(&self, _: &str) -> Result<(), String> {
        Err("empty".to_owned())
    }
}

async fn courier(asked: &Value, cause: Cause) -> Courier<DynamoStore, Outlet, Nowhere> {
    let clients = clients::connect(None, true).await;
    let topic = asked["topic"].as_str().unwrap().to_owned();
    let topic = SnsSink { client: clients.sns(&topic), topic, form: Form::Alert };
    Courier {
        memory: Memory::lasting(DynamoStore::new(
            clients.dynamodb.clone(),
            asked["table"].as_str().unwrap().to_owned(),
        )),
        sink: if cause == Cause::Unpublished { Outlet::Closed } else { Outlet::Topic(topic) },
        copies: Vec::new(),
        parking: Some(Parking(Nowhere)),
        parking_setting: "a place",
        clock: Box::new(LongAgo),
        ledger: Box::new(NoLedger),
        product: Product::new("test"),
        accounts: None,
        listening: None,
        canary: Singer { provider: Provider::Aws, function: "f".to_owned(), scope: Scope::default() },
        stop: watch::channel(false).1,
    }
}

/// What keeps it from being done, beside what its courier meets.
fn read(cause: Cause, uri: &str) -> Result<(), Failure> {
    let (uri, detail) = (uri.to_owned(), "so it went".to_owned());
    match cause {
        Cause::Denied => Err(ObjectError::Denied { uri, detail }.into()),
        Cause::Unreadable => Err(ObjectError::Interrupted { uri, detail }.into()),
        Cause::OutOfTime => Err(Failure::OutOfTime),
        Cause::Panicked => Err(Panicked(detail).into()),
        Cause::Unpublished | Cause::Unparked | Cause::TriedElsewhere => Ok(()),
        Cause::NoPart => panic!("of a gathering, which comes by no queue"),
    }
}

/// One delivery; its record comes even where its end does not, so that as much is done as can be.
async fn attempt(asked: &Value, cause: Cause, origin: &str, record: &Value) -> Result<(), Failed> {
    let courier = courier(asked, cause).await;
    let pipeline = Pipeline::new(std::sync::Arc::new(load_embedded().rules));
    let given_at = LongAgo.now();
    let attempt = |n: u8| Attempt {
        claimant: format!("dead/{n}/{origin}"),
        budget: Budget::of(Duration::from_secs(20)),
        after: After::Again,
        number: None,
        given_at,
    };
    if cause == Cause::TriedElsewhere {
        let again = Again { origin, body: b"{}", received_at: given_at };
        // One that dies of it, and another meanwhile.
        let other = courier.try_again(&pipeline, attempt(1), again, async |_| {
            Box::pin(courier.try_again(&pipeline, attempt(2), again, async |_| Ok::<_, Failed>(()))).await
        });
        return Box::pin(other).await;
    }
    let mut delivery = Delivery::begin(&courier, &pipeline, attempt(0), origin, given_at);
    delivery.replayed();
    let mut bytes = json!({"Records": [record]}).to_string().into_bytes();
    if cause == Cause::Unparked {
        // What nobody could read then.
        bytes.extend(b"\noops");
    }
    if cause != Cause::Denied {
        Box::pin(delivery.take(&bytes)).await.unwrap();
    }
    Box::pin(delivery.end(read(cause, origin))).await
}

/// Does what another test asks, and nothing where none does.
#[tokio::test]
async fn fails_for_every_cause() {
    let Ok(asked) = std::env::var(ASKED) else { return };
    let asked: Value = serde_json::from_str(&asked).unwrap();
    for one in asked["each"].as_array().unwrap() {
        let (word, origin) = (one[0].as_str().unwrap(), one[1].as_str().unwrap());
        let cause = Cause::all().find(|cause| cause.as_str() == word).unwrap();
        let failed = Box::pin(attempt(&asked, cause, origin, &one[2])).await.expect_err(word);
        assert_eq!(failed.0[0].cause(), cause, "{failed}");
    }
}
