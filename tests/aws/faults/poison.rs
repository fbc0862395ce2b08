//! A message that kills its process, whoever reads it: the others of its batch go on, and it is parked.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use trailhound_aws_lambda::answer::{Function, Invoked};
use trailhound_aws_lambda::reply::Reply;
use trailhound_aws_lambda::ways::Ways;
use trailhound_courier::fetching::Fetching;
use trailhound_courier::gathering::Gathering;
use trailhound_courier::ports::{ObjectError, ObjectRef, Objects};
use trailhound_courier::time::Budget;
use trailhound_detect::event::Provider;
use trailhound_testkit::faults::StoreFaults;
use trailhound_testkit::records;
use trailhound_testkit::world::{Script, World, pipeline};

use super::queue::{Bucket, Message, Transfer, key, notice, sqs_event};

/// A bucket in which one object kills whoever reads it.
struct Poisoned {
    bucket: Bucket,
    poison: String,
}

impl Objects for Poisoned {
    type Body = Transfer;

    const SCHEME: &'static str = "s3";

    async fn open(&self, object: &ObjectRef) -> Result<Transfer, ObjectError> {
        if object.key == self.poison {
            match self.bucket.plan.kill().await {}
        }
        self.bucket.open(object).await
    }
}

fn world(messages: usize) -> World {
    let body = |id| {
        let session = records::ssm(id, "StartSession", "2026-03-18T10:15:30Z", id);
        json!({ "Records": [session] }).to_string().into_bytes()
    };
    World::new(&Script {
        seed: 0,
        bodies: (0..messages as u64).map(body).collect(),
        faults: 0,
        store: StoreFaults::None,
        outage: Duration::ZERO,
        lie: None,
    })
}

/// How long an invocation may take.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Delivers a batch once, to another process than any before; nothing comes from one that dies.
async fn invoke(world: &World, poison: usize, batch: &[Message], claimant: &str) -> Option<Reply> {
    let bucket = Bucket { plan: Arc::clone(&world.plan), bodies: Arc::clone(&world.bodies) };
    let objects = Poisoned { bucket, poison: key(poison) };
    let function = Function {
        courier: world.courier(Provider::Aws),
        from: Fetching { objects, allowed_buckets: None, allowed_setting: "", own: None, digests: None },
        ways: Ways::default(),
        gathering: Gathering::none(""),
    };
    let invoked = Invoked {
        pipeline: pipeline(),
        request_id: "r1",
        claimant,
        budget: Budget::of(TIMEOUT),
        replayed: false,
    };
    let payload = sqs_event(batch);
    let answer = tokio::select! {
        biased;
        () = world.plan.died() => None,
        answer = Box::pin(function.handle(invoked, &payload)) => Some(answer.expect("a queue's batch")),
    };
    world.plan.revive();
    answer
}

/// Delivers a batch until nothing of it comes back; answers with how often that was.
async fn deliver(world: &World, poison: usize) -> u32 {
    let message = |n| Message { id: format!("m{n}"), body: notice(&[key(n)]), received: Some(0) };
    let mut waiting: Vec<Message> = (0..world.bodies.len()).map(message).collect();
    for round in 0..6 {
        if waiting.is_empty() {
            return round;
        }
        for message in &mut waiting {
            message.received = message.received.map(|times| times + 1);
        }
        if let Some(answer) = invoke(world, poison, &waiting, &round.to_string()).await {
            let failed: BTreeSet<String> =
                answer.again().iter().map(|item| item.item_identifier.clone()).collect();
            waiting.retain(|message| failed.contains(&message.id));
        }
        tokio::time::sleep(TIMEOUT * 6).await;
    }
    panic!("it does not come to an end");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_kills_the_process_is_parked_and_its_batch_lives() {
    for (messages, poison) in [(1, 0), (5, 0), (5, 2), (5, 4), (10, 7)] {
        let world = world(messages);
        let rounds = deliver(&world, poison).await;
        assert_eq!(rounds, 3, "among others, alone, and parked: {poison} of {messages}");
        let parked = world.parked();
        assert_eq!(parked.len(), 1, "{parked:?}");
        assert_eq!(parked[0].reason, "killed_before");
        assert_eq!(parked[0].origin, format!("sqs://example-queue/m{poison}"));
        assert_eq!(parked[0].body, notice(&[key(poison)]).into_bytes());
        let published = world.published();
        let of_one = published.times.keys().filter(|uid| !published.episodes.contains_key(*uid));
        assert_eq!(of_one.count(), messages - 1, "the others are told");
    }
}

#[tokio::test(start_paused = true)]
async fn what_another_process_may_still_be_at_is_left_to_the_queues_own_time() {
    let world = world(2);
    let came = |n, times| Message { id: format!("m{n}"), body: notice(&[key(n)]), received: Some(times) };
    assert!(invoke(&world, 0, &[came(0, 2)], "first").await.is_none(), "it died");
    let answer = invoke(&world, 0, &[came(0, 3), came(1, 1)], "second").await.expect("it is not read");
    let again: Vec<&str> = answer.again().iter().map(|item| item.item_identifier.as_str()).collect();
    assert_eq!((again, answer.left()), (vec!["m0"], &[][..]));
}

#[tokio::test(start_paused = true)]
async fn what_comes_for_the_first_time_is_not_marked() {
    let world = world(4);
    world.plan.begin_trace();
    assert_eq!(deliver(&world, usize::MAX).await, 1);
    let trace = world.plan.take_trace().join("\n");
    assert!(trace.contains("Claim") && !trace.contains("Trial"), "{trace}");
}
