//! What is made of a match, stage by stage: level, labels, newness, suppressions, score.

use std::fmt;

use serde::{Deserialize, Serialize};
use trailhound_sigma::Level;

use super::InCase;

/// What is made of a match, stage by stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The call was denied or failed: this is the rule's `.attempt`.
    pub attempt: bool,
    /// The finding was told as an attempt before, and this says that it succeeded.
    pub update: bool,
    /// Level as it stands.
    #[serde(with = "level")]
    pub level: Level,
    /// What moved it, in order.
    pub adjustments: Vec<Adjustment>,
    /// Labels that adjustments and suppressions added.
    pub labels: Vec<String>,
    /// Techniques that adjustments added.
    pub extra_techniques: Vec<String>,
    /// The title of an adjustment, in place of the rule's.
    pub title: Option<String>,
    /// The sentence of an adjustment, in place of the rule's.
    pub sentence: Option<String>,
    /// What an adjustment says to check, in place of what the rule says.
    pub check: Option<String>,
    /// What memory says. Neither this nor what follows is kept with a match: it comes later.
    #[serde(skip)]
    pub newness: Newness,
    /// Suppressions that acted.
    #[serde(skip)]
    pub suppressions: Vec<AppliedSuppression>,
    /// Risk.
    #[serde(skip)]
    pub score: Score,
    /// The case that its finding is of.
    pub case: Option<InCase>,
}

impl Verdict {
    /// What a rule says of a success, before anything else is known.
    pub fn at(level: Level) -> Self {
        Self { level, ..Self::default() }
    }

    /// Moves the level, and says why; nothing is said where it stands there already.
    pub fn move_to(&mut self, level: Level, because: impl Into<String>) {
        if level != self.level {
            self.adjustments.push(Adjustment { from: self.level, to: level, because: because.into() });
            self.level = level;
        }
    }
}

/// Something that moved the level, for the analyst to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// The level before.
    #[serde(with = "level")]
    pub from: Level,
    /// The level after.
    #[serde(with = "level")]
    pub to: Level,
    /// Why, in a few words.
    pub because: String,
}

/// One part of the risk score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScorePart {
    /// What it is for.
    pub because: String,
    /// Points, positive or negative.
    pub points: i32,
}

/// Risk, 0 to 100, with its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// The sum, capped.
    pub value: u8,
    /// The base by level first, then every modifier that acted.
    pub parts: Vec<ScorePart>,
}

/// A suppression that acted on a match without dropping it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedSuppression {
    /// Its id.
    pub id: String,
    /// `downgrade` or `tag`.
    pub action: &'static str,
    /// Why, in its owner's words.
    pub reason: String,
}

/// What memory says about a match; empty without memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Newness {
    /// Facts seen for the first time: `actor-action`, `network`.
    pub first: Vec<String>,
    /// How long the shortest look-back of these is.
    pub within: Option<jiff::SignedDuration>,
    /// Facts known already, with when they were last seen.
    pub last_seen: Vec<(String, jiff::Timestamp)>,
    /// Facts whose first sighting lately raised an alert, with its time: neither new nor normal.
    pub recent: Vec<(String, jiff::Timestamp)>,
    /// The account is still being learned: what would be new, until when, and the level it would have raised to.
    pub learning: Option<Learning>,
    /// The actor does this on most days.
    pub routine: Option<Routine>,
    /// The store could not be asked.
    pub unavailable: bool,
}

impl Newness {
    /// Is a fact new, or new so lately that it is not yet taken for normal?
    pub fn is_news(&self, fact: &str) -> bool {
        self.first.iter().any(|first| first == fact) || self.recent.iter().any(|(recent, _)| recent == fact)
    }

    /// Does memory say anything?
    pub fn knows_anything(&self) -> bool {
        !(self.first.is_empty()
            && self.last_seen.is_empty()
            && self.recent.is_empty()
            && self.learning.is_none()
            && self.routine.is_none())
    }
}

/// On how many of the days before its own somebody did what a match is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Routine {
    /// On so many.
    pub days: u32,
    /// Of the last so many.
    pub of: u32,
}

impl fmt::Display for Routine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "as on {} of the last {} days", self.days, self.of)
    }
}

/// What is held back while an account is learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learning {
    /// Facts seen for the first time.
    pub first: Vec<String>,
    /// When learning ends at the earliest, where it is a matter of time.
    pub until: Option<jiff::Timestamp>,
    /// The level that the match would have had.
    pub level: Level,
}

/// A level by Sigma's word.
mod level {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};
    use trailhound_sigma::Level;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
    pub(super) fn serialize<S: Serializer>(level: &Level, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(level.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Level, D::Error> {
        String::deserialize(from)?.parse().map_err(|_| D::Error::custom("no level"))
    }
}
