//! What differs, for people at a terminal.

use std::collections::BTreeMap;
use std::io::Write;

use trailhound_detect::describe::visible;

use super::difference::{Compared, Counts, Difference};
use super::kept_back::KeptBack;
use super::noise::{Noise, Said};
use super::report::BacktestReport;
use super::volume::OfLog;
use crate::words::{clock, counted, thousands};

/// So many rows of a kind are written out.
const MOST_TOLD: usize = 200;

pub(super) fn write(out: &mut impl Write, report: &BacktestReport) -> anyhow::Result<()> {
    differences(out, &report.difference)?;
    noise(out, &report.noise)?;
    if let Some(kept_back) = &report.kept_back {
        held(out, kept_back)?;
    }
    if let Some(volume) = &report.volume {
        volumes(out, volume)?;
    }
    Ok(())
}

/// What the rules would have said a day, those that say something first.
fn noise(out: &mut impl Write, noise: &BTreeMap<String, Noise>) -> anyhow::Result<()> {
    let is_heard = |noise: &Noise| {
        noise.without_baseline.findings > 0
            || noise.with_baseline.as_ref().is_some_and(|said| said.findings > 0)
    };
    let heard: Vec<_> = noise.iter().filter(|(_, noise)| is_heard(noise)).collect();
    if heard.is_empty() {
        return Ok(());
    }
    let width = heard.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(5);
    writeln!(
        out,
        "\n{:<width$}  {:<16}  {:>8}  {:>5}  {:>10}  {:>15}",
        "noise", "", "findings", "days", "most a day", "medium or above"
    )?;
    for (name, Noise { without_baseline, with_baseline }) in heard {
        let mut line = |name: &str, word: &str, said: &Said| {
            let Said { findings, medium_or_above, by_day } = said;
            let (days, most) = (by_day.len(), said.most());
            writeln!(
                out,
                "{name:<width$}  {word:<16}  {findings:>8}  {days:>5}  {most:>10}  {medium_or_above:>15}"
            )
        };
        line(name, "without baseline", without_baseline)?;
        if let Some(said) = with_baseline {
            line("", "with baseline", said)?;
        }
    }
    Ok(())
}

fn held(out: &mut impl Write, kept_back: &KeptBack) -> anyhow::Result<()> {
    let KeptBack { of, by_suppression, findings, moved } = kept_back;
    writeln!(
        out,
        "\nThe suppressions keep back {} of {}, and put {} at another level.",
        thousands(findings.len() as u64),
        counted(*of, "finding", "findings"),
        thousands(moved.len() as u64)
    )?;
    for (id, count) in by_suppression {
        writeln!(out, "  {}: {}", visible(id), counted(*count, "match", "matches"))?;
    }
    for found in findings.iter().take(MOST_TOLD) {
        row(out, "KEPT", found.level.as_str(), found)?;
    }
    more(out, "KEPT", findings.len())
}

fn volumes(out: &mut impl Write, volume: &BTreeMap<String, OfLog>) -> anyhow::Result<()> {
    let width = volume.keys().map(String::len).max().unwrap_or(0).max(6);
    writeln!(out, "\n{:<width$}  {:>12}  {:>15}  {:<8}  {:>8}", "volume", "records", "bytes", "", "matched")?;
    for (log, OfLog { records, bytes, is_read, matched }) in volume {
        let (records, bytes) = (thousands(*records), thousands(*bytes));
        let read = if *is_read { "read" } else { "not read" };
        writeln!(out, "{log:<width$}  {records:>12}  {bytes:>15}  {read:<8}  {matched:>8}")?;
    }
    Ok(())
}

fn differences(out: &mut impl Write, difference: &Difference) -> anyhow::Result<()> {
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

fn row(out: &mut impl Write, word: &str, level: &str, found: &Compared) -> anyhow::Result<()> {
    let Compared { time, rule, message, origin, .. } = found;
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
