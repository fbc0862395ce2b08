//! What a format is given at the end of a scan.

use std::time::Duration;

use jiff::Timestamp;
use trailhound_detect::describe::visible;
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

impl Summary<'_> {
    /// Says on standard error what matched and is not told, where standard output has no room for it. What the least
    /// level keeps back was asked for.
    pub(super) fn tell_untold(&self) {
        let tally = self.tally;
        let kept = tally.suppressed.iter().filter(|(by, _)| *by != "min_level");
        let mut untold: Vec<String> = kept.map(|(by, count)| format!("{count} kept back by {by}")).collect();
        if tally.duplicates > 0 {
            untold.push(format!("{} told before", tally.duplicates));
        }
        if !untold.is_empty() {
            anstream::eprintln!("matches without a finding of their own: {}", visible(&untold.join(", ")));
        }
    }
}
