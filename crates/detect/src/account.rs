//! What became of each delivery, as one JSON line.
//!
//! Written by serde_json, so that no text in an event can end a line or begin another.

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::describe::{Finding, visible};
use crate::tally::Tally;

/// The account of one delivery.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Where it came from.
    pub origin: String,
    /// Its figures.
    pub tally: Tally,
    /// From the time of the oldest event among its findings to their publication; zero when it had none.
    pub lag_ms: u64,
    /// From when its source was given it to the end of this attempt: how long it lay in a queue, for the most part.
    pub age_ms: u64,
    /// Processor time it took.
    pub cpu_ms: u64,
    /// Which attempt this was, where the source tells; zero is the first.
    pub attempt: Option<i64>,
    /// Bodies parked because their findings could not be published.
    pub parked: u64,
    /// What became of matches of rules in shadow: `published` are those that were parked.
    pub shadow: Tally,
    /// Digest files, and objects that they name, that are as CloudTrail signed; where that is looked at.
    pub verified: u64,
    /// Such objects that cannot be compared, as they lie elsewhere, in an archive, or are gone with age.
    pub unverified: u64,
    /// Sources from which nothing comes any more, where that was looked at.
    pub quiet_sources: Option<u64>,
    /// Copies for people that nobody took.
    pub uncopied: u64,
    /// Why it must be delivered again.
    pub failure: Option<String>,
    /// What kind of reason that is, in a word.
    pub cause: Option<&'static str>,
    /// Why the store could not be asked.
    pub state_unavailable: Option<String>,
}

/// Where accounts are written.
pub trait Ledger: Send + Sync {
    /// Writes one.
    fn enter(&self, account: &Account);

    /// Notes a finding that was accepted, for those who read logs.
    fn note(&self, _finding: &Finding) {}
}

impl Account {
    /// The accounting line: its eight figures are there, as integers, whatever became of the delivery.
    pub fn line(&self, now: Timestamp) -> Value {
        let tally = &self.tally;
        let rejected: Map<String, Value> =
            tally.rejected.iter().map(|(reason, count)| (reason.as_str().to_owned(), json!(count))).collect();
        let mut line = json!({
            "timestamp": now.to_string(),
            "level": if self.failure.is_some() { "ERROR" } else { "INFO" },
            "target": "trailhound",
            "event": "delivery",
            "origin": visible(&self.origin),
            "records": tally.records,
            "evaluated": tally.evaluated,
            "rejected": rejected,
            "matches": tally.matches,
            "published": tally.published,
            "suppressed": tally.suppressed_total(),
            "duplicates": tally.duplicates,
            "deferred": tally.deferred,
            "lag_ms": self.lag_ms,
            "age_ms": self.age_ms,
            "cpu_ms": self.cpu_ms,
        });
        if let Some(attempt) = self.attempt {
            line["attempt"] = json!(attempt);
        }
        if tally.joined > 0 {
            line["joined"] = json!(tally.joined);
        }
        if !tally.suppressed.is_empty() {
            line["suppressed_by"] = json!(tally.suppressed);
        }
        if !tally.uncorrelated.is_empty() {
            line["uncorrelated_by"] = json!(tally.uncorrelated);
        }
        if !tally.unread.is_empty() {
            line["unread"] = json!(tally.unread);
        }
        if tally.repaired > 0 {
            line["repaired"] = json!(tally.repaired);
        }
        if !tally.notices.is_empty() {
            line["notices"] = json!(tally.notices);
        }
        if tally.truncated > 0 {
            line["truncated"] = json!(tally.truncated);
        }
        if tally.caseless > 0 {
            line["caseless"] = json!(tally.caseless);
        }
        if self.parked > 0 {
            line["parked_unpublished"] = json!(self.parked);
        }
        if self.shadow.matches + self.shadow.truncated > 0 {
            line["shadow"] = in_shadow(&self.shadow);
        }
        if self.verified > 0 {
            line["verified"] = json!(self.verified);
        }
        if self.unverified > 0 {
            line["unverified"] = json!(self.unverified);
        }
        if let Some(quiet) = self.quiet_sources {
            line["quiet_sources"] = json!(quiet);
        }
        if self.uncopied > 0 {
            line["uncopied"] = json!(self.uncopied);
        }
        if let Some(cause) = self.cause {
            line["cause"] = json!(cause);
        }
        if let Some(failure) = &self.failure {
            line["error"] = json!(visible(failure));
        }
        if let Some(fault) = &self.state_unavailable {
            line["state_unavailable"] = json!(visible(fault));
        }
        line
    }
}

/// What became of matches of rules in shadow.
fn in_shadow(tally: &Tally) -> Value {
    json!({
        "matches": tally.matches,
        "parked": tally.published,
        "suppressed": tally.suppressed_total(),
        "duplicates": tally.duplicates,
        "deferred": tally.deferred,
        "only_counted": tally.truncated,
    })
}

/// The line of a finding: what a person reads first, without the event.
pub fn finding_line(finding: &Finding, now: Timestamp) -> Value {
    json!({
        "timestamp": now.to_string(),
        "level": "INFO",
        "target": "trailhound",
        "event": "finding",
        "uid": finding.uid,
        "rule_id": finding.matched.rule.name,
        "severity": finding.level().as_str(),
        "title": visible(&finding.title()),
        "message": visible(&finding.message()),
        "thread": finding.thread(),
        "case_step": finding.case_step(),
    })
}
