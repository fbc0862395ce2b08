//! What was told of a finding: how much a later match under the same id may add.

use serde::{Deserialize, Serialize};

use super::Match;
use crate::facts::Deciding;
use crate::log_type::LogType;

/// What a match tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Only an attempt.
    #[serde(default, skip_serializing_if = "is_false")]
    attempt: bool,
    /// The facts that decided, where one id may not stand for several events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    facts: Option<Deciding>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Told {
    pub(crate) fn of(found: &Match) -> Self {
        // Several records of Azure's make one finding, and where a record has no id of its own, its content is one.
        let is_one = found.episode.is_none()
            && found.facts.log == LogType::CloudTrail
            && found.facts.content.is_none();
        let facts = is_one.then(|| Deciding::of(&found.facts));
        Self { attempt: found.verdict.attempt, facts }
    }

    /// Does it say other things under the same id?
    pub(crate) fn contradicts(&self, other: &Self) -> bool {
        self.facts.zip(other.facts).is_some_and(|(one, other)| one.contradicts(other))
    }

    /// Does a match that tells `other` add nothing?
    pub(crate) fn covers(&self, other: &Self) -> bool {
        !self.attempt || other.attempt
    }

    /// What was told once both were.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        Self { attempt: self.attempt && other.attempt, facts: self.facts.or(other.facts) }
    }
}
