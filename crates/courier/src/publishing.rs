//! The matches of a delivery on their way out, in a form that survives being cut off at any point.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use trailhound_detect::account::Ledger;
use trailhound_detect::canary;
use trailhound_detect::describe::{Finding, visible};
use trailhound_detect::event::Caller;
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::{Outbox, Sent};
use trailhound_detect::policy::Policy;
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::Tally;

use crate::attempt::Attempt;
use crate::courier::Courier;
use crate::lease::Leased;
use crate::ports::Publisher;
use crate::time::Budget;

/// Most matches that are put aside because another process is publishing them; more are waited for at once.
const MOST_HELD: usize = 1_000;
/// The least wait before a claim is asked about again.
const PAUSE: SignedDuration = SignedDuration::from_millis(50);

/// Which of the matches that wait are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Send {
    /// As many as fill what the sink takes at once.
    Full,
    /// All, and those that other processes held, for as long as there is time.
    All,
}

/// Matches that are being published, and those that are done.
#[derive(Default)]
pub(crate) struct Publishing {
    /// Not handed out yet.
    waiting: VecDeque<Match>,
    canaries: VecDeque<Match>,
    /// Another process is publishing them, until then at the latest.
    held: Vec<Match>,
    held_until: Option<Timestamp>,
    /// Origins of matches handed out and not settled.
    open: Vec<String>,
    /// Origins of matches that were not accepted.
    left: Vec<String>,
    tally: Tally,
    errors: Vec<String>,
    state_unavailable: Option<String>,
    uncopied: u64,
    lag_ms: u64,
}

/// What became of them.
pub(crate) struct Outcome {
    /// Origins of the matches that are not published.
    pub(crate) left: Vec<String>,
    /// Why not.
    pub(crate) problem: String,
    pub(crate) tally: Tally,
    pub(crate) state_unavailable: Option<String>,
    /// Copies for people that nobody took, or that were cut off.
    pub(crate) uncopied: u64,
    pub(crate) lag_ms: u64,
}

/// What one send works with.
struct Way<'a, Store, Sink: Publisher> {
    outbox: Outbox<'a, Store, Leased<'a, Store, Sink>>,
    copies: &'a [Sink],
    ledger: &'a dyn Ledger,
    budget: Budget,
}

impl Publishing {
    pub(crate) fn add(&mut self, matches: Vec<Match>) {
        self.waiting.extend(matches);
    }

    pub(crate) fn add_canary(&mut self, canary: Match) {
        self.canaries.push_back(canary);
    }

    /// Are there matches for a full send?
    pub(crate) fn has<Sink: Publisher>(&self) -> bool {
        self.waiting.len() >= Sink::TOGETHER
    }

    /// The origins of all that is not published yet.
    pub(crate) fn origins(&self) -> impl Iterator<Item = &str> {
        let all = self.waiting.iter().chain(&self.canaries).chain(&self.held);
        all.map(|found| found.from.origin.as_str()).chain(self.left.iter().map(String::as_str))
    }

    /// Publishes; may be dropped at any point.
    pub(crate) async fn run<Store: StateStore, Sink: Publisher, Place>(
        &mut self,
        courier: &Courier<Store, Sink, Place>,
        policy: &Policy,
        attempt: &Attempt,
        callers: &[(String, Caller)],
        send: Send,
    ) {
        let (clock, claimant) = (&*courier.clock, attempt.claimant.as_str());
        let until = attempt.budget.offer_until();
        let sink = Leased { sink: &courier.sink, memory: &courier.memory, clock, claimant, until };
        let (memory, product) = (&courier.memory, &courier.product);
        let outbox = |policy| Outbox { policy, memory, sink: &sink, clock, claimant, product };
        let (copies, ledger, budget) = (courier.copies.as_slice(), &*courier.ledger, attempt.budget);
        let way = Way { outbox: outbox(policy), copies, ledger, budget };
        way.outbox.remember_callers(callers).await;
        self.send(&way, send).await;
        if !self.canaries.is_empty() {
            self.waiting = std::mem::take(&mut self.canaries);
            // No suppression and no least level may silence the sign of life, and nobody wants a copy of it.
            let unfiltered = Policy::unfiltered();
            self.send(&Way { outbox: outbox(&unfiltered), copies: &[], ledger, budget }, Send::All).await;
        }
    }

    async fn send<Store: StateStore, Sink: Publisher>(&mut self, way: &Way<'_, Store, Sink>, send: Send) {
        let enough = |waiting: usize| match send {
            Send::Full => waiting >= Sink::TOGETHER,
            Send::All => waiting > 0,
        };
        loop {
            while enough(self.waiting.len()) {
                self.send_some(way, Sink::TOGETHER).await;
            }
            if self.held.len() < MOST_HELD && send == Send::Full {
                return;
            }
            let Some(until) = self.held_until.take() else { return };
            let wait = until.duration_since(way.outbox.clock.now()).max(PAUSE).unsigned_abs();
            // Whoever holds them is either about to publish them or gone; then they are ours.
            if way.budget.taking(tokio::time::sleep(wait)).await.is_err() {
                self.error("another process is publishing them");
                let held: Vec<Match> = std::mem::take(&mut self.held);
                self.defer(held.into_iter().map(|found| found.from.origin).collect());
                return;
            }
            self.waiting.extend(self.held.drain(..));
        }
    }

    async fn send_some<Store: StateStore, Sink: Publisher>(
        &mut self,
        way: &Way<'_, Store, Sink>,
        most: usize,
    ) {
        let some: Vec<Match> = self.waiting.drain(..self.waiting.len().min(most)).collect();
        self.open = some.iter().map(|found| found.from.origin.clone()).collect();
        let mut sent = way.outbox.send(some, &mut self.tally).await;
        self.open.clear();
        self.left.extend(sent.unsent.iter().map(|found| found.from.origin.clone()));
        self.held.append(&mut sent.held);
        self.held_until = self.held_until.max(sent.held_until);
        self.lag_ms = self.lag_ms.max(sent.lag_ms());
        let published = std::mem::take(&mut sent.published);
        self.note(sent);
        self.tell(way, &published).await;
    }

    /// Notes findings for those who read logs, and hands copies to people; not of canaries. A copy that is not taken is
    /// counted, as is one that is cut off, and publishes nothing again.
    async fn tell<Store, Sink: Publisher>(&mut self, way: &Way<'_, Store, Sink>, published: &[Finding]) {
        if published.iter().all(|finding| finding.matched.rule.name == canary::RULE) {
            return;
        }
        for finding in published {
            way.ledger.note(finding);
        }
        self.uncopied += (published.len() * way.copies.len()) as u64;
        for place in way.copies {
            for answer in place.publish_until(published, way.budget.offer_until()).await {
                match answer {
                    Ok(()) => self.uncopied -= 1,
                    Err(error) => {
                        tracing::error!(error = %visible(&error.to_string()), "a copy for people was not taken");
                    }
                }
            }
        }
    }

    fn note(&mut self, sent: Sent) {
        for error in &sent.errors {
            self.error(&error.to_string());
        }
        self.state_unavailable = self.state_unavailable.take().or(sent.state_unavailable);
    }

    pub(crate) fn error(&mut self, error: &str) {
        if !self.errors.iter().any(|known| known == error) {
            self.errors.push(error.to_owned());
        }
    }

    /// Counts matches that nothing is known of yet as not accepted.
    fn defer(&mut self, origins: Vec<String>) {
        self.tally.defer(origins.len() as u64);
        self.left.extend(origins);
    }

    /// Counts what was cut off as deferred.
    pub(crate) fn settle(mut self) -> Outcome {
        // What was cut off with its sending is counted already.
        self.left.append(&mut self.open);
        let rest = self.waiting.drain(..).chain(self.canaries.drain(..)).chain(self.held.drain(..));
        let rest = rest.map(|found| found.from.origin).collect();
        self.defer(rest);
        let problem = self.errors.join("; ");
        let Self { left, tally, state_unavailable, uncopied, lag_ms, .. } = self;
        Outcome { left, problem, tally, state_unavailable, uncopied, lag_ms }
    }
}
