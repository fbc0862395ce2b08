//! A queue of notices, and the bucket whose objects they name.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use trailhound_aws_lambda::answer::{Function, InvocationFailed, Invoked};
use trailhound_aws_lambda::reply::Reply;
use trailhound_aws_lambda::ways::Ways;
use trailhound_courier::fetching::Fetching;
use trailhound_courier::gathering::Gathering;
use trailhound_courier::ports::{ObjectBody, ObjectError, ObjectRef, Objects, Written};
use trailhound_courier::time::Budget;
use trailhound_detect::event::Provider;
use trailhound_testkit::faults::{Fault, FaultyBlobs, FaultyStore, Parked, Plan, Rng};
use trailhound_testkit::world::{Excuse, Expected, Face, Script, Sink, World, pipeline};

const TIMEOUT: Duration = Duration::from_mins(2);

/// A Lambda over a store.
pub(crate) type Lambda<Store> = Function<Bucket, Store, Sink, FaultyBlobs>;

/// The bucket: what lies in it, with transfers that break off or are throttled.
pub(crate) struct Bucket {
    pub(crate) plan: Arc<Plan>,
    pub(crate) bodies: Arc<Vec<Vec<u8>>>,
}

pub(crate) struct Transfer {
    plan: Arc<Plan>,
    uri: String,
    left: Vec<u8>,
}

/// The key of a body; every other one is compressed, as a trail's are.
pub(crate) fn key(body: usize) -> String {
    format!("AWSLogs/{body}.json{}", if body.is_multiple_of(2) { ".gz" } else { "" })
}

fn at(bodies: &[Vec<u8>], key: &str) -> usize {
    (0..bodies.len()).find(|at| self::key(*at) == key).expect("a key that a notice names")
}

fn content(bodies: &[Vec<u8>], key: &str) -> Vec<u8> {
    let at = at(bodies, key);
    if !at.is_multiple_of(2) {
        return bodies[at].clone();
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&bodies[at]).and_then(|()| packed.finish()).expect("memory takes it")
}

impl Objects for Bucket {
    type Body = Transfer;

    const SCHEME: &'static str = "s3";

    async fn open(&self, object: &ObjectRef) -> Result<Transfer, ObjectError> {
        let uri = Self::uri(object);
        match self.plan.decide() {
            Fault::KillBefore | Fault::KillAfter => match self.plan.kill().await {},
            Fault::Error => return Err(ObjectError::Busy { uri, detail: "SlowDown: injected".to_owned() }),
            Fault::Delay(wait) => tokio::time::sleep(wait).await,
            Fault::None => {}
        }
        Ok(Transfer { plan: Arc::clone(&self.plan), left: content(&self.bodies, &object.key), uri })
    }
}

impl ObjectBody for Transfer {
    fn replaced_by(&self) -> Option<&Written> {
        None
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, ObjectError> {
        match self.plan.decide() {
            Fault::KillBefore | Fault::KillAfter => match self.plan.kill().await {},
            Fault::Error => {
                let (uri, detail) = (self.uri.clone(), "injected".to_owned());
                return Err(ObjectError::Interrupted { uri, detail });
            }
            Fault::Delay(wait) => tokio::time::sleep(wait).await,
            Fault::None => {}
        }
        let next = self.left.len().min(200);
        let rest = self.left.split_off(next);
        let chunk = std::mem::replace(&mut self.left, rest);
        Ok((!chunk.is_empty()).then(|| chunk.into()))
    }

    fn version(&self) -> Option<String> {
        None
    }
}

/// A message.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) body: String,
    /// How often it was received, where the queue says so.
    pub(crate) received: Option<u32>,
}

type Messages = Vec<Message>;

/// A queue: what waits in it.
pub(crate) struct Queue {
    waiting: Messages,
}

/// A message that names objects.
pub(crate) fn notice(keys: &[String]) -> String {
    let object = |key: &String| json!({"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "example-trail"}, "object": {"key": key}}});
    json!({ "Records": keys.iter().map(object).collect::<Vec<_>>() }).to_string()
}

/// The objects that such a message names.
fn named(notice: &[u8]) -> Vec<String> {
    let notice: Value = serde_json::from_slice(notice).expect("a notice");
    let records = notice["Records"].as_array().expect("records");
    records.iter().map(|record| record["s3"]["object"]["key"].as_str().expect("a key").to_owned()).collect()
}

/// What Lambda is woken with.
pub(crate) fn sqs_event(batch: &[Message]) -> String {
    let message = |Message { id, body, received }: &Message| {
        let attributes = received.map(|times| json!({"ApproximateReceiveCount": times.to_string()}));
        json!({"messageId": id, "receiptHandle": format!("h-{id}"), "body": body, "eventSource": "aws:sqs", "attributes": attributes,
               "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:example-queue"})
    };
    json!({ "Records": batch.iter().map(message).collect::<Vec<Value>>() }).to_string()
}

/// The queue is told of what it is given back, as often as it came, and of nothing else.
fn told_of(batch: &[Message], answer: &Reply) {
    let failed: BTreeSet<&str> = answer.again().iter().map(|item| item.item_identifier.as_str()).collect();
    for handed in answer.left() {
        let id = handed.receipt.strip_prefix("h-").unwrap_or_default();
        let came = |message: &Message| message.id == id && message.received == Some(handed.times);
        assert!(batch.iter().any(came), "{handed:?} is not of this batch");
        assert!(failed.contains(id), "{id} is done");
    }
    let first = batch.iter().filter(|message| message.received == Some(1));
    let told: BTreeSet<&str> = answer.left().iter().map(|handed| handed.receipt.as_str()).collect();
    for message in first.filter(|message| failed.contains(message.id.as_str())) {
        assert!(
            told.contains(format!("h-{}", message.id).as_str()),
            "{} failed at its first try",
            message.id
        );
    }
}

impl Face for Queue {
    type Process = Lambda<FaultyStore>;
    type Call = Messages;
    type Answer = Result<Reply, InvocationFailed>;

    /// Each object once, some twice, some several in one message; every other queue says how often a message came.
    fn lay(script: &Script, rng: &mut Rng) -> Self {
        let keys: Vec<String> = (0..script.bodies.len()).map(key).collect();
        let mut messages = if rng.one_in(3) {
            vec![notice(&keys)]
        } else {
            keys.iter().map(|key| notice(std::slice::from_ref(key))).collect()
        };
        if rng.one_in(2) {
            messages.push(notice(&keys[..1]));
        }
        let received = rng.one_in(2).then_some(0);
        let message = |(n, body)| Message { id: format!("m{n}"), body, received };
        Self { waiting: messages.into_iter().enumerate().map(message).collect() }
    }

    fn process(world: &World, _: &str) -> Self::Process {
        let objects = Bucket { plan: Arc::clone(&world.plan), bodies: Arc::clone(&world.bodies) };
        Function {
            courier: world.courier(Provider::Aws),
            from: Fetching { objects, allowed_buckets: None, allowed_setting: "", own: None, digests: None },
            ways: Ways::default(),
            gathering: Gathering::none(""),
        }
    }

    fn calls(&mut self, rng: &mut Rng) -> Vec<Messages> {
        rng.shuffle(&mut self.waiting);
        let most = usize::try_from(1 + rng.below(4)).expect("small");
        let mut batch = self.waiting.split_off(self.waiting.len().saturating_sub(most));
        for message in &mut batch {
            message.received = message.received.map(|times| times + 1);
        }
        let rest = batch.split_off(if rng.one_in(2) { batch.len() / 2 } else { batch.len() });
        [batch, rest].into_iter().filter(|batch| !batch.is_empty()).collect()
    }

    async fn call(
        process: &Self::Process,
        batch: &Messages,
        claimant: &str,
        hurry: Option<Duration>,
    ) -> Self::Answer {
        let budget = Budget::of(hurry.unwrap_or(TIMEOUT));
        let invoked = Invoked { pipeline: pipeline(), request_id: "r1", claimant, budget, replayed: false };
        process.handle(invoked, &sqs_event(batch)).await
    }

    fn answered(
        &mut self,
        calls: Vec<Messages>,
        answers: Vec<Option<Self::Answer>>,
        rng: &mut Rng,
    ) -> Duration {
        let mut is_killed = false;
        for (batch, answer) in calls.into_iter().zip(answers) {
            let Some(answer) = answer else {
                self.waiting.extend(batch);
                is_killed = true;
                continue;
            };
            let answer = answer.expect("a queue's batch never fails whole");
            told_of(&batch, &answer);
            let failed: BTreeSet<&str> =
                answer.again().iter().map(|item| item.item_identifier.as_str()).collect();
            let comes_back = batch.iter().filter(|message| failed.contains(message.id.as_str()));
            self.waiting.extend(comes_back.cloned());
            // At least once: now and then a message that was done comes again.
            if rng.one_in(6) {
                self.waiting.extend(batch.first().cloned());
            }
        }
        // What a dead process had is hidden for longer than it may take, for the most part.
        let hidden = if is_killed && !rng.one_in(3) { TIMEOUT } else { Duration::ZERO };
        hidden + Duration::from_millis(rng.below(9_000))
    }

    fn excuse(&self) -> Excuse {
        Excuse::Nothing
    }

    fn check(&self, want: &Expected, world: &World) {
        let records = want.records.iter().enumerate();
        let mut want: BTreeMap<String, u64> =
            records.map(|(body, records)| (format!("s3://example-trail/{}", key(body)), *records)).collect();
        let done = world.accounts().into_iter().filter(|account| account.failure.is_none());
        let mut done: BTreeMap<String, u64> =
            done.map(|account| (account.origin, account.tally.records)).collect();
        done.retain(|origin, _| !origin.starts_with("sqs://"));
        // An object of a message that was given up may have been read before, or through another message.
        for parked in world.parked().iter().filter(|line| line.reason == "killed_before") {
            for key in named(&parked.body) {
                let uri = format!("s3://example-trail/{key}");
                if !done.contains_key(&uri) {
                    want.remove(&uri);
                }
            }
        }
        assert_eq!(done, want, "every object is accounted for, with all its records");
    }

    fn stands_for(parked: &Parked, world: &World) -> Vec<Vec<u8>> {
        if parked.reason != "killed_before" {
            return vec![parked.body.clone()];
        }
        named(&parked.body).iter().map(|key| world.bodies[at(&world.bodies, key)].clone()).collect()
    }
}
