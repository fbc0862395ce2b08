//! The matches of a batch on their way out, in a form that survives being cut off at any point.

use std::collections::VecDeque;

use tokio::time::Instant;
use trailhound_detect::describe::Finding;
use trailhound_detect::event::Caller;
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::{Outbox, Sent};
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::{Clock, FindingSink, PublishError};
use trailhound_detect::remember::{LEASE, Memory};
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::Tally;

use super::Handler;
use crate::event_grid::Publisher;
use crate::parking::Parking;

/// How many findings are claimed, published and recorded together: few enough that claims do not run out on the
/// way, and that a batch with very many makes progress on every attempt.
const TOGETHER: usize = 100;

/// Matches that are being published, and those that are done.
pub(super) struct Publishing {
    /// Not handed out yet.
    matches: VecDeque<Match>,
    canaries: Vec<Match>,
    callers: Vec<(String, Caller)>,
    /// Origins of matches handed out and not settled.
    open: Vec<String>,
    /// Origins of matches that were not accepted.
    left: Vec<String>,
    tally: Tally,
    errors: Vec<String>,
    state_unavailable: Option<String>,
    lag_ms: u64,
}

/// What became of them.
pub(super) struct Outcome {
    /// Origins of the matches that are not published.
    pub(super) left: Vec<String>,
    /// Why not.
    pub(super) problem: String,
    pub(super) state_unavailable: Option<String>,
    pub(super) lag_ms: u64,
}

impl Publishing {
    pub(super) fn of(matches: Vec<Match>, canaries: Vec<Match>, callers: Vec<(String, Caller)>) -> Self {
        Self {
            matches: matches.into(),
            canaries,
            callers,
            open: Vec::new(),
            left: Vec::new(),
            tally: Tally::default(),
            errors: Vec::new(),
            state_unavailable: None,
            lag_ms: 0,
        }
    }

    /// Publishes until all is done or the deadline has passed.
    pub(super) async fn run<Store, Sink, Rejects>(
        &mut self,
        handler: &Handler<Store, Sink, Rejects>,
        pipeline: &Pipeline,
        claimant: &str,
        deadline: Instant,
    ) where
        Store: StateStore,
        Sink: Publisher,
        Rejects: Parking,
    {
        let clock = &*handler.clock;
        let sink = Leased { sink: &handler.sink, memory: &handler.memory, clock, claimant, deadline };
        let outbox = Outbox {
            policy: pipeline.policy(),
            memory: &handler.memory,
            sink: &sink,
            clock,
            claimant,
            product: &handler.product,
        };
        outbox.remember_callers(&std::mem::take(&mut self.callers)).await;
        self.send(&outbox, deadline).await;
        if !self.canaries.is_empty() {
            // No suppression and no least level may silence the sign of life.
            let unfiltered = Policy::unfiltered();
            self.matches = std::mem::take(&mut self.canaries).into();
            self.send(&Outbox { policy: &unfiltered, ..outbox }, deadline).await;
        }
    }

    /// Sends what waits until all is done or the deadline has passed.
    async fn send<Store: StateStore, Sink: FindingSink>(
        &mut self,
        outbox: &Outbox<'_, Store, Sink>,
        deadline: Instant,
    ) {
        let clock = outbox.clock;
        loop {
            let mut held = Vec::new();
            let mut held_until = None;
            while !self.matches.is_empty() {
                let some: Vec<Match> = self.matches.drain(..self.matches.len().min(TOGETHER)).collect();
                self.open = some.iter().map(|found| found.origin.clone()).collect();
                let mut tally = Tally::default();
                let mut sent = outbox.send(some, &mut tally).await;
                self.tally.add(&tally);
                self.open.clear();
                self.left.extend(sent.unsent.iter().map(|found| found.origin.clone()));
                held.append(&mut sent.held);
                held_until = held_until.max(sent.held_until);
                self.note(sent);
            }
            let Some(until) = held_until else { return };
            let wait = until.duration_since(clock.now()).unsigned_abs();
            if Instant::now() + wait >= deadline {
                self.left.extend(held.into_iter().map(|found| found.origin));
                self.error("another process is publishing it");
                return;
            }
            // Whoever holds it is either about to publish it or gone; then it is ours.
            tokio::time::sleep(wait).await;
            let again = held.len() as u64;
            self.tally.matches -= again;
            self.tally.deferred -= again;
            self.matches = held.into();
        }
    }

    fn note(&mut self, sent: Sent) {
        self.lag_ms = self.lag_ms.max(sent.lag_ms());
        for error in &sent.errors {
            self.error(&error.to_string());
        }
        self.state_unavailable = sent.state_unavailable.or(self.state_unavailable.take());
    }

    pub(super) fn error(&mut self, error: &str) {
        if !self.errors.iter().any(|known| known == error) {
            self.errors.push(error.to_owned());
        }
    }

    /// Counts what was cut off as deferred, and adds the figures to the delivery's.
    pub(super) fn settle(mut self, tally: &mut Tally) -> Outcome {
        let waiting = self.matches.into_iter().chain(self.canaries).map(|found| found.origin);
        let rest: Vec<String> = self.open.into_iter().chain(waiting).collect();
        self.tally.matches += rest.len() as u64;
        self.tally.deferred += rest.len() as u64;
        self.left.extend(rest);
        tally.add(&self.tally);
        let count = self.left.len();
        Outcome {
            problem: format!("{count} findings are not published: {}", self.errors.join("; ")),
            left: self.left,
            state_unavailable: self.state_unavailable,
            lag_ms: self.lag_ms,
        }
    }
}

/// A sink that keeps its claims alive while it publishes, so that they can be short: a claimant that died is
/// followed within seconds, and one that only waits for a slow topic is not.
struct Leased<'a, Store, Sink> {
    sink: &'a Sink,
    memory: &'a Memory<Store>,
    clock: &'a dyn Clock,
    claimant: &'a str,
    deadline: Instant,
}

impl<Store: StateStore, Sink: Publisher> FindingSink for Leased<'_, Store, Sink> {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        let matches: Vec<&Match> = findings.iter().map(|finding| &finding.matched).collect();
        let renewing = async {
            loop {
                tokio::time::sleep(LEASE.unsigned_abs() / 2).await;
                // Claims that cannot be renewed only run out.
                let _ = self.memory.renew(self.claimant, &matches, self.clock.now()).await;
            }
        };
        tokio::select! {
            answers = self.sink.publish_until(findings, self.deadline) => answers,
            () = renewing => unreachable!("claims are renewed for as long as publishing takes"),
        }
    }
}
