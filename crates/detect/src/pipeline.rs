//! The stages joined: one [`Session`] takes a delivery's bytes and gives its matches, rejects and tally.
//!
//! Sync and push-based, so that a thread over a file and a future over a network body drive it alike. Memory is
//! bounded by the decoder's window as long as matches and rejects are taken between pushes.

mod candidates;
mod kept;
mod lanes;
mod operations;
mod place;
mod pointers;
mod readers;
mod rejects;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::Timestamp;
use trailhound_sigma::json::Node;

use crate::context::Context;
use crate::decode::{Decoded, Decoder, Limits, Place, Record};
use crate::describe::{clean, excerpt};
use crate::digest;
use crate::event::{Caller, Event, Forms, LogType, Reader, Reading, Wanted};
use crate::logs;
use crate::matched::{Asked, Match, Provenance};
use crate::policy::Policy;
use crate::ports::Reject;
use crate::rules::{Detection, RuleSet};
use crate::screen::Screen;
use crate::tally::{Notice, RejectReason, Tally};
use crate::tune::{Tuned, tune};
use candidates::Candidates;
use kept::{kept_fields, name_as_told};
use lanes::Lanes;
use place::Stand;
use rejects::Rejects;

/// What evaluates deliveries; built once, shared by all.
pub struct Pipeline {
    policy: Policy,
    screen: Option<Screen>,
    /// Logs that a rule reads.
    read: BTreeSet<LogType>,
    forms: Forms,
    limits: Limits,
    context: Option<Arc<Context>>,
}

impl Pipeline {
    /// A pipeline under this policy; rules alone are one that keeps nothing back.
    pub fn new(policy: impl Into<Policy>) -> Self {
        let policy = policy.into();
        let rules = policy.rules.compiled();
        let screen = Some(Screen::new(&rules));
        let read = rules.iter().flat_map(|(logs, ..)| logs.iter().copied()).collect();
        Self { policy, screen, read, forms: Forms::default(), limits: Limits::default(), context: None }
    }

    /// With other caps.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Looking at every record; what the screen is measured and proved against.
    #[must_use]
    pub fn without_screen(mut self) -> Self {
        self.screen = None;
        self
    }

    /// What is told of what it finds.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The rules.
    pub fn rules(&self) -> &RuleSet {
        &self.policy.rules
    }

    /// Rules that name nothing to look for in raw bytes, so that their logs are read in full.
    pub fn unscreened(&self) -> Vec<&str> {
        self.screen.as_ref().map(Screen::unscreened).unwrap_or_default()
    }

    /// Begins a delivery: `origin` says where it comes from, as `s3://bucket/key`.
    pub fn delivery(&self, origin: &str, received_at: Timestamp) -> Session<'_> {
        Session {
            decoder: Decoder::new(self.limits),
            reader: self.reader(),
            origin: origin.to_owned(),
            work: Stages {
                pipeline: self,
                delivery: origin.to_owned(),
                unvouched: false,
                replayed: false,
                received_at,
                tally: Tally::default(),
                operations: Lanes::default(),
                rejects: Rejects::default(),
                explain: None,
                witness: None,
                latest: None,
                ending: Ending::Whole,
            },
        }
    }
}

/// Called with the event and the detection of every match, before tuning; for `scan --explain`.
pub type Observer<'o> = Box<dyn FnMut(&Event<'_>, &Detection, &str) + Send + 'o>;

/// Called with every event that is read, and its origin, before any rule is asked.
pub type Witness<'o> = Box<dyn FnMut(&Event<'_>, &str) + Send + 'o>;

/// One delivery on its way through the stages.
pub struct Session<'p> {
    decoder: Decoder,
    reader: Reader,
    origin: String,
    work: Stages<'p>,
}

/// How the bytes of a delivery ended, for those who fetched them to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All came; if none did, that is told.
    Whole,
    /// They broke off, and come again whole: what the end cut is neither a record to reject nor nothing.
    BrokenOff,
    /// It had none of its own: what it brought was handed over as bodies, notices or rejects.
    Bodiless,
}

/// All that a delivery left when it ended.
pub struct Finished {
    /// Matches not yet taken.
    pub matches: Vec<Match>,
    /// Rejects not yet taken.
    pub rejects: Vec<Reject>,
    /// Callers not yet taken.
    pub callers: Vec<(String, Caller)>,
    /// Records, rejects and notices; matches are for the outbox to count.
    pub tally: Tally,
    /// Time of the latest event that matched.
    pub latest: Option<Timestamp>,
}

impl<'p> Session<'p> {
    /// Has every match shown to `observer`.
    #[must_use]
    pub fn observed_by(mut self, observer: Observer<'p>) -> Self {
        self.work.explain = Some(observer);
        self
    }

    /// Has every event that is read shown to `witness`, whether a rule matches it or not. What the screen rules out is not
    /// read: whoever wants all events takes a pipeline without it.
    #[must_use]
    pub fn witnessed_by(mut self, witness: Witness<'p>) -> Self {
        self.work.witness = Some(witness);
        self
    }

    /// Nobody vouches for what it brings: who may write there is not known.
    pub fn unvouched(&mut self) {
        self.work.unvouched = true;
    }

    /// Somebody has it evaluated again: findings say so, and what happened too long ago to be merely late moves no baseline.
    pub fn replayed(&mut self) {
        self.work.replayed = true;
    }

    /// Takes the next bytes of the delivery.
    pub fn push(&mut self, bytes: &[u8]) {
        let Self { decoder, reader, origin, work } = self;
        decoder.push(bytes, &mut |decoded| work.take(reader, origin, &decoded));
    }

    /// The same for as many of them as may be read at once, however much they inflate to; says how many that were. What
    /// came of them is to be taken before the rest is handed over.
    pub fn push_some(&mut self, bytes: &[u8]) -> usize {
        let Self { decoder, reader, origin, work } = self;
        decoder.push_some(bytes, &mut |decoded| work.take(reader, origin, &decoded))
    }

    /// Takes a complete body that came inside this delivery, with an origin of its own.
    pub fn push_body(&mut self, origin: &str, bytes: &[u8]) {
        let Self { reader, work, .. } = self;
        let mut decoder = Decoder::new(work.pipeline.limits);
        decoder.push(bytes, &mut |decoded| work.take(reader, origin, &decoded));
        decoder.finish(&mut |decoded| work.take(reader, origin, &decoded));
    }

    /// Counts and keeps something that could not even be handed over as bytes of a record.
    pub fn reject(&mut self, origin: &str, reason: RejectReason, detail: &str, body: &[u8]) {
        self.work.reject(&Stand { origin, place: None, bytes: None }, reason, detail, body);
    }

    /// Counts something recognised that holds no records.
    pub fn notice(&mut self, notice: Notice) {
        self.work.tally.notice(notice);
    }

    /// The matches that are ready, in input order.
    pub fn take_matches(&mut self) -> Vec<Match> {
        self.work.operations.take_ready()
    }

    /// How many matches were not taken yet, ready or not.
    pub fn waiting(&self) -> usize {
        self.work.operations.waiting()
    }

    /// The rejects so far.
    pub fn take_rejects(&mut self) -> Vec<Reject> {
        self.work.rejects.take()
    }

    /// The figures so far.
    pub fn tally(&self) -> &Tally {
        &self.work.tally
    }

    /// Ends the delivery.
    pub fn finish(mut self, ending: Ending) -> Finished {
        let Self { decoder, reader, origin, work } = &mut self;
        work.ending = ending;
        if ending != Ending::Bodiless {
            decoder.finish(&mut |decoded| work.take(reader, origin, &decoded));
        }
        let mut work = self.work;
        work.tally.joined = work.operations.joined();
        Finished {
            callers: work.operations.take_callers(),
            matches: work.operations.take_all(),
            rejects: work.rejects.finish(),
            tally: work.tally,
            latest: work.latest,
        }
    }
}

/// What the stages after decoding write to.
struct Stages<'p> {
    pipeline: &'p Pipeline,
    delivery: String,
    unvouched: bool,
    replayed: bool,
    received_at: Timestamp,
    tally: Tally,
    operations: Lanes,
    rejects: Rejects,
    explain: Option<Observer<'p>>,
    witness: Option<Witness<'p>>,
    latest: Option<Timestamp>,
    /// Whole until it is known to be otherwise.
    ending: Ending,
}

impl Stages<'_> {
    fn take(&mut self, reader: &mut Reader, origin: &str, decoded: &Decoded<'_>) {
        match *decoded {
            Decoded::Record(ref record) => self.record(reader, origin, record),
            Decoded::Reject { reason, detail, place, bytes, at } => {
                self.reject(&Stand::of(origin, place, at, bytes), reason, detail, bytes);
            }
            Decoded::Notice(Notice::Empty) if self.ending == Ending::BrokenOff => {}
            Decoded::Notice(notice) => self.tally.notice(notice),
        }
    }

    fn reject(&mut self, stand: &Stand<'_>, reason: RejectReason, detail: &str, body: &[u8]) {
        if self.ending == Ending::BrokenOff {
            return;
        }
        self.tally.reject(reason);
        self.rejects.add((reason, detail), (stand, self.tally.records), self.received_at, body);
    }

    /// Evaluates a record. One that trips a bug of ours is kept for when it is mended, and costs no sibling.
    fn record(&mut self, reader: &mut Reader, origin: &str, record: &Record<'_>) {
        let evaluated = self.tally.evaluated;
        if catch_unwind(AssertUnwindSafe(|| self.evaluate(reader, origin, record))).is_err() {
            // Whatever it had come to, it is one record that was not evaluated.
            *reader = self.pipeline.reader();
            self.tally.evaluated = evaluated;
            self.tally.records = evaluated + self.tally.rejected_total();
            let panicked = "the evaluation panicked";
            let stand = Stand::of(origin, record.place, record.at, record.bytes);
            self.reject(&stand, RejectReason::Unreadable, panicked, record.bytes);
        }
    }

    fn evaluate(&mut self, reader: &mut Reader, origin: &str, record: &Record<'_>) {
        let pipeline = self.pipeline;
        let wanted = Candidates { screen: pipeline.screen.as_ref() };
        if !wanted.by_bytes(record) {
            self.evaluated(LogType::CloudTrail, None);
            return;
        }
        let mut index = 0;
        let mut is_mended = record.is_mended;
        // However many events are in it, and only where one matched.
        let hash = OnceCell::new();
        reader.read_wanted(record.bytes, &wanted, &mut |reading| {
            let place = record.place.nth(index);
            match reading {
                Reading::Mended => {
                    is_mended = true;
                    return;
                }
                Reading::Event(event) => {
                    self.evaluated(event.log(), Some(event.document().root()));
                    self.tally.repaired += u64::from(is_mended);
                    self.event(origin, place, event, &hash);
                }
                Reading::Unwanted(log, node) => {
                    self.evaluated(log, node);
                    self.tally.repaired += u64::from(is_mended);
                }
                Reading::Notice(notice) => self.tally.notice(notice),
                Reading::Unreadable(unreadable, bytes) => {
                    let stand = Stand::of(origin, place, record.at, record.bytes);
                    self.reject(&stand, unreadable.reason, &unreadable.detail, bytes);
                }
            }
            index += 1;
            is_mended = false;
        });
    }

    /// Counts a record that all its rules saw or can do without; of a kind that has none it is said.
    fn evaluated(&mut self, log: LogType, record: Option<Node<'_>>) {
        self.tally.records += 1;
        self.tally.evaluated += 1;
        if !self.pipeline.read.contains(&log) {
            match record {
                // The record's own word, told in accounts and summaries.
                Some(record) => self.tally.unread(&clean(&logs::kind(log, record)), 1),
                None => self.tally.unread(logs::of(log).words.log, 1),
            }
        }
    }

    fn event(&mut self, origin: &str, place: Place, event: &Event<'_>, hash: &OnceCell<String>) {
        let pipeline = self.pipeline;
        let rules = pipeline.rules();
        if let Some(witness) = &mut self.witness {
            witness(event, &place.of(origin));
        }
        for detection in rules.matching(event) {
            let origin = place.of(origin);
            if let Some(observer) = &mut self.explain {
                observer(event, detection, &origin);
            }
            let (verdict, baselines, known) = match tune(event, detection) {
                Tuned::NoMatch => {
                    self.operations.of(detection).failed(event.facts(), &detection.info.name);
                    continue;
                }
                Tuned::Pending => {
                    self.operations.of(detection).began(event.facts());
                    continue;
                }
                Tuned::Match { verdict, baselines, known } => (verdict, baselines, known),
            };
            self.latest = self.latest.max(event.facts().time);
            let from = Provenance {
                origin,
                delivery: self.delivery.clone(),
                raw_hash: hash.get_or_init(|| digest::of_bytes(event.raw())).clone(),
                raw_size: event.raw().len() as u64,
                unvouched: self.unvouched,
                replayed: self.replayed,
            };
            let mut found = Match::of(Arc::clone(&detection.info), event.facts().clone(), from);
            found.verdict = found.from.labelled(*verdict);
            // What a step holds is never shown.
            if !rules.is_silent(&detection.info.name) {
                found.excerpt = excerpt(event, &detection.info);
                name_as_told(&mut found);
            }
            let fields = kept_fields(event, rules.fed_by(&detection.info.name));
            found.asked = Asked { baselines, known, fields };
            self.operations.of(detection).add(found);
        }
    }
}
