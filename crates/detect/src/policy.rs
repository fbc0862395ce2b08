//! What is told of what happens: the rules in force, what is suppressed, and the least level reported.

use std::sync::Arc;

use crate::matched::Level;
use crate::rules::{Lane, RuleSet};
use crate::settle::Suppressions;

/// Rules, suppressions and the least level; read together, replaced together.
#[derive(Clone)]
pub struct Policy {
    /// The rules.
    pub rules: Arc<RuleSet>,
    /// What is kept back, lowered or labelled.
    pub suppressions: Arc<Suppressions>,
    /// What is below it is kept back.
    pub min_level: Level,
}

impl Policy {
    /// These rules, nothing suppressed, everything reported.
    pub fn new(rules: Arc<RuleSet>) -> Self {
        Self { rules, suppressions: Arc::default(), min_level: Level::Informational }
    }

    /// No rules and nothing kept back: for what no suppression and no least level may silence.
    pub fn unfiltered() -> Self {
        Self::new(Arc::default())
    }

    /// The same for the rules of a lane.
    #[must_use]
    pub fn in_lane(&self, lane: Lane) -> Self {
        let rules = Arc::new(self.rules.in_lane(lane));
        Self { rules, suppressions: Arc::clone(&self.suppressions), min_level: self.min_level }
    }

    /// With these suppressions.
    #[must_use]
    pub fn suppressing(mut self, suppressions: Suppressions) -> Self {
        self.suppressions = Arc::new(suppressions);
        self
    }

    /// Keeping back what is below a level.
    #[must_use]
    pub fn at_least(mut self, level: Level) -> Self {
        self.min_level = level;
        self
    }
}

impl From<Arc<RuleSet>> for Policy {
    fn from(rules: Arc<RuleSet>) -> Self {
        Self::new(rules)
    }
}
