//! A double of the Functions host, as a custom handler sees it: starts the worker, posts Event Hubs batches and messages of a queue in the
//! host's own serialisations, retries by policy, and moves its checkpoint on when the policy is exhausted, whatever
//! the worker answered.
//!
//! Written from the host's published source and documentation; the real host was not run. It has one worker, no
//! scale controller and no AMQP, and its waits between attempts are as short as a test asks.

mod queue;
mod shape;
mod worker;

use std::time::Duration;

use serde_json::json;

pub use queue::{StorageQueue, TextForm, queue_request};
pub use shape::{Batch, Event, Position, Retry, Wrapping, request};
pub use worker::{Failure, Worker, WorkerOptions};

/// The `retry` of a `function.json`.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// Attempts after the first.
    pub max: i64,
    /// The wait before each.
    pub delay: Duration,
}

/// A partition of an event hub, with the consumer group's checkpoint.
#[derive(Clone, Debug)]
pub struct Partition {
    /// Its id.
    pub id: String,
    /// All events in it, in order; sequence numbers are their indices.
    pub events: Vec<Event>,
    /// The first event that is not yet done with.
    pub checkpoint: usize,
}

impl Partition {
    /// A partition that holds these bodies.
    pub fn new(id: &str, bodies: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let events = bodies
            .into_iter()
            .enumerate()
            .map(|(at, body)| Event { sequence: i64::try_from(at).unwrap_or(i64::MAX), body })
            .collect();
        Self { id: id.to_owned(), events, checkpoint: 0 }
    }

    /// Is everything done with?
    pub fn is_done(&self) -> bool {
        self.checkpoint >= self.events.len()
    }
}

/// What a batch went through.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What each attempt ended with; `None` is success.
    pub attempts: Vec<Option<Failure>>,
}

impl Run {
    /// Did the last attempt succeed?
    pub fn succeeded(&self) -> bool {
        self.attempts.last().is_some_and(Option::is_none)
    }
}

/// How the host works.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// The retry policy.
    pub retry: RetryPolicy,
    /// Events in a batch, at most.
    pub batch: usize,
    /// The function's time limit.
    pub timeout: Duration,
    /// How values are written.
    pub wrapping: Wrapping,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            retry: RetryPolicy { max: 5, delay: Duration::from_millis(50) },
            batch: 64,
            timeout: Duration::from_mins(1),
            wrapping: Wrapping::Strings,
        }
    }
}

impl Host {
    /// Posts a partition's next batch, with retries, and moves its checkpoint on; starts the worker again whenever
    /// it is found dead.
    pub async fn next_batch(&self, worker: &mut Worker, partition: &mut Partition) -> Run {
        let end = (partition.checkpoint + self.batch).min(partition.events.len());
        let events = &partition.events[partition.checkpoint..end];
        let mut run = Run::default();
        for attempt in 0..=self.retry.max {
            if attempt > 0 {
                tokio::time::sleep(self.retry.delay).await;
            }
            if !worker.is_alive() {
                worker.restart().await;
            }
            let retry = (attempt > 0).then_some(Retry { count: attempt, max: self.retry.max });
            let position = Position { partition: &partition.id, ..Position::default() };
            let body = request(&Batch { position, events, retry }, self.wrapping);
            let failure = worker.invoke("detect", body, self.timeout).await.err();
            let succeeded = failure.is_none();
            run.attempts.push(failure);
            if succeeded {
                break;
            }
        }
        // Regardless of success: that is the host's contract, and the reason for a worker's own parking.
        partition.checkpoint = end;
        run
    }

    /// Posts batches until a partition is done with.
    pub async fn drain(&self, worker: &mut Worker, partition: &mut Partition) -> Vec<Run> {
        let mut runs = Vec::new();
        while !partition.is_done() {
            runs.push(self.next_batch(worker, partition).await);
        }
        runs
    }
}

/// An Event Hubs body as Azure Monitor writes it.
pub fn records(records: &[serde_json::Value]) -> Vec<u8> {
    json!({"records": records}).to_string().into_bytes()
}
