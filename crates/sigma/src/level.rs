//! How bad it is.

use std::fmt;
use std::str::FromStr;

/// Sigma's levels, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Context, not an alert.
    #[default]
    Informational,
    /// Notable.
    Low,
    /// To be looked at.
    Medium,
    /// To be looked at soon.
    High,
    /// To be looked at now.
    Critical,
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Self; 5] = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Sigma's word.
    pub fn as_str(self) -> &'static str {
        ["informational", "low", "medium", "high", "critical"][self as usize]
    }

    /// So many levels up or down, stopping at the ends.
    #[must_use]
    pub fn step(self, by: i8) -> Self {
        let top = Self::ALL.len() - 1;
        let up = usize::from(by.max(0).unsigned_abs());
        let down = usize::from(by.min(0).unsigned_abs());
        Self::ALL[(self as usize + up).saturating_sub(down).min(top)]
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no level; the levels are informational, low, medium, high and critical")]
pub struct UnknownLevel(String);

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(word: &str) -> Result<Self, UnknownLevel> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str().eq_ignore_ascii_case(word))
            .ok_or_else(|| UnknownLevel(word.to_owned()))
    }
}
