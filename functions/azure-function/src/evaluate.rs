//! A request's bytes to matches and rejects; the part of an invocation that only computes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use trailhound_detect::canary::is_canary;
use trailhound_detect::pipeline::{Finished, Pipeline};
use trailhound_detect::ports::Reject;
use trailhound_detect::tally::{Notice, RejectReason};

use crate::invocation::{Body, Invocation};

/// What evaluating a request left.
pub struct Evaluated {
    /// Where the batch stands in Event Hubs.
    pub origin: String,
    /// Canaries among the events, by origin.
    pub canaries: Vec<String>,
    /// The events, kept for when they must be parked.
    pub bodies: Vec<Body>,
    /// Matches, rejects and figures.
    pub finished: Finished,
    /// The host moves on after this attempt.
    pub last_attempt: bool,
    /// At most one attempt is left after this one.
    pub near_end: bool,
    /// Which attempt this is; zero is the first.
    pub attempt: i64,
    /// When the request came.
    pub received_at: Timestamp,
    /// Processor time it took.
    pub cpu_ms: u64,
    /// From the oldest published event to now; filled by publishing.
    pub lag_ms: u64,
    /// Why the store could not be asked; filled by publishing.
    pub state_unavailable: Option<String>,
}

/// Evaluates a request.
///
/// What no host would post is a reject like any other: kept, counted and answered.
pub fn evaluate(pipeline: &Pipeline, request: &[u8], received_at: Timestamp) -> Evaluated {
    let before = cpu();
    match Invocation::read(request) {
        Ok(invocation) => batch(pipeline, invocation, received_at, before),
        Err(error) => {
            let origin = "eventhub://unknown/unknown/unknown@unknown".to_owned();
            let mut session = pipeline.delivery(&origin, received_at);
            session.reject(&origin, RejectReason::UnknownRecord, &error.to_string(), request);
            let finished = session.finish();
            Evaluated {
                origin,
                canaries: Vec::new(),
                bodies: Vec::new(),
                finished,
                last_attempt: false,
                near_end: false,
                attempt: 0,
                received_at,
                cpu_ms: millis(before),
                lag_ms: 0,
                state_unavailable: None,
            }
        }
    }
}

fn batch(pipeline: &Pipeline, invocation: Invocation, received_at: Timestamp, before: u128) -> Evaluated {
    let origin = invocation.origin();
    let (last_attempt, near_end) = (invocation.is_last_attempt(), invocation.is_near_end());
    let attempt = invocation.retry.map_or(0, |retry| retry.count);
    let bodies = invocation.bodies;
    let mut session = pipeline.delivery(&origin, received_at);
    let mut canaries = Vec::new();
    for body in &bodies {
        if is_canary(&body.bytes) {
            session.notice(Notice::Canary);
            canaries.push(body.origin.clone());
            continue;
        }
        // A record that trips a bug of ours must not cost its siblings, nor come back for ever.
        let evaluated = catch_unwind(AssertUnwindSafe(|| session.push_body(&body.origin, &body.bytes)));
        if evaluated.is_err() {
            session.reject(&body.origin, RejectReason::Unreadable, "the evaluation panicked", &body.bytes);
        }
    }
    let mut finished = session.finish();
    for reject in &mut finished.rejects {
        name_body(reject, &bodies);
    }
    Evaluated {
        origin,
        canaries,
        bodies,
        finished,
        last_attempt,
        near_end,
        attempt,
        received_at,
        cpu_ms: millis(before),
        lag_ms: 0,
        state_unavailable: None,
    }
}

/// A parked origin is that of the event; which record of it moves into the detail.
fn name_body(reject: &mut Reject, bodies: &[Body]) {
    let Some(body) = body_of(&reject.origin, bodies) else { return };
    let record = reject.origin[body.origin.len()..].to_owned();
    if !record.is_empty() && reject.body.len() < body.bytes.trim_ascii().len() {
        reject.detail = format!("record {}: {}", &record[1..], reject.detail);
    }
    reject.origin.truncate(body.origin.len());
}

/// The event that a record's origin lies in.
pub fn body_of<'b>(origin: &str, bodies: &'b [Body]) -> Option<&'b Body> {
    bodies.iter().find(|body| {
        origin
            .strip_prefix(body.origin.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['#', ':']))
    })
}

/// Processor time of this thread, in microseconds.
fn cpu() -> u128 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    u128::try_from(time.tv_sec).unwrap_or(0) * 1_000_000 + u128::try_from(time.tv_nsec).unwrap_or(0) / 1_000
}

fn millis(since: u128) -> u64 {
    u64::try_from((cpu() - since).div_ceil(1_000)).unwrap_or(u64::MAX)
}
