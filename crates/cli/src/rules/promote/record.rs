//! What a rule in shadow found, counted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use trailhound_detect::describe::Shadowed;

use super::cost::Cost;
use crate::output::marks::{Marks, Opinion};

/// What one rule found.
#[derive(Debug, Default, Serialize)]
pub(super) struct Record {
    pub(super) rule: String,
    /// Where it is written; nothing where it is not among the rules at hand.
    pub(super) file: Option<String>,
    pub(super) findings: u64,
    /// Beyond those, matches that were only counted.
    pub(super) only_counted: u64,
    pub(super) attempts: u64,
    pub(super) by_level: BTreeMap<String, u64>,
    /// By day in UTC.
    pub(super) by_day: BTreeMap<String, u64>,
    pub(super) accounts: BTreeSet<String>,
    pub(super) actors: BTreeSet<String>,
    pub(super) marks: Thoughts,
    /// How many events a rule that alerts tells as well.
    pub(super) doubles: BTreeMap<String, u64>,
    /// Findings of events that no rule tells that alerts.
    pub(super) alone: u64,
    /// What it costs once it alerts, where it found something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cost: Option<Cost>,
}

/// What people thought of its findings.
#[derive(Debug, Default, Serialize)]
pub(super) struct Thoughts {
    pub(super) escalate: u64,
    pub(super) benign: u64,
    pub(super) seen: u64,
    pub(super) none: u64,
}

impl Thoughts {
    /// Of a hundred findings that somebody decided on, how many were worth it.
    pub(super) fn precision(&self) -> Option<u64> {
        let decided = self.escalate + self.benign;
        (decided > 0).then(|| (self.escalate * 100 + decided / 2) / decided)
    }
}

impl Record {
    /// Works out what it costs.
    pub(super) fn weigh(&mut self, reads_in_full: Option<bool>) {
        self.cost = Cost::of(self.findings + self.only_counted, &self.by_day, reads_in_full);
    }

    pub(super) fn add(&mut self, found: &Shadowed, marks: &Marks) {
        self.findings += 1;
        self.attempts += u64::from(found.attempt);
        *self.by_level.entry(found.level.clone()).or_default() += 1;
        *self.by_day.entry(found.time.unwrap_or(found.found_at).strftime("%F").to_string()).or_default() += 1;
        self.accounts.insert(found.account.clone());
        self.actors.insert(found.actor.clone());
        for rule in &found.beside {
            *self.doubles.entry(rule.clone()).or_default() += 1;
        }
        self.alone += u64::from(found.beside.is_empty());
        let count = match marks.get(&found.uid).map_or(Opinion::None, |thought| thought.mark) {
            Opinion::Escalate => &mut self.marks.escalate,
            Opinion::Benign => &mut self.marks.benign,
            Opinion::Seen => &mut self.marks.seen,
            Opinion::None => &mut self.marks.none,
        };
        *count += 1;
    }
}
