//! What a rule costs once it alerts, by what it found in shadow.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::write_units::write_units;

const DAYS: u64 = 30;

/// What a month of it takes.
#[derive(Debug, Serialize)]
pub(super) struct Cost {
    /// Findings in thirty days like those it was in shadow.
    pub(super) findings: u64,
    /// The least and the most write units of the table for them.
    pub(super) write_units: [u64; 2],
    /// Is every record of its logs read in full for its sake, since it names nothing to look for in raw bytes? Not asked
    /// of a correlation.
    pub(super) reads_in_full: Option<bool>,
}

impl Cost {
    /// By so many findings on these days; nothing where there were none.
    pub(super) fn of(
        findings: u64,
        by_day: &BTreeMap<String, u64>,
        reads_in_full: Option<bool>,
    ) -> Option<Self> {
        let day = |day: &String| day.parse::<Date>().ok();
        let first = by_day.keys().next().and_then(day)?;
        let last = by_day.keys().next_back().and_then(day)?;
        let days = u64::try_from(last.since(first).ok()?.get_days()).ok()? + 1;
        let a_month = (findings * DAYS).div_ceil(days);
        Some(Self { findings: a_month, write_units: write_units(a_month), reads_in_full })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_as_the_days_were_that_it_was_in_shadow() {
        let days = |days: &[&str]| days.iter().map(|day| ((*day).to_owned(), 5)).collect();
        let two = Cost::of(10, &days(&["2026-03-17", "2026-03-18"]), Some(false)).unwrap();
        assert_eq!((two.findings, two.write_units), (150, [900, 1_650]));
        let gap = Cost::of(10, &days(&["2026-03-01", "2026-03-30"]), None).unwrap();
        assert_eq!(gap.findings, 10);
        assert!(Cost::of(0, &BTreeMap::new(), None).is_none());
    }
}
