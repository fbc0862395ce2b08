//! What a format is given at the end of a scan.

use std::time::Duration;

use jiff::Timestamp;
use trailhound_detect::describe::visible;
use trailhound_detect::tally::Tally;

use crate::deliveries::interruption;
use crate::words::{counted, thousands};

/// Figures of a whole scan.
pub(crate) struct Summary<'a> {
    pub(crate) inputs: usize,
    /// How many of them were read to their end, where Ctrl-C ended it.
    pub(crate) interrupted: Option<usize>,
    pub(crate) unopened: usize,
    pub(crate) tally: &'a Tally,
    pub(crate) span: Option<(Timestamp, Timestamp)>,
    /// What suppressions cost correlations, a line each.
    pub(crate) lost: Vec<String>,
    /// What rules in shadow found.
    pub(crate) shadow: Vec<String>,
    pub(crate) rules: usize,
    pub(crate) rule_errors: usize,
    pub(crate) elapsed: Duration,
}

/// So many kinds are named.
const MOST_KINDS: usize = 10;

impl Summary<'_> {
    /// Says that this is not all.
    pub(super) fn interruption(&self) -> Option<String> {
        Some(interruption(self.interrupted?, self.inputs))
    }

    /// Says on standard error what matched and is not told and what no rule reads, where standard output has no room for it. What the least
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
        for line in
            self.shadow.iter().chain(&self.lost).cloned().chain(self.unread()).chain(self.interruption())
        {
            anstream::eprintln!("{line}");
        }
    }

    /// What no rule reads, kind by kind, the most frequent first.
    pub(crate) fn unread(&self) -> Vec<String> {
        let mut kinds: Vec<(&String, &u64)> = self.tally.unread.iter().collect();
        kinds.sort_by_key(|(kind, count)| (std::cmp::Reverse(**count), kind.as_str()));
        let (told, rest) = kinds.split_at(kinds.len().min(MOST_KINDS));
        let mut lines: Vec<String> = told
            .iter()
            .map(|(kind, count)| {
                let (records, them) = if **count == 1 { ("record", "it") } else { ("records", "them") };
                format!("{} {records} of {kind}: no rule reads {them}", thousands(**count))
            })
            .collect();
        if !rest.is_empty() {
            let records = counted(rest.iter().map(|(_, count)| **count).sum(), "record", "records");
            lines.push(format!("{records} of {} more kinds: no rule reads them", rest.len()));
        }
        lines
    }
}
