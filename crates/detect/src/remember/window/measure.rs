//! What a correlation asks of its windows.

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
