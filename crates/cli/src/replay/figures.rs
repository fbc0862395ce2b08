//! What became of everything that was replayed.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};
use trailhound_detect::describe::Finding;
use trailhound_detect::matched::Match;

use super::replayable::Lies;

/// The figures; matches and what failed are what came in.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// Parked bodies.
    pub(super) bodies: u64,
    /// Events that Event Hubs Capture kept.
    pub(super) events: u64,
    /// Deliveries read as they lie in an archive.
    pub(super) files: u64,
    pub(super) records: u64,
    pub(super) matches: u64,
    /// Findings that would be published or were, by rule and day in UTC.
    pub(super) publish: BTreeMap<String, BTreeMap<String, u64>>,
    /// Published before, or twice in what was replayed.
    pub(super) duplicates: u64,
    /// Kept back, by what keeps it.
    pub(super) suppressed: BTreeMap<String, u64>,
    /// What still cannot be read, by reason.
    pub(super) failing: BTreeMap<String, Failing>,
    /// What an earlier run took, by the ledger; not part of the sum.
    pub(super) taken_before: u64,
    /// Was it published, and not only evaluated?
    pub(super) is_done: bool,
}

/// What cannot be read for one reason.
#[derive(Debug)]
pub(super) struct Failing {
    pub(super) count: u64,
    /// Where the first stands, and what is wrong with it.
    pub(super) first: (String, String),
}

impl Figures {
    /// Counts one thing that is replayed.
    pub(super) fn count(&mut self, lies: &Lies) {
        match lies {
            Lies::Archive => self.files += 1,
            #[cfg(feature = "azure")]
            Lies::Captured => self.events += 1,
            _ => self.bodies += 1,
        }
    }

    pub(super) fn publish(&mut self, finding: &Finding, known: &HashSet<String>) {
        if known.contains(&finding.uid) {
            self.duplicates += 1;
            return;
        }
        *self.day_of(&finding.matched) += 1;
    }

    /// Counts a finding that was published.
    #[cfg(any(feature = "aws", feature = "azure"))]
    pub(super) fn published(&mut self, finding: &Finding) {
        *self.day_of(&finding.matched) += 1;
    }

    /// Where findings like this are counted.
    fn day_of(&mut self, found: &Match) -> &mut u64 {
        let day = found.facts.time.map_or_else(|| "no time".to_owned(), |at| at.strftime("%F").to_string());
        self.publish.entry(found.rule_id()).or_default().entry(day).or_default()
    }

    /// Counts a finding that was expected to be published, and is not.
    #[cfg(any(feature = "aws", feature = "azure"))]
    pub(super) fn take_back(&mut self, found: &Match, reason: &str, why: &str) {
        let days = self.day_of(found);
        *days = days.saturating_sub(1);
        self.publish.values_mut().for_each(|days| days.retain(|_, count| *count > 0));
        self.publish.retain(|_, days| !days.is_empty());
        self.fail(reason, 1, || (found.from.origin.clone(), why.to_owned()));
    }

    pub(super) fn fail(&mut self, reason: &str, count: u64, first: impl FnOnce() -> (String, String)) {
        let known =
            self.failing.entry(reason.to_owned()).or_insert_with(|| Failing { count: 0, first: first() });
        known.count += count;
    }

    pub(super) fn publish_total(&self) -> u64 {
        self.publish.values().flat_map(BTreeMap::values).sum()
    }

    pub(super) fn suppressed_total(&self) -> u64 {
        self.suppressed.values().sum()
    }

    pub(super) fn failing_total(&self) -> u64 {
        self.failing.values().map(|failing| failing.count).sum()
    }

    /// All that came in.
    pub(super) fn total(&self) -> u64 {
        self.matches + self.failing_total()
    }

    /// What the function told is what came in: of what correlations would make it has the last word.
    #[cfg(any(feature = "aws", feature = "azure"))]
    pub(super) fn settle(&mut self) {
        self.matches = self.publish_total() + self.duplicates + self.suppressed_total();
    }

    /// Are all that came in one of the four?
    pub(super) fn balance(&self) -> bool {
        let told = self.publish_total() + self.duplicates + self.suppressed_total();
        self.total() == told + self.failing_total()
    }

    pub(super) fn json(&self) -> Value {
        let failing = self.failing.iter().map(|(reason, Failing { count, first })| {
            (reason.clone(), json!({"count": count, "first": first.0, "detail": first.1}))
        });
        json!({
            "parked_bodies": self.bodies,
            "files": self.files,
            "captured_events": self.events,
            "records": self.records,
            (if self.is_done { "published" } else { "would_publish" }): self.publish,
            "taken_before": self.taken_before,
            "duplicates": self.duplicates,
            "suppressed": self.suppressed,
            "still_failing": failing.collect::<serde_json::Map<_, _>>(),
            "sum": {
                "in": self.total(),
                "published": self.publish_total(),
                "duplicates": self.duplicates,
                "suppressed": self.suppressed_total(),
                "still_failing": self.failing_total(),
            },
        })
    }
}
