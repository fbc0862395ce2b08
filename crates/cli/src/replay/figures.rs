//! What became of everything that was replayed.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};
use trailhound_detect::describe::Finding;

/// The figures; matches and what failed are what came in.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// Parked bodies.
    pub(super) bodies: u64,
    /// Deliveries read as they lie in an archive.
    pub(super) files: u64,
    pub(super) records: u64,
    pub(super) matches: u64,
    /// Findings that would be published, by rule and day in UTC.
    pub(super) publish: BTreeMap<String, BTreeMap<String, u64>>,
    /// Published before, or twice in what was replayed.
    pub(super) duplicates: u64,
    /// Kept back, by what keeps it.
    pub(super) suppressed: BTreeMap<String, u64>,
    /// What still cannot be read, by reason.
    pub(super) failing: BTreeMap<String, Failing>,
}

/// What cannot be read for one reason.
#[derive(Debug)]
pub(super) struct Failing {
    pub(super) count: u64,
    /// Where the first stands, and what is wrong with it.
    pub(super) first: (String, String),
}

impl Figures {
    pub(super) fn publish(&mut self, finding: &Finding, known: &HashSet<String>) {
        if known.contains(&finding.uid) {
            self.duplicates += 1;
            return;
        }
        let day = finding
            .matched
            .facts
            .time
            .map_or_else(|| "no time".to_owned(), |at| at.strftime("%F").to_string());
        *self.publish.entry(finding.matched.rule_id()).or_default().entry(day).or_default() += 1;
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

    pub(super) fn json(&self) -> Value {
        let failing = self.failing.iter().map(|(reason, Failing { count, first })| {
            (reason.clone(), json!({"count": count, "first": first.0, "detail": first.1}))
        });
        json!({
            "parked_bodies": self.bodies,
            "files": self.files,
            "records": self.records,
            "would_publish": self.publish,
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
