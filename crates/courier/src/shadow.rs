//! What rules in shadow match: kept apart from what alerts, judged once that is out, and parked as small records.
//!
//! It never delays what alerts and never fails a delivery. Its matches are taken off before anything is published, wait in
//! bounded memory, are judged over memory of their own and given up when their short time is over; what is given up is
//! counted. A delivery that comes again brings them again.

mod record;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::Outbox;
use trailhound_detect::policy::Policy;
use trailhound_detect::remember::Memory;
use trailhound_detect::rules::{Lane, RuleSet};
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::Tally;

use crate::attempt::Attempt;
use crate::courier::Courier;
use crate::ports::Blobs;
use record::Records;

/// Most matches that a delivery keeps; more are counted.
const MOST: usize = 1_000;
/// Matches that are judged and parked together.
const TOGETHER: usize = 200;
/// How long a delivery that is done otherwise goes on for their sake.
const WITHIN: Duration = Duration::from_secs(2);

/// The matches of a delivery that alert nobody, and those that only correlations in shadow hear of.
#[derive(Default)]
pub(crate) struct Shadow {
    waiting: Vec<Match>,
    /// Rules that alert, by the record that both matched.
    beside: HashMap<String, BTreeSet<String>>,
    /// Matches beyond those that are kept, by rule.
    more: BTreeMap<String, u64>,
}

impl Shadow {
    /// Takes what is in shadow off these matches, which are all of their records; answers with those that alert.
    pub(crate) fn divert(&mut self, rules: &RuleSet, matches: Vec<Match>) -> Vec<Match> {
        if !rules.has_shadow() {
            return matches;
        }
        let (own, live): (Vec<Match>, Vec<Match>) =
            matches.into_iter().partition(|found| rules.is_shadow(&found.rule.name));
        let lane = rules.in_lane(Lane::Shadow);
        for found in live.iter().filter(|found| !lane.fed_by(&found.rule.name).is_empty()) {
            self.keep(found.without_excerpt());
        }
        for found in own {
            let origin = &found.from.origin;
            let of_same = live.iter().filter(|other| other.from.origin == *origin);
            let told = of_same.filter(|other| !rules.is_silent(&other.rule.name));
            let names: BTreeSet<String> = told.map(|other| other.rule.name.clone()).collect();
            if !names.is_empty() {
                self.beside.insert(origin.clone(), names);
            }
            self.keep(found);
        }
        live
    }

    fn keep(&mut self, found: Match) {
        if self.waiting.len() < MOST {
            self.waiting.push(found);
        } else {
            *self.more.entry(found.rule.name.clone()).or_default() += 1;
        }
    }

    /// Judges and parks what waits, for as long as there is time; answers with what became of it. Whatever goes wrong is
    /// told and changes nothing else.
    pub(crate) async fn settle<Store: StateStore, Sink, Place: Blobs>(
        &mut self,
        courier: &Courier<Store, Sink, Place>,
        policy: &Policy,
        attempt: &Attempt,
        received_at: Timestamp,
    ) -> Tally {
        let mut tally = Tally::default();
        let rules = &policy.rules;
        let own = |found: &Match| rules.is_shadow(&found.rule.name);
        if self.waiting.is_empty() && self.more.is_empty() {
            return tally;
        }
        let until = Instant::now() + WITHIN;
        let work = self.park(courier, policy, attempt, (received_at, until), &mut tally);
        let in_time = tokio::time::timeout_at(until, attempt.budget.taking(Box::pin(work)));
        let problem = tokio::select! {
            biased;
            done = in_time => match done {
                Ok(Ok(problem)) => problem,
                _ => Some("there was no time left".to_owned()),
            },
            () = courier.stopped() => Some("the platform is stopping this process".to_owned()),
        };
        tally.defer(self.waiting.iter().filter(|found| own(found)).count() as u64);
        if let Some(problem) = problem {
            tracing::warn!(problem, "findings in shadow are not kept");
        }
        tally.truncated =
            self.more.iter().filter(|(rule, _)| rules.is_shadow(rule)).map(|(_, more)| more).sum();
        tally
    }

    async fn park<Store: StateStore, Sink, Place: Blobs>(
        &mut self,
        courier: &Courier<Store, Sink, Place>,
        policy: &Policy,
        attempt: &Attempt,
        (received_at, until): (Timestamp, Instant),
        tally: &mut Tally,
    ) -> Option<String> {
        let Some(parking) = &courier.parking else {
            return Some(format!("{} is not set", courier.parking_setting));
        };
        let policy = policy.in_lane(Lane::Shadow);
        let memory = Memory::apart(courier.memory.store());
        let records = Records { place: &parking.0, received_at, until, beside: &self.beside };
        let outbox = Outbox {
            policy: &policy,
            memory: &memory,
            sink: &records,
            clock: &*courier.clock,
            claimant: &attempt.claimant,
            product: &courier.product,
        };
        let mut problem = None;
        while !self.waiting.is_empty() {
            let some = self.waiting.drain(..self.waiting.len().min(TOGETHER)).collect();
            let sent = outbox.send(some, tally).await;
            // Whoever else holds them parks them, or dies and leaves them to the next delivery of the same.
            tally.defer(
                sent.held.iter().filter(|found| policy.rules.is_shadow(&found.rule.name)).count() as u64
            );
            problem = problem.or_else(|| sent.errors.first().map(ToString::to_string));
        }
        let more = self.more.iter().filter(|(rule, _)| policy.rules.is_shadow(rule));
        problem.or(records.count(more, courier.clock.now()).await.err())
    }
}
