//! From matches to accepted findings: claim, describe, publish, record, in that order; then the same for what they
//! turned out to add up to.
//!
//! A finding is recorded as published only after the sink accepted it, so a crash in between publishes it again
//! under the same id, and a crash before loses nothing. A store that cannot be asked delays nothing: findings go
//! out marked as such.

mod open;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::describe::{Finding, Product, describe};
use crate::event::Caller;
use crate::judge::{Judged, Judging, Withheld};
use crate::matched::Match;
use crate::policy::Policy;
use crate::ports::{Clock, FindingSink, PublishError};
use crate::remember::{Memory, cases};
use crate::state::StateStore;
use crate::tally::Tally;
use open::Open;

/// Publishes the matches of deliveries.
pub struct Outbox<'a, Store, Sink> {
    /// The rules, suppressions and least level that apply.
    pub policy: &'a Policy,
    /// What was seen and published before.
    pub memory: &'a Memory<Store>,
    /// Where findings go.
    pub sink: &'a Sink,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Tells this process's claims from another's.
    pub claimant: &'a str,
    /// What the findings say made them.
    pub product: &'a Product,
}

/// What became of the matches handed to [`Outbox::send`].
#[derive(Debug, Default)]
pub struct Sent {
    /// Accepted by the sink, in order.
    pub published: Vec<Finding>,
    /// When it last accepted some.
    pub published_at: Option<Timestamp>,
    /// Why findings were not accepted, one for each that was not.
    pub errors: Vec<PublishError>,
    /// Matches whose findings were not accepted, in the order of `errors`.
    pub unsent: Vec<Match>,
    /// Another process is publishing the findings of `held`; worth asking again at this time.
    pub held_until: Option<Timestamp>,
    /// Those matches, as they were handed over; not counted, since they may yet be asked about.
    pub held: Vec<Match>,
    /// What suppressions keep from correlations.
    pub withheld: Vec<Withheld>,
    /// What correlations are to hear of, where memory leaves the order of time to its caller.
    pub heard: Vec<Match>,
    /// The store could not be asked, with its words.
    pub state_unavailable: Option<String>,
}

impl Sent {
    /// How long after its event the finding went out that took longest, in milliseconds.
    pub fn lag_ms(&self) -> u64 {
        let events = self.published.iter().filter_map(|finding| finding.matched.facts.time);
        let Some((first, at)) = events.min().zip(self.published_at) else { return 0 };
        u64::try_from(at.duration_since(first).as_millis()).unwrap_or(0)
    }
}

impl<Store: StateStore, Sink: FindingSink> Outbox<'_, Store, Sink> {
    /// Keeps the callers of operations that are still under way, for records that will lack them.
    pub async fn remember_callers(&self, callers: &[(String, Caller)]) {
        let _ = self.memory.put_callers(callers, self.clock.now()).await;
    }

    /// Publishes each match once, and what correlations make of them too. Every one that is not handed back as held is
    /// counted in `tally`, even if this future is dropped before it is done.
    pub async fn send(&self, matches: Vec<Match>, tally: &mut Tally) -> Sent {
        let mut sent = Sent::default();
        let mut matches = matches;
        let rules = &self.policy.rules;
        let told = matches.iter().filter(|found| !rules.is_silent(&found.rule.name)).count();
        let mut open = Open::new(tally, told as u64);
        // A caller that cannot be asked for is told once the matches are judged.
        let _ = self.memory.fill_callers(&mut matches, self.clock.now()).await;
        let judged = self.judging().judge(matches).await;
        self.send_judged(judged, &mut open, &mut sent).await;
        sent
    }

    /// Publishes what correlations make of matches that [`Outbox::send`] handed back, in order of time.
    pub async fn correlate(&self, heard: Vec<Match>, tally: &mut Tally) -> Sent {
        let mut sent = Sent::default();
        let mut open = Open::new(tally, 0);
        let judged = self.judging().correlate(heard).await;
        self.send_judged(judged, &mut open, &mut sent).await;
        sent
    }

    fn judging(&self) -> Judging<'_, Store> {
        Judging { memory: self.memory, policy: self.policy, claimant: self.claimant, clock: self.clock }
    }

    async fn send_judged(&self, mut judged: Judged, open: &mut Open<'_>, sent: &mut Sent) {
        loop {
            open.set(judged.ready.len());
            open.duplicates(judged.duplicates);
            open.truncated(judged.left_out);
            open.suppressed(std::mem::take(&mut judged.suppressed));
            open.uncorrelated(&judged.withheld);
            sent.withheld.append(&mut judged.withheld);
            sent.held.append(&mut judged.held);
            sent.held_until = sent.held_until.max(judged.held_until);
            sent.heard.append(&mut judged.heard);
            sent.state_unavailable = sent.state_unavailable.take().or(judged.unavailable.take());
            if judged.is_done() {
                return;
            }
            let accepted = self.publish(std::mem::take(&mut judged.ready), open, sent).await;
            // Alerts of correlations leave nothing to add up, so this ends.
            let accepted: Vec<&Match> = accepted.iter().collect();
            judged = self.judging().record(judged, &accepted).await;
        }
    }

    /// Publishes, and answers with what was accepted, as memory knows it: what findings show passed the gate for secrets.
    async fn publish(&self, ready: Vec<Match>, open: &mut Open<'_>, sent: &mut Sent) -> Vec<Match> {
        let mut accepted = Vec::with_capacity(ready.len());
        if ready.is_empty() {
            return accepted;
        }
        let findings: Vec<Finding> =
            ready.iter().map(|found| describe(found.clone(), self.product, self.clock.now())).collect();
        let keeps_cases = self.memory.mode().keeps_cases();
        let lacks_case = |found: &Match| {
            let verdict = &found.verdict;
            keeps_cases && verdict.case.is_none() && cases::takes(found, verdict.level)
        };
        let answers = self.sink.publish(&findings).await;
        let answered_at = self.clock.now();
        debug_assert_eq!(answers.len(), findings.len(), "a sink answers for each finding");
        for ((found, finding), answer) in ready.into_iter().zip(findings).zip(answers) {
            match answer {
                Ok(()) => {
                    open.published(lacks_case(&found));
                    accepted.push(found);
                    sent.published.push(finding);
                    sent.published_at = Some(answered_at);
                }
                Err(error) => {
                    open.unsent();
                    sent.errors.push(error);
                    sent.unsent.push(found);
                }
            }
        }
        accepted
    }
}
