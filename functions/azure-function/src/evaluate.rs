//! A request's bytes to matches and rejects; the part of an invocation that only computes.

use std::collections::btree_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use trailhound_detect::canary::is_canary;
use trailhound_detect::pipeline::{Finished, Pipeline, Session};
use trailhound_detect::ports::Reject;
use trailhound_detect::tally::{Notice, RejectReason};

use crate::invocation::{Intake, Invocation, Unread};

/// One event of Event Hubs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// `eventhub://namespace/hub/partition@sequence`.
    pub origin: String,
    /// What the sender wrote.
    pub bytes: Vec<u8>,
}

/// What evaluating a request left.
pub struct Evaluated {
    /// Where the batch stands in Event Hubs.
    pub origin: String,
    /// Canaries among the events, by origin.
    pub canaries: Vec<String>,
    /// The events with findings, kept for when they must be parked.
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

/// What stands for an event's origin until the request says where its events come from, which it does at its end.
const EVENT: &str = "event://";

/// A request on its way through the stages: each event is evaluated as it arrives and kept only if it has findings.
///
/// What no host would post is a reject like any other: kept, counted and answered.
pub struct Evaluation<'p> {
    intake: Intake,
    events: Events<'p>,
    received_at: Timestamp,
    before: u128,
}

struct Events<'p> {
    session: Session<'p>,
    count: usize,
    canaries: Vec<String>,
    kept: Vec<Body>,
    rejects: Vec<Reject>,
}

impl<'p> Evaluation<'p> {
    /// Begins with a request.
    pub fn new(pipeline: &'p Pipeline, received_at: Timestamp) -> Self {
        let session = pipeline.delivery(EVENT, received_at);
        let events =
            Events { session, count: 0, canaries: Vec::new(), kept: Vec::new(), rejects: Vec::new() };
        Self { intake: Intake::default(), events, received_at, before: cpu() }
    }

    /// Takes the next bytes of the request.
    pub fn push(&mut self, bytes: &[u8]) {
        let Self { intake, events, .. } = self;
        intake.push(bytes, &mut |body| events.take(body));
    }

    /// The request is complete.
    pub fn finish(self) -> Evaluated {
        let Self { intake, mut events, received_at, before } = self;
        let invocation = match intake.finish(&mut |body| events.take(body)) {
            Ok(invocation) => invocation,
            Err(Unread { error, bytes }) => {
                let reason = RejectReason::UnknownRecord;
                events.session.reject(&Invocation::unknown(), reason, &error.to_string(), &bytes);
                events.rejects.append(&mut events.session.take_rejects());
                Invocation::default()
            }
        };
        let Events { session, count, mut canaries, mut kept, rejects } = events;
        let mut finished = session.finish();
        // The batch has no bytes beside its events', which is nothing to tell.
        if let Entry::Occupied(mut empty) = finished.tally.notices.entry(Notice::Empty) {
            *empty.get_mut() -= 1;
            if *empty.get() == 0 {
                empty.remove();
            }
        }
        let origin = invocation.origin(count);
        for found in &mut finished.matches {
            place(&mut found.origin, &invocation);
            found.delivery.clone_from(&origin);
        }
        finished.rejects = rejects;
        let rejects = finished.rejects.iter_mut().map(|reject| &mut reject.origin);
        let bodies = kept.iter_mut().map(|body| &mut body.origin);
        for origin in rejects.chain(bodies).chain(&mut canaries) {
            place(origin, &invocation);
        }
        Evaluated {
            origin,
            canaries,
            bodies: kept,
            finished,
            last_attempt: invocation.is_last_attempt(),
            near_end: invocation.is_near_end(),
            attempt: invocation.retry.map_or(0, |retry| retry.count),
            received_at,
            cpu_ms: millis(before),
            lag_ms: 0,
            state_unavailable: None,
        }
    }
}

/// Evaluates a whole request.
pub fn evaluate(pipeline: &Pipeline, request: &[u8], received_at: Timestamp) -> Evaluated {
    let mut evaluation = Evaluation::new(pipeline, received_at);
    evaluation.push(request);
    evaluation.finish()
}

impl Events<'_> {
    fn take(&mut self, bytes: Vec<u8>) {
        let origin = format!("{EVENT}{}", self.count);
        self.count += 1;
        if is_canary(&bytes) {
            self.session.notice(Notice::Canary);
            self.canaries.push(origin.clone());
            self.kept.push(Body { origin, bytes });
            return;
        }
        let before = self.session.waiting();
        // A record that trips a bug of ours must not cost its siblings, nor come back for ever.
        let evaluated = catch_unwind(AssertUnwindSafe(|| self.session.push_body(&origin, &bytes)));
        if evaluated.is_err() {
            self.session.reject(&origin, RejectReason::Unreadable, "the evaluation panicked", &bytes);
        }
        for mut reject in self.session.take_rejects() {
            name_event(&mut reject, &origin, &bytes);
            self.rejects.push(reject);
        }
        if self.session.waiting() > before {
            self.kept.push(Body { origin, bytes });
        }
    }
}

/// A parked origin is that of the event; which record of it moves into the detail.
fn name_event(reject: &mut Reject, event: &str, bytes: &[u8]) {
    let record = reject.origin.strip_prefix(event).unwrap_or_default();
    if !record.is_empty() && reject.body.len() < bytes.trim_ascii().len() {
        reject.detail = format!("record {}: {}", &record[1..], reject.detail);
    }
    reject.origin.truncate(event.len());
}

/// Puts an event's place in Event Hubs where its number stood.
fn place(origin: &mut String, invocation: &Invocation) {
    let Some(rest) = origin.strip_prefix(EVENT) else { return };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let Ok(event) = rest[..end].parse() else { return };
    *origin = format!("{}{}", invocation.origin_of(event), &rest[end..]);
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
