//! What differs, for people at a terminal.

use std::collections::BTreeMap;
use std::io::Write;

use super::difference::{Counts, Difference, Found};
use crate::words::{clock, counted, thousands};

/// So many rows of a kind are written out.
const MOST_TOLD: usize = 200;

pub(super) fn write(out: &mut impl Write, difference: &Difference) -> anyhow::Result<()> {
    let Difference { total, same, by_rule, by_actor, by_day, added, gone, level_changed } = difference;
    writeln!(out, "{}", headline(*total, *same))?;
    if difference.is_empty() {
        return Ok(());
    }
    for (title, counts) in [("by rule", by_rule), ("by actor", by_actor), ("by day (UTC)", by_day)] {
        table(out, title, counts)?;
    }
    for (word, all) in [("ADDED", added), ("GONE", gone)] {
        for found in all.iter().take(MOST_TOLD) {
            row(out, word, found.level.as_str(), found)?;
        }
        more(out, word, all.len())?;
    }
    for moved in level_changed.iter().take(MOST_TOLD) {
        row(out, "LEVEL", &format!("{} instead of {}", moved.to.level, moved.from), &moved.to)?;
    }
    more(out, "LEVEL", level_changed.len())
}

/// The difference in a line.
pub(super) fn headline(total: Counts, same: u64) -> String {
    let Counts { added, gone, level_changed } = total;
    format!(
        "{} added, {} gone, {} at another level, {} the same",
        counted(added, "finding", "findings"),
        thousands(gone),
        thousands(level_changed),
        thousands(same)
    )
}

fn table(out: &mut impl Write, title: &str, all: &BTreeMap<String, Counts>) -> anyhow::Result<()> {
    let width = all.keys().map(|name| name.chars().count()).max().unwrap_or(0).max(title.len());
    writeln!(out, "\n{title:<width$}  {:>8}  {:>8}  {:>8}", "added", "gone", "level")?;
    for (name, Counts { added, gone, level_changed }) in all {
        writeln!(out, "{name:<width$}  {added:>8}  {gone:>8}  {level_changed:>8}")?;
    }
    Ok(())
}

fn row(out: &mut impl Write, word: &str, level: &str, found: &Found) -> anyhow::Result<()> {
    let Found { time, rule, message, origin, .. } = found;
    writeln!(out, "\n{word:<6}  {}  {rule}  {level}", clock(*time))?;
    writeln!(out, "        {message}\n        in {origin}")?;
    Ok(())
}

fn more(out: &mut impl Write, word: &str, all: usize) -> anyhow::Result<()> {
    if let Some(more) = all.checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        writeln!(out, "\n{word:<6}  and {} more; --format json tells all", thousands(more as u64))?;
    }
    Ok(())
}
