//! From matches to accepted findings: claim, describe, publish, record, in that order.
//!
//! A finding is recorded as published only after the sink accepted it, so a crash in between publishes it again
//! under the same id, and a crash before loses nothing. A store that cannot be asked delays nothing: findings go
//! out marked as such.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::describe::{Finding, Product, describe, finding_uid};
use crate::event::Caller;
use crate::matched::Match;
use crate::pipeline::Pipeline;
use crate::ports::{Claim, Clock, FindingSink, PublishError, StateStore};
use crate::tally::Tally;
use crate::tune::settle;

/// How long a claim keeps others from publishing the same finding; as long as a redelivery may have to wait.
pub const LEASE: SignedDuration = SignedDuration::from_secs(5);

/// Publishes the matches of deliveries.
pub struct Outbox<'a, Store, Sink> {
    /// Whose suppressions and least level apply.
    pub pipeline: &'a Pipeline,
    /// What was published before.
    pub store: &'a Store,
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
    /// Why findings were not accepted, one for each that was not.
    pub errors: Vec<PublishError>,
    /// Matches whose findings were not accepted, in the order of `errors`.
    pub unsent: Vec<Match>,
    /// Another process is publishing the findings of `held`; worth asking again at this time.
    pub held_until: Option<Timestamp>,
    /// Those matches, as they were handed over.
    pub held: Vec<Match>,
    /// The store could not be asked, with its words.
    pub state_unavailable: Option<String>,
}

impl<Store: StateStore, Sink: FindingSink> Outbox<'_, Store, Sink> {
    /// Keeps the callers of operations that are still under way, for records that will lack them.
    pub async fn remember_callers(&self, callers: &[(String, Caller)]) {
        for (operation, caller) in callers {
            // Context only: losing it costs a finding its address, never the finding.
            let _ = self.store.put_caller(operation, &caller.to_json(), self.clock.now()).await;
        }
    }

    /// Publishes each match once, and counts every one of them in `tally`.
    pub async fn send(&self, matches: Vec<Match>, tally: &mut Tally) -> Sent {
        let mut sent = Sent::default();
        let mut seen = HashSet::new();
        let mut findings = Vec::new();
        for mut found in matches {
            tally.matches += 1;
            let uid = finding_uid(&found);
            if !seen.insert(uid.clone()) {
                tally.duplicates += 1;
                continue;
            }
            let handed = found.clone();
            self.fill_caller(&mut found).await;
            if let Some(by) =
                settle(&mut found, self.pipeline.suppressions(), self.pipeline.min_level(), self.clock.now())
            {
                *tally.suppressed.entry(by).or_default() += 1;
                continue;
            }
            match self.store.claim(&uid, self.claimant, self.clock.now(), LEASE).await {
                Ok(Claim::Published) => {
                    tally.duplicates += 1;
                    continue;
                }
                Ok(Claim::Held(until)) => {
                    tally.deferred += 1;
                    sent.held_until = Some(sent.held_until.map_or(until, |at| at.max(until)));
                    sent.held.push(handed);
                    continue;
                }
                Ok(Claim::Won) => {}
                Err(error) => {
                    found.newness.unavailable = true;
                    sent.state_unavailable = Some(error.0);
                }
            }
            findings.push(describe(found, self.product, self.clock.now()));
        }
        self.publish(findings, tally, &mut sent).await;
        sent
    }

    async fn fill_caller(&self, found: &mut Match) {
        if !Caller::is_missing_in(&found.facts) {
            return;
        }
        let Some(operation) = found.facts.operation_key() else { return };
        if let Ok(Some(text)) = self.store.caller(&operation).await
            && let Some(caller) = Caller::from_json(&text)
        {
            caller.fill(&mut found.facts);
        }
    }

    async fn publish(&self, findings: Vec<Finding>, tally: &mut Tally, sent: &mut Sent) {
        if findings.is_empty() {
            return;
        }
        let answers = self.sink.publish(&findings).await;
        debug_assert_eq!(answers.len(), findings.len(), "a sink answers for each finding");
        for (finding, answer) in findings.into_iter().zip(answers) {
            match answer {
                Ok(()) => {
                    tally.published += 1;
                    if let Err(error) = self.store.published(&finding.uid, self.clock.now()).await {
                        sent.state_unavailable = Some(error.0);
                    }
                    sent.published.push(finding);
                }
                Err(error) => {
                    tally.deferred += 1;
                    sent.errors.push(error);
                    sent.unsent.push(finding.matched);
                }
            }
        }
    }
}
