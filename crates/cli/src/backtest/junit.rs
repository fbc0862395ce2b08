//! What differs, for build servers: a rule is a test.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::difference::{Compared, Difference};
use super::mine::Mine;
use super::report::BacktestReport;
use crate::rules::junit::{Suite, TestCase, of};
use crate::words::clock;

/// So many findings of a rule are told.
const MOST_TOLD: usize = 50;

pub(super) fn write(out: &mut impl Write, report: &BacktestReport, mine: &Mine) -> anyhow::Result<()> {
    let Difference { added, gone, level_changed, .. } = &report.difference;
    let mut lines: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let tell = |word: &str, level: String, found: &Compared| {
        let Compared { time, rule, message, origin, .. } = found;
        format!("{word} {} {rule} {level}: {message} in {origin}", clock(*time))
    };
    for found in added {
        lines.entry(&found.name).or_default().push(tell("added", found.level.to_string(), found));
    }
    for found in gone {
        lines.entry(&found.name).or_default().push(tell("gone", found.level.to_string(), found));
    }
    for moved in level_changed {
        let level = format!("{} instead of {}", moved.to.level, moved.from);
        lines.entry(&moved.to.name).or_default().push(tell("at another level", level, &moved.to));
    }
    let rules: BTreeSet<&str> = mine.rules.iter().map(String::as_str).chain(lines.keys().copied()).collect();
    let cases = rules.into_iter().map(|rule| {
        let mut failure = lines.remove(rule).unwrap_or_default();
        let more = failure.len().saturating_sub(MOST_TOLD);
        failure.truncate(MOST_TOLD);
        failure.extend((more > 0).then(|| format!("and {more} more; --format json tells all")));
        TestCase { class: "backtest".to_owned(), name: rule.to_owned(), failure, ..TestCase::default() }
    });
    let cases = cases.collect();
    Ok(write!(out, "{}", of(&[Suite::new("trailhound backtest", cases)])?)?)
}
