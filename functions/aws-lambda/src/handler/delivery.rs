//! One input on its way: bytes in, findings out as they come, rejects parked at the end, one account.
//!
//! Findings go out in small sends, so that neither memory nor the lease of a claim depends on the object's size.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::{SignedDuration, Timestamp};
use trailhound_detect::account::{Account, Ledger};
use trailhound_detect::canary;
use trailhound_detect::describe::{Finding, visible};
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::{Outbox, Sent};
use trailhound_detect::pipeline::{Finished, Pipeline, Session};
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::{FindingSink, Reject, RejectSink};
use trailhound_detect::remember::LEASE;
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::{Notice, RejectReason, Tally};

use super::{Failure, Handler, guarded};
use crate::accounting::cpu_ms;
use crate::budget::Budget;

/// Matches in one send: one batch of SNS.
const SEND: usize = 10;
/// Bytes of rejects kept before they are parked; beyond it a delivery has several objects.
const PARK: usize = 4 << 20;
/// How often another process's claim is asked about again.
const ASK_AGAIN: u32 = 2;

/// One input on its way.
pub(super) struct Delivery<'h, Store, Sink, Rejects> {
    session: Option<Session<'h>>,
    /// It was told about, so that having no bytes does not make it empty.
    bodiless: bool,
    outbox: Outbox<'h, Store, Sink>,
    copies: &'h [Sink],
    parking: Option<&'h Rejects>,
    budget: Budget,
    ready: Vec<Match>,
    rejects: Vec<Reject>,
    unfinished: Option<Failure>,
    sent: Tally,
    first_error: Option<String>,
    cpu_before: u64,
    account: Account,
    ledger: &'h dyn Ledger,
}

impl<'h, Store: StateStore, Sink: FindingSink, Rejects: RejectSink> Delivery<'h, Store, Sink, Rejects> {
    pub(super) fn begin<Objects>(
        handler: &'h Handler<Objects, Store, Sink, Rejects>,
        pipeline: &'h Pipeline,
        policy: &'h Policy,
        claimant: &'h str,
        budget: Budget,
        origin: String,
        received_at: Timestamp,
    ) -> Self {
        Self {
            session: Some(pipeline.delivery(&origin, received_at)),
            bodiless: false,
            outbox: Outbox {
                policy,
                memory: &handler.memory,
                sink: &handler.sink,
                clock: &*handler.clock,
                claimant,
                product: &handler.product,
            },
            copies: &handler.copies,
            parking: handler.rejects.as_ref(),
            budget,
            ready: Vec::new(),
            rejects: Vec::new(),
            unfinished: None,
            sent: Tally::default(),
            first_error: None,
            cpu_before: cpu_ms(),
            account: Account { origin, ..Account::default() },
            ledger: &*handler.ledger,
        }
    }

    /// Evaluates the next bytes, and publishes what they complete.
    pub(super) async fn take(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let pushed = guarded(|| {
            session.push(bytes);
            (session.take_matches(), session.take_rejects())
        });
        let (matches, rejects) = match pushed {
            Ok(found) => found,
            Err(panicked) => {
                // What the session still held is not to be trusted; its figures are gone with it.
                self.session = None;
                return Err(panicked);
            }
        };
        self.ready.extend(matches);
        self.rejects.extend(rejects);
        while self.ready.len() >= SEND {
            let batch = self.ready.drain(..SEND).collect();
            self.send(batch).await;
        }
        if self.rejects.iter().map(|reject| reject.body.len()).sum::<usize>() > PARK {
            self.park().await;
        }
        Ok(())
    }

    pub(super) fn notice(&mut self, notice: Notice) {
        self.bodiless = true;
        if let Some(session) = &mut self.session {
            session.notice(notice);
        }
    }

    pub(super) fn reject(&mut self, reason: RejectReason, detail: &str, body: &[u8]) {
        self.bodiless = true;
        let origin = self.account.origin.clone();
        if let Some(session) = &mut self.session {
            session.reject(&origin, reason, detail, body);
        }
    }

    /// Publishes matches; those that another process holds are asked about again when its lease is out.
    pub(super) async fn send(&mut self, matches: Vec<Match>) {
        let mut matches = matches;
        for asked in 0..=ASK_AGAIN {
            let count = matches.len() as u64;
            let before = self.sent.clone();
            let sending = self.budget.finishing(self.outbox.send(matches, &mut self.sent)).await;
            let Ok(sent) = sending else {
                // Whatever the sink had not answered for counts as not published, and all comes again, so that what
                // was left unrecorded is recorded.
                if self.sent.matches == before.matches {
                    self.sent.matches += count;
                }
                self.sent.deferred = self.sent.matches
                    - self.sent.published
                    - self.sent.duplicates
                    - self.sent.suppressed_total();
                self.first_error.get_or_insert_with(|| "out of time while publishing".to_owned());
                self.unfinished.get_or_insert(Failure::OutOfTime);
                return;
            };
            self.note(&sent);
            self.copy(&sent.published).await;
            let Some(until) = sent.held_until.filter(|_| asked < ASK_AGAIN && !self.budget.is_spent()) else {
                return;
            };
            matches = sent.held;
            self.sent.matches -= matches.len() as u64;
            self.sent.deferred -= matches.len() as u64;
            let wait = until.duration_since(self.outbox.clock.now()).max(SignedDuration::from_millis(50));
            let wait = wait.min(LEASE).unsigned_abs();
            let _ = self.budget.taking(tokio::time::sleep(wait)).await;
        }
    }

    fn note(&mut self, sent: &Sent) {
        self.account.lag_ms = self.account.lag_ms.max(sent.lag_ms());
        if let Some(error) = sent.errors.first() {
            self.first_error.get_or_insert_with(|| error.to_string());
        }
        if let Some(fault) = &sent.state_unavailable {
            self.account.state_unavailable.get_or_insert_with(|| fault.clone());
        }
    }

    /// Hands copies to people, but for canaries. One that is not taken is told, and publishes nothing again.
    async fn copy(&self, published: &[Finding]) {
        if published.iter().all(|finding| finding.matched.rule.name == canary::RULE) {
            return;
        }
        for place in self.copies {
            let answers = self.budget.finishing(place.publish(published)).await;
            let Ok(answers) = answers else {
                tracing::error!("out of time; copies for people were not made");
                return;
            };
            for error in answers.into_iter().filter_map(Result::err) {
                tracing::error!(error = %visible(&error.to_string()), "a copy for people was not taken");
            }
        }
    }

    async fn park(&mut self) {
        let rejects = std::mem::take(&mut self.rejects);
        if rejects.is_empty() {
            return;
        }
        let failure = match self.parking {
            None => Some(Failure::NowhereToPark { count: rejects.len() }),
            Some(sink) => match self.budget.finishing(sink.park(&rejects)).await {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.into()),
                Err(_) => Some(Failure::OutOfTime),
            },
        };
        self.unfinished = self.unfinished.take().or(failure);
    }

    /// Publishes and parks what is left, and enters the account.
    pub(super) async fn end(mut self, read: Result<(), Failure>) -> Result<(), Failure> {
        let ended = self.session.take().map(|session| guarded(|| session.finish()));
        let read = read.and(match &ended {
            Some(Err(Failure::Panicked(words))) => Err(Failure::Panicked(words.clone())),
            _ => Ok(()),
        });
        let (mut tally, late, rejects, callers) = match ended {
            Some(Ok(Finished { tally, matches, rejects, callers, .. })) => (tally, matches, rejects, callers),
            // After a panic nothing of the session is to be trusted; what was sent is still counted.
            _ => Default::default(),
        };
        if self.bodiless || read.is_err() {
            forget(&mut tally.notices, Notice::Empty);
        }
        let mut matches: Vec<Match> = self.ready.drain(..).chain(late).collect();
        while !matches.is_empty() {
            let rest = matches.split_off(matches.len().min(SEND));
            self.send(std::mem::replace(&mut matches, rest)).await;
        }
        // Context only; what is left of it when time is out is let go.
        let _ = self.budget.finishing(self.outbox.remember_callers(&callers)).await;
        if read.is_ok() {
            self.rejects.extend(rejects);
            self.park().await;
        } else {
            // Where a transfer broke off there is no record to reject; the next delivery brings it whole.
            for reject in &rejects {
                tally.records = tally.records.saturating_sub(1);
                forget(&mut tally.rejected, reject.reason);
            }
        }
        tally.add(&self.sent);
        let result = read.and(self.outcome());
        self.account.tally = tally;
        self.account.failure = result.as_ref().err().map(ToString::to_string);
        self.account.cpu_ms = cpu_ms().saturating_sub(self.cpu_before);
        self.ledger.enter(&self.account);
        result
    }

    fn outcome(&mut self) -> Result<(), Failure> {
        if self.sent.deferred > 0 {
            let first =
                self.first_error.take().unwrap_or_else(|| "another process is publishing them".to_owned());
            return Err(Failure::Unpublished { count: self.sent.deferred, first });
        }
        self.unfinished.take().map_or(Ok(()), Err)
    }
}

/// One less of it.
fn forget<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K) {
    if let Entry::Occupied(mut count) = counts.entry(key) {
        *count.get_mut() = count.get().saturating_sub(1);
        if *count.get() == 0 {
            count.remove();
        }
    }
}
