//! One invocation, from its payload to its answer: every input is attempted, and each is accounted for.
//!
//! A queue's message fails alone and comes back; anything else fails whole. An input counts as done only when the
//! sink accepted every finding and every reject is parked. Generic over the ports, so that faults can be played.

mod delivery;

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;

use jiff::Timestamp;
use serde::Serialize;
use trailhound_detect::account::Ledger;
use trailhound_detect::canary::Singer;
use trailhound_detect::describe::Product;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::{Clock, FindingSink, ParkError, RejectSink};
use trailhound_detect::remember::Memory;
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::{Notice, RejectReason};

use crate::budget::Budget;
use crate::objects::{ObjectBody, ObjectError, ObjectSource};
use crate::sources::{Input, Invocation, ObjectRef, recognise};
use delivery::Delivery;

/// Everything an invocation works with; made once.
pub struct Handler<Objects, Store, Sink, Rejects> {
    /// Where objects are.
    pub objects: Objects,
    /// What is remembered.
    pub memory: Memory<Store>,
    /// Where findings go.
    pub sink: Sink,
    /// Where copies for people go, once the sink accepted a finding and the store knows of it.
    pub copies: Vec<Sink>,
    /// Where rejects go; without a place, a delivery with rejects fails.
    pub rejects: Option<Rejects>,
    /// The time.
    pub clock: Box<dyn Clock>,
    /// Where accounts are written.
    pub ledger: Box<dyn Ledger>,
    /// Buckets that may be read; `None` for all.
    pub allowed_buckets: Option<BTreeSet<String>>,
    /// What findings say made them.
    pub product: Product,
    /// Sings for this function.
    pub canary: Singer,
}

/// What the runtime is told.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The messages to deliver again; a queue that gets an empty list deletes them all.
    pub batch_item_failures: Vec<Failed>,
}

/// A message to deliver again.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failed {
    /// Its id.
    pub item_identifier: String,
}

/// An invocation that fails whole.
#[derive(Debug, thiserror::Error)]
#[error("{failed} of {inputs} inputs are to be delivered again; first: {first}")]
pub struct InvocationFailed {
    /// How many failed.
    pub failed: usize,
    /// Of how many.
    pub inputs: usize,
    /// The first failure.
    pub first: Failure,
}

/// Why an input must be delivered again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Its object cannot be read now.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// Findings were not accepted.
    #[error("{count} findings not published: {first}")]
    Unpublished {
        /// How many.
        count: u64,
        /// Why, for the first.
        first: String,
    },
    /// Rejects could not be parked.
    #[error(transparent)]
    Unparked(#[from] ParkError),
    /// There are rejects, and no place for them.
    #[error("{count} rejects and no TRAILHOUND_REJECTS_URI to park them at")]
    NowhereToPark {
        /// How many.
        count: usize,
    },
    /// The deadline is near.
    #[error("out of time; the deadline is near")]
    OutOfTime,
    /// A bug of ours; the input is kept until it is mended.
    #[error("panicked while evaluating: {0}")]
    Panicked(String),
}

impl<Objects, Store, Sink, Rejects> Handler<Objects, Store, Sink, Rejects>
where
    Objects: ObjectSource,
    Store: StateStore,
    Sink: FindingSink,
    Rejects: RejectSink,
{
    /// Runs one invocation. `claimant` tells this attempt's claims from those of any other.
    pub async fn handle(
        &self,
        pipeline: &Pipeline,
        payload: &str,
        request_id: &str,
        claimant: &str,
        budget: Budget,
    ) -> Result<Answer, InvocationFailed> {
        let attempt = Attempt { handler: self, pipeline, claimant, budget };
        match recognise(payload, request_id) {
            Invocation::Queue(messages) => {
                let mut answer = Answer::default();
                let count = messages.len();
                let mut nameless = None;
                for message in messages {
                    let received_at = message.sent_at.unwrap_or_else(|| self.clock.now());
                    let Err(failed) = attempt.all(message.inputs, received_at).await else { continue };
                    match message.id {
                        Some(id) => answer.batch_item_failures.push(Failed { item_identifier: id }),
                        None => nameless = Some(failed.first),
                    }
                }
                match nameless {
                    None => Ok(answer),
                    Some(first) => Err(InvocationFailed { failed: count, inputs: count, first }),
                }
            }
            Invocation::Direct(inputs) => {
                attempt.all(inputs, self.clock.now()).await.map(|()| Answer::default())
            }
        }
    }
}

/// One attempt at an invocation.
struct Attempt<'h, Objects, Store, Sink, Rejects> {
    handler: &'h Handler<Objects, Store, Sink, Rejects>,
    pipeline: &'h Pipeline,
    claimant: &'h str,
    budget: Budget,
}

impl<Objects, Store, Sink, Rejects> Attempt<'_, Objects, Store, Sink, Rejects>
where
    Objects: ObjectSource,
    Store: StateStore,
    Sink: FindingSink,
    Rejects: RejectSink,
{
    /// Attempts every input, whatever became of those before it.
    async fn all(&self, inputs: Vec<Input>, received_at: Timestamp) -> Result<(), InvocationFailed> {
        let count = inputs.len();
        let mut failures = Vec::new();
        for input in inputs {
            if let Err(failure) = self.one(input, received_at).await {
                failures.push(failure);
            }
        }
        let failed = failures.len();
        match failures.into_iter().next() {
            None => Ok(()),
            Some(first) => Err(InvocationFailed { failed, inputs: count, first }),
        }
    }

    async fn one(&self, input: Input, received_at: Timestamp) -> Result<(), Failure> {
        if self.budget.is_spent() {
            // Not begun, so not accounted for; it comes back whole.
            tracing::warn!("out of time; an input goes back unread");
            return Err(Failure::OutOfTime);
        }
        let origin = match &input {
            Input::Object { object, .. } => object.uri(),
            Input::Event { origin, .. }
            | Input::Canary { origin }
            | Input::Notice { origin, .. }
            | Input::Unreadable { origin, .. } => origin.clone(),
        };
        // No suppression and no least level may silence the sign of life.
        let unfiltered = Policy::unfiltered();
        let policy = if matches!(input, Input::Canary { .. }) { &unfiltered } else { self.pipeline.policy() };
        let mut delivery = Delivery::begin(
            self.handler,
            self.pipeline,
            policy,
            self.claimant,
            self.budget,
            origin,
            received_at,
        );
        let read = match input {
            Input::Object { object, notice } => self.object(&mut delivery, &object, &notice).await,
            Input::Event { body, .. } => delivery.take(body.as_bytes()).await,
            Input::Canary { origin } => {
                delivery.notice(Notice::Canary);
                let canary = self.handler.canary.sing(&origin, self.handler.clock.now());
                delivery.send(vec![canary]).await;
                Ok(())
            }
            Input::Notice { notice, .. } => {
                delivery.notice(notice);
                Ok(())
            }
            Input::Unreadable { reason, detail, body, .. } => {
                delivery.reject(reason, &detail, body.as_bytes());
                Ok(())
            }
        };
        delivery.end(read).await
    }

    async fn object(
        &self,
        delivery: &mut Delivery<'_, Store, Sink, Rejects>,
        object: &ObjectRef,
        notice: &str,
    ) -> Result<(), Failure> {
        if self.handler.allowed_buckets.as_ref().is_some_and(|allowed| !allowed.contains(&object.bucket)) {
            let detail = format!("bucket {} is not among TRAILHOUND_ALLOWED_BUCKETS", object.bucket);
            delivery.reject(RejectReason::NotAllowed, &detail, notice.as_bytes());
            return Ok(());
        }
        let opened = self.budget.taking(self.handler.objects.open(object)).await;
        let mut body = match opened.map_err(|_| Failure::OutOfTime)? {
            Ok(body) => body,
            Err(error) if error.is_final() => {
                delivery.reject(RejectReason::Unreadable, &error.to_string(), notice.as_bytes());
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        while let Some(chunk) = self.budget.taking(body.chunk()).await.map_err(|_| Failure::OutOfTime)?? {
            delivery.take(&chunk).await?;
        }
        Ok(())
    }
}

/// Runs what must not take its siblings down with it.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Failure> {
    std::panic::catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        Failure::Panicked(words.to_owned())
    })
}
