//! What a format is given at the end of a scan.

use std::time::Duration;

use jiff::Timestamp;
use trailhound_detect::tally::Tally;

/// Figures of a whole scan.
pub(crate) struct Summary<'a> {
    pub(crate) inputs: usize,
    pub(crate) unopened: usize,
    pub(crate) tally: &'a Tally,
    pub(crate) span: Option<(Timestamp, Timestamp)>,
    pub(crate) rules: usize,
    pub(crate) rule_errors: usize,
    pub(crate) elapsed: Duration,
}
