//! What a correlation asks of its windows, and how many it finds in one.

use serde::{Deserialize, Serialize};
use trailhound_sigma::Correlation;

use crate::rules::Demand;

/// A correlation, with what need not be worked out at every match.
#[derive(Clone, Copy)]
pub(crate) struct Measure<'c> {
    pub(crate) correlation: &'c Correlation,
    pub(crate) demand: &'c Demand,
    /// How many bytes it may take where it is kept outside.
    pub(crate) room: usize,
}

impl Measure<'_> {
    /// The time span in milliseconds.
    pub(crate) fn span(&self) -> i64 {
        i64::try_from(self.correlation.timespan.as_millis()).unwrap_or(i64::MAX)
    }
}

/// How many members a window has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Count {
    /// So many,
    #[serde(rename = "n")]
    pub(crate) members: usize,
    /// of so many events, where that is not told by those at hand,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub(crate) events: Option<usize>,
    /// or more.
    #[serde(rename = "more", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) or_more: bool,
}
