//! Matches that wait to be correlated, in order of time, and a sink that takes every finding.

use std::collections::BTreeMap;

use jiff::Timestamp;
use trailhound_detect::describe::Finding;
use trailhound_detect::matched::Match;
use trailhound_detect::ports::{FindingSink, PublishError};

/// Matches that may wait: those of different inputs overlap in time.
const MOST: usize = 20_000;
/// Matches that are correlated together.
const TOGETHER: usize = 256;

/// What correlations will hear of, in order of time.
#[derive(Default)]
pub(crate) struct Heard {
    /// In boxes, since a map moves what it holds whenever something is added or taken.
    matches: BTreeMap<(Option<Timestamp>, String, u64), Box<Match>>,
    listened: u64,
}

impl Heard {
    /// So many stay where there are too many.
    pub(crate) const ENOUGH: usize = MOST / 2;

    pub(crate) fn add(&mut self, found: Match) {
        self.listened += 1;
        self.matches.insert((found.facts.time, found.facts.identity(), self.listened), Box::new(found));
    }

    /// More than may wait?
    pub(crate) fn are_many(&self) -> bool {
        self.matches.len() > MOST
    }

    /// The oldest that are correlated together, until so many are left.
    pub(crate) fn oldest(&mut self, left: usize) -> Option<Vec<Match>> {
        let some = self.matches.len().min(TOGETHER);
        let is_any = self.matches.len() > left;
        is_any.then(|| (0..some).filter_map(|_| self.matches.pop_first()).map(|(_, found)| *found).collect())
    }
}

/// Every finding is accepted: writing it is the command's own business.
pub(crate) struct Accept;

impl FindingSink for Accept {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        findings.iter().map(|_| Ok(())).collect()
    }
}
