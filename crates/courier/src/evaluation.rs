//! A delivery's bytes to matches and rejects: the part that only computes.
//!
//! A delivery is one stream of bytes, or several bodies that came together; of the bodies, those with findings are
//! kept for when they must be parked. Nothing that trips a bug of ours costs its siblings.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use trailhound_detect::canary::{is_canary, knows};
use trailhound_detect::event::Caller;
use trailhound_detect::matched::Match;
use trailhound_detect::pipeline::{Ending, Finished, Pipeline, Session};
use trailhound_detect::ports::Reject;
use trailhound_detect::tally::{Notice, RejectReason, Tally};

use crate::time::Meter;

#[cfg(test)]
mod tests;

/// A body that came with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Where it came from.
    pub origin: String,
    /// What the sender wrote.
    pub bytes: Vec<u8>,
}

/// The evaluation panicked where no record is to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("panicked while evaluating: {0}")]
pub struct Panicked(pub String);

/// All that evaluating a delivery left.
#[derive(Debug)]
pub struct Evaluated {
    /// Where it came from.
    pub origin: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Canaries among the bodies, by origin.
    pub canaries: Vec<String>,
    /// The bodies with findings.
    pub bodies: Vec<Body>,
    /// Matches not yet taken.
    pub matches: Vec<Match>,
    /// Rejects not yet taken.
    pub rejects: Vec<Reject>,
    /// Callers of operations that are still under way.
    pub callers: Vec<(String, Caller)>,
    /// Records counted.
    pub tally: Tally,
    /// Some bodies are among the rejects because there was no time for them.
    pub is_late: bool,
    /// How long it took.
    pub took: Duration,
    pub(crate) meter: Meter,
}

/// A delivery on its way through the stages.
pub struct Evaluation<'p> {
    session: Session<'p>,
    origin: String,
    received_at: Timestamp,
    /// Bodies so far.
    count: usize,
    canaries: Vec<String>,
    canary_key: Option<&'p str>,
    kept: Vec<Body>,
    rejects: Vec<Reject>,
    meter: Meter,
    began: Instant,
    /// Which bodies somebody had sent again.
    replayed: Vec<bool>,
    /// For how long bodies are evaluated.
    within: Duration,
    is_late: bool,
}

/// What stands for a body's origin until it is known, which may be after the last of them.
const BODY: &str = "body://";

impl<'p> Evaluation<'p> {
    /// Begins a delivery that is one stream of bytes.
    pub(crate) fn of_stream(pipeline: &'p Pipeline, origin: &str, received_at: Timestamp) -> Self {
        Self {
            session: pipeline.delivery(origin, received_at),
            origin: origin.to_owned(),
            received_at,
            count: 0,
            canaries: Vec::new(),
            canary_key: None,
            kept: Vec::new(),
            rejects: Vec::new(),
            meter: Meter::default(),
            began: Instant::now(),
            replayed: Vec::new(),
            within: Duration::MAX,
            is_late: false,
        }
    }

    /// Begins a delivery of several bodies. Those that come up after so much time are kept as they are, for whoever
    /// waits for an answer waits for no more.
    pub fn of_bodies(pipeline: &'p Pipeline, received_at: Timestamp, within: Duration) -> Self {
        Self { within, ..Self::of_stream(pipeline, BODY, received_at) }
    }

    /// A canary is one only if it knows this; where nothing is said, whatever sings is one.
    #[must_use]
    pub fn with_canary_key(self, canary_key: Option<&'p str>) -> Self {
        Self { canary_key, ..self }
    }

    /// These bodies somebody had sent again, by their order.
    #[must_use]
    pub fn with_replayed(self, replayed: Vec<bool>) -> Self {
        Self { replayed, ..self }
    }

    /// Nobody vouches for what it brings.
    pub(crate) fn unvouched(&mut self) {
        self.session.unvouched();
    }

    /// Somebody has it evaluated again.
    pub(crate) fn replayed(&mut self) {
        self.session.replayed();
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Takes as many of the next bytes of a stream as may be read at once; answers with how many, and what they complete.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(usize, Vec<Match>, Vec<Reject>), Panicked> {
        let Self { session, meter, .. } = self;
        let work = || {
            let taken = session.push_some(bytes);
            (taken, session.take_matches(), session.take_rejects())
        };
        meter.over(|| guarded(work))
    }

    /// Takes a whole body.
    pub fn push_body(&mut self, bytes: Vec<u8>) {
        let origin = format!("{BODY}{}", self.count);
        self.count += 1;
        if is_canary(&bytes) {
            if self.canary_key.is_some_and(|key| !knows(&bytes, key)) {
                const WHY: &str = "a canary that does not know TRAILHOUND_CANARY_KEY";
                self.reject(&origin, RejectReason::NotAllowed, WHY, &bytes);
                return;
            }
            self.session.notice(Notice::Canary);
            self.canaries.push(origin.clone());
            self.kept.push(Body { origin, bytes });
            return;
        }
        if self.began.elapsed() >= self.within {
            self.is_late = true;
            self.reject(
                &origin,
                RejectReason::Unreadable,
                "not evaluated: its delivery's time was up",
                &bytes,
            );
            return;
        }
        let before = self.session.waiting();
        let Self { session, meter, .. } = self;
        // Nor may it come back for ever.
        if let Err(panicked) = meter.over(|| guarded(|| session.push_body(&origin, &bytes))) {
            session.reject(&origin, RejectReason::Unreadable, &panicked.to_string(), &bytes);
        }
        for mut reject in session.take_rejects() {
            name_body(&mut reject, &origin, &bytes);
            self.rejects.push(reject);
        }
        if session.waiting() > before {
            self.kept.push(Body { origin, bytes });
        }
    }

    /// How many bodies came so far.
    pub fn bodies(&self) -> usize {
        self.count
    }

    /// Counts something known by name that holds no records.
    pub(crate) fn notice(&mut self, notice: Notice) {
        self.session.notice(notice);
    }

    /// Counts and keeps what could not be handed over as bytes of a record.
    pub fn reject(&mut self, origin: &str, reason: RejectReason, detail: &str, body: &[u8]) {
        self.session.reject(origin, reason, detail, body);
        self.rejects.append(&mut self.session.take_rejects());
    }

    /// All bodies came: `of_all` names the delivery by how many they are, and `of_one` each by its number.
    pub fn finish_bodies(
        self,
        of_all: impl FnOnce(usize) -> String,
        of_one: impl Fn(usize) -> String,
    ) -> Result<Evaluated, Panicked> {
        let (count, replayed) = (self.count, self.replayed.clone());
        let mut evaluated = self.finish(Ending::Bodiless)?;
        evaluated.origin = of_all(count);
        for found in &mut evaluated.matches {
            let body = numbered(&found.from.origin).and_then(|(body, _)| replayed.get(body));
            if body.copied().unwrap_or(false) {
                found.mark_replayed();
            }
            place(&mut found.from.origin, &of_one);
            found.from.delivery.clone_from(&evaluated.origin);
        }
        let rejects = evaluated.rejects.iter_mut().flat_map(|reject| {
            let ends = reject.pointers.iter_mut().flat_map(|pointer| [&mut pointer.first, &mut pointer.last]);
            [&mut reject.origin].into_iter().chain(ends)
        });
        let bodies = evaluated.bodies.iter_mut().map(|body| &mut body.origin);
        for origin in rejects.chain(bodies).chain(&mut evaluated.canaries) {
            place(origin, &of_one);
        }
        Ok(evaluated)
    }

    pub(crate) fn finish(self, ending: Ending) -> Result<Evaluated, Panicked> {
        let Self { session, origin, received_at, canaries, kept, mut rejects, mut meter, .. } = self;
        let (is_late, began) = (self.is_late, self.began);
        let Finished { matches, rejects: late, callers, tally, .. } =
            meter.over(|| guarded(|| session.finish(ending)))?;
        rejects.extend(late);
        Ok(Evaluated {
            origin,
            received_at,
            canaries,
            bodies: kept,
            matches,
            rejects,
            callers,
            tally,
            is_late,
            took: began.elapsed(),
            meter,
        })
    }
}

/// Runs what must not take its siblings down with it.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| Panicked(words(&*panic)))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
}

/// A parked origin is that of the body; which record of it moves into the detail.
fn name_body(reject: &mut Reject, body: &str, bytes: &[u8]) {
    let record = reject.origin.strip_prefix(body).unwrap_or_default();
    if !record.is_empty() && reject.body.len() < bytes.trim_ascii().len() {
        reject.detail = format!("record {}: {}", &record[1..], reject.detail);
    }
    reject.origin.truncate(body.len());
}

/// Puts a body's origin where its number stood.
fn place(origin: &mut String, of_one: &impl Fn(usize) -> String) {
    if let Some((body, rest)) = numbered(origin) {
        *origin = format!("{}{rest}", of_one(body));
    }
}

/// A body's number, and what follows it.
fn numbered(origin: &str) -> Option<(usize, &str)> {
    let rest = origin.strip_prefix(BODY)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((rest[..end].parse().ok()?, &rest[end..]))
}
