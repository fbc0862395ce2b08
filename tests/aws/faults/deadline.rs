//! Deliveries that the deadline cuts off after any answer of the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use trailhound_aws_lambda::answer::Invoked;
use trailhound_aws_lambda::ways::Ways;
use trailhound_courier::fetching::Fetching;
use trailhound_courier::gathering::Gathering;
use trailhound_courier::time::Budget;
use trailhound_detect::event::Provider;
use trailhound_detect::remember::MemoryStore;
use trailhound_detect::state::{Committed, Item, Key, StateError, StateStore, Write};
use trailhound_testkit::faults::StoreFaults;
use trailhound_testkit::records;
use trailhound_testkit::world::{Script, World, pipeline};

use super::queue::{Bucket, Lambda, Message, key, notice, sqs_event};

/// A store that answers so many times, and then no more.
struct Stuck {
    inner: Arc<MemoryStore>,
    answers: Arc<AtomicU64>,
}

impl Stuck {
    async fn answer(&self) {
        let left =
            self.answers.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if left.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl StateStore for Stuck {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.answer().await;
        self.inner.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        self.answer().await;
        self.inner.commit(writes).await
    }
}

/// Three sessions that are a burst, one of which the deadline cuts off.
async fn cut_off(third: bool, answers: u64, is_warm: bool) {
    let body = |id| {
        let session = records::ssm(id, "StartSession", "2026-03-18T10:15:30Z", id);
        json!({ "Records": [session] }).to_string().into_bytes()
    };
    let bodies = (0..3).map(body).collect();
    let world = World::new(&Script {
        seed: 0,
        bodies,
        faults: 0,
        store: StoreFaults::None,
        outage: Duration::ZERO,
        lie: None,
    });
    let left = Arc::new(AtomicU64::new(u64::MAX));
    let start = || {
        let store = Stuck { inner: Arc::clone(&world.store), answers: Arc::clone(&left) };
        let objects = Bucket { plan: Arc::clone(&world.plan), bodies: Arc::clone(&world.bodies) };
        let from = Fetching { objects, allowed_buckets: None, allowed_setting: "", own: None, digests: None };
        let courier = world.courier_over(store, Provider::Aws);
        Lambda { courier, from, ways: Ways::default(), gathering: Gathering::none("") }
    };
    let mut function = start();
    for n in 0..world.bodies.len() {
        if !is_warm {
            function = start();
        }
        let is_cut_off = n == if third { 2 } else { 1 };
        left.store(if is_cut_off { answers } else { u64::MAX }, Ordering::Relaxed);
        let payload = sqs_event(&[Message { id: "m".to_owned(), body: notice(&[key(n)]), received: None }]);
        for attempt in 0.. {
            assert!(attempt < 4, "it comes to an end");
            let (claimant, budget) = (format!("{n}-{attempt}"), Budget::of(Duration::from_secs(5)));
            let invoked = Invoked {
                pipeline: pipeline(),
                request_id: "r1",
                claimant: &claimant,
                budget,
                replayed: false,
            };
            let answer = Box::pin(function.handle(invoked, &payload)).await;
            if answer.expect("a queue's batch").again().is_empty() {
                break;
            }
            left.store(u64::MAX, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_secs(6)).await;
        }
    }
    let published = world.published();
    let told: Vec<&str> = published.episodes.values().map(String::as_str).collect();
    assert_eq!(told, ["machines-in-a-burst"], "third: {third}, after {answers} answers, warm: {is_warm}");
    assert_eq!(published.times.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn what_the_deadline_cuts_off_comes_again_until_it_is_recorded() {
    for is_warm in [false, true] {
        for third in [false, true] {
            for answers in 0..6 {
                cut_off(third, answers, is_warm).await;
            }
        }
    }
}
