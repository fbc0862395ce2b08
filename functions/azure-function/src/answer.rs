//! One invocation, from its request to its answer: the host hears 200 only when nothing is left to lose.
//!
//! The host moves its checkpoint on after the last attempt whatever the answer, so the courier is told how many
//! attempts are left; everything before the last is a 5xx, which makes the host try again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tokio::sync::mpsc;
use trailhound_courier::Courier;
use trailhound_courier::attempt::{After, Attempt};
use trailhound_courier::delivery::Delivery;
use trailhound_courier::evaluation::{Evaluated, Evaluation, Panicked};
use trailhound_courier::ports::{Blobs, Files, Publisher};
use trailhound_courier::time::Budget;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::RejectReason;
use trailhound_runtime::rulebook::Rulebook;
use trailhound_runtime::server::{Part, Reply, Service};

use crate::invocation::{Intake, Invocation, Unread};

/// How long publishing may take: with what is parked then, less than the 40 seconds after which a host's caller must
/// have heard of a failure.
const PUBLISH: Duration = Duration::from_secs(24);
/// How long evaluating may take before: what is not begun then is tried again, and parked at the
/// last attempt but one.
const EVALUATE: Duration = Duration::from_secs(12);
/// What evaluating takes beyond this is taken from publishing.
const USUAL: Duration = Duration::from_secs(4);

/// Everything an invocation works with; made once.
pub struct Function<Store, Sink, Place, Rules> {
    /// What every delivery is handled with.
    pub courier: Courier<Store, Sink, Place>,
    /// The rules in force.
    pub rulebook: Arc<Rulebook<Rules>>,
    /// What a canary must know.
    pub canary_key: Option<Arc<str>>,
    /// Tells this process from others.
    pub process: String,
    /// Tells its invocations from one another: the same batch may come again while the first is under way.
    pub invocations: AtomicU64,
}

impl<Store, Sink, Place, Rules> Function<Store, Sink, Place, Rules>
where
    Store: StateStore,
    Sink: Publisher,
    Place: Blobs,
    Rules: Files,
{
    /// Handles one invocation whose request is there as a whole.
    pub async fn handle_whole(&self, request: &[u8]) -> Reply {
        let received_at = self.courier.clock.now();
        let pipeline = self.rulebook.current().await;
        let batch = evaluate(&pipeline, request, received_at, self.canary_key.as_deref());
        self.deliver(&pipeline, batch).await
    }

    async fn arriving(&self, mut arriving: mpsc::Receiver<Part>) -> Reply {
        let received_at = self.courier.clock.now();
        let pipeline = self.rulebook.current().await;
        let evaluating = {
            let (pipeline, key) = (Arc::clone(&pipeline), self.canary_key.clone());
            tokio::task::spawn_blocking(move || {
                let mut request = Request::new(&pipeline, received_at, key.as_deref());
                loop {
                    match arriving.blocking_recv()? {
                        Part::Bytes(bytes) => request.push(&bytes),
                        Part::End => return Some(request.finish()),
                    }
                }
            })
        };
        match evaluating.await {
            Ok(Some(batch)) => self.deliver(&pipeline, batch).await,
            Ok(None) => again("the request broke off"),
            Err(error) => again(&format!("the batch could not be evaluated: {error}")),
        }
    }

    async fn deliver(&self, pipeline: &Pipeline, batch: Result<Batch, Panicked>) -> Reply {
        let (invocation, evaluated) = match batch {
            Ok(batch) => batch,
            Err(panicked) => return again(&panicked.to_string()),
        };
        let attempt = Attempt {
            claimant: format!("{}/{}", self.process, self.invocations.fetch_add(1, Ordering::Relaxed)),
            budget: Budget::publishing(PUBLISH.saturating_sub(evaluated.took.saturating_sub(USUAL))),
            after: match (invocation.is_last_attempt(), invocation.is_near_end()) {
                (true, _) => After::Never,
                (false, true) => After::OnceMore,
                (false, false) => After::Again,
            },
            number: Some(invocation.retry.map_or(0, |retry| retry.count)),
            given_at: invocation.enqueued.unwrap_or(evaluated.received_at),
        };
        if evaluated.is_late && attempt.after == After::Again {
            return again("there was no time to evaluate all of the batch");
        }
        let delivery = Delivery::of(&self.courier, pipeline, attempt, evaluated);
        match delivery.end(Ok(())).await {
            Ok(()) => reply(200, None),
            Err(failed) => again(&failed.to_string()),
        }
    }
}

impl<Store, Sink, Place, Rules> Service for Function<Store, Sink, Place, Rules>
where
    Store: StateStore + 'static,
    Sink: Publisher + 'static,
    Place: Blobs + 'static,
    Rules: Files + 'static,
{
    async fn handle(&self, arriving: mpsc::Receiver<Part>) -> Reply {
        self.arriving(arriving).await
    }

    fn again(&self, problem: String) -> Reply {
        again(&problem)
    }

    async fn stopped(&self) {
        self.courier.stopped().await;
    }
}

fn again(problem: &str) -> Reply {
    tracing::error!(problem, status = 503, "asked the host to try again");
    reply(503, Some(problem))
}

/// What the host takes for an answer; a problem is for its log.
fn reply(status: u16, problem: Option<&str>) -> Reply {
    let logs: Vec<&str> = problem.into_iter().collect();
    Reply { status, body: json!({"Outputs": {}, "Logs": logs, "ReturnValue": null}) }
}

/// What a request says of its events, and what they came to.
type Batch = (Invocation, Evaluated);

/// A request on its way through the stages: each event is evaluated as it arrives.
///
/// What no host would post is a reject like any other: kept, counted and answered.
struct Request<'p> {
    intake: Intake,
    evaluation: Evaluation<'p>,
}

impl<'p> Request<'p> {
    fn new(pipeline: &'p Pipeline, received_at: Timestamp, canary_key: Option<&'p str>) -> Self {
        let evaluation = Evaluation::of_bodies(pipeline, received_at, EVALUATE);
        Self { intake: Intake::default(), evaluation: evaluation.with_canary_key(canary_key) }
    }

    fn push(&mut self, bytes: &[u8]) {
        let Self { intake, evaluation } = self;
        intake.push(bytes, &mut |body| evaluation.push_body(body));
    }

    fn finish(self) -> Result<Batch, Panicked> {
        let Self { intake, mut evaluation } = self;
        let invocation = match intake.finish(&mut |body| evaluation.push_body(body)) {
            Ok(invocation) => invocation,
            Err(Unread { error, bytes }) => {
                let reason = RejectReason::UnknownRecord;
                evaluation.reject(&Invocation::unknown(), reason, &error.to_string(), &bytes);
                Invocation::default()
            }
        };
        let replayed = invocation.replayed(evaluation.bodies());
        let evaluated = evaluation
            .with_replayed(replayed)
            .finish_bodies(|count| invocation.origin(count), |event| invocation.origin_of(event))?;
        Ok((invocation, evaluated))
    }
}

/// Evaluates a whole request.
pub fn evaluate(
    pipeline: &Pipeline,
    request: &[u8],
    received_at: Timestamp,
    canary_key: Option<&str>,
) -> Result<Batch, Panicked> {
    let mut evaluation = Request::new(pipeline, received_at, canary_key);
    evaluation.push(request);
    evaluation.finish()
}
