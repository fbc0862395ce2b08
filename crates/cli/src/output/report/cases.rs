//! The cases of a report: the gravest whole, of the others what they are called.

use std::collections::BTreeMap;

use jiff::Timestamp;
use trailhound_detect::matched::Level;

use crate::story::Case;

/// So many stand in the page.
const MOST: usize = 20;

/// Id, level and headline.
pub(super) type Head = (String, &'static str, String);
type CaseRank = (std::cmp::Reverse<Level>, bool, Option<Timestamp>, String);

pub(super) struct GravestCases {
    gravest: BTreeMap<CaseRank, Case>,
    heads: Vec<(CaseRank, Head)>,
    /// Of each finding the case, by its place in `heads`.
    of: Vec<usize>,
}

impl GravestCases {
    /// Of so many findings.
    pub(super) fn of(findings: usize) -> Self {
        Self { gravest: BTreeMap::new(), heads: Vec::new(), of: vec![0; findings] }
    }

    pub(super) fn add(&mut self, case: Case, findings: &[usize]) {
        for finding in findings {
            self.of[*finding] = self.heads.len();
        }
        let place = case.place();
        self.heads.push((place.clone(), (case.id().to_owned(), case.level.as_str(), case.headline.clone())));
        self.gravest.insert(place, case);
        if self.gravest.len() > MOST {
            self.gravest.pop_last();
        }
    }

    /// The gravest, what all are called, and which each finding is of, the gravest first.
    pub(super) fn in_order(self) -> (Vec<Case>, Vec<Head>, Vec<usize>) {
        let mut order: Vec<usize> = (0..self.heads.len()).collect();
        order.sort_by(|one, other| self.heads[*one].0.cmp(&self.heads[*other].0));
        let mut places = vec![0; order.len()];
        for (place, head) in order.iter().enumerate() {
            places[*head] = place;
        }
        let heads = order.iter().map(|head| self.heads[*head].1.clone()).collect();
        let of = self.of.iter().map(|head| places[*head]).collect();
        (self.gravest.into_values().collect(), heads, of)
    }
}
