//! What differs, for a pull request. Every value stands in a code span, so that nothing in it links or mentions.

use std::collections::BTreeMap;
use std::io::Write;

use trailhound_detect::describe::escape::markdown_code;

use super::difference::{Compared, Counts, Difference};
use super::kept_back::KeptBack;
use super::noise::{Noise, Said};
use super::report::BacktestReport;
use super::text::headline;
use super::volume::OfLog;
use crate::words::{clock, thousands};

/// So many rows of a kind are written out; comments have a size.
const MOST_TOLD: usize = 50;

pub(super) fn write(out: &mut impl Write, report: &BacktestReport) -> anyhow::Result<()> {
    differences(out, &report.difference)?;
    let heard = report.noise.iter().filter(|(_, noise)| noise.without_baseline.findings > 0);
    let heard: Vec<_> = heard.collect();
    if !heard.is_empty() {
        writeln!(
            out,
            "\n| noise | | findings | days | most a day | medium or above |\n|---|---|--:|--:|--:|--:|"
        )?;
    }
    for (name, Noise { without_baseline, with_baseline }) in heard {
        let with = with_baseline.iter().map(|said| ("with baseline", said));
        for (word, said) in std::iter::once(("without baseline", without_baseline)).chain(with) {
            let Said { findings, medium_or_above, by_day } = said;
            let (name, days, most) = (cell(name), by_day.len(), said.most());
            writeln!(out, "| {name} | {word} | {findings} | {days} | {most} | {medium_or_above} |")?;
        }
    }
    if let Some(KeptBack { of, findings, moved, .. }) = &report.kept_back {
        let (kept, moved) = (findings.len(), moved.len());
        writeln!(
            out,
            "\nThe suppressions keep back {kept} of {of} findings, and put {moved} at another level."
        )?;
    }
    if let Some(volume) = &report.volume {
        writeln!(out, "\n| volume | records | bytes | | matched |\n|---|--:|--:|---|--:|")?;
        for (log, OfLog { records, bytes, is_read, matched }) in volume {
            let read = if *is_read { "read" } else { "not read" };
            writeln!(out, "| {} | {records} | {bytes} | {read} | {matched} |", cell(log))?;
        }
    }
    Ok(())
}

fn differences(out: &mut impl Write, difference: &Difference) -> anyhow::Result<()> {
    let Difference { total, same, by_rule, by_actor, by_day, added, gone, level_changed } = difference;
    writeln!(out, "### Backtest: {}", headline(*total, *same))?;
    if difference.is_empty() {
        return Ok(());
    }
    for (title, counts) in [("rule", by_rule), ("actor", by_actor), ("day (UTC)", by_day)] {
        table(out, title, counts)?;
    }
    let told = |found: &Compared| (found.level.as_str().to_owned(), found.clone());
    details(out, "Added", added.iter().map(told))?;
    details(out, "Gone", gone.iter().map(told))?;
    let moved = |level: String, found: &Compared| (level, found.clone());
    details(
        out,
        "At another level",
        level_changed.iter().map(|own| moved(format!("{} instead of {}", own.to.level, own.from), &own.to)),
    )
}

fn table(out: &mut impl Write, title: &str, all: &BTreeMap<String, Counts>) -> anyhow::Result<()> {
    writeln!(out, "\n| {title} | added | gone | level |\n|---|--:|--:|--:|")?;
    for (name, Counts { added, gone, level_changed }) in all {
        writeln!(out, "| {} | {added} | {gone} | {level_changed} |", cell(name))?;
    }
    Ok(())
}

fn details(
    out: &mut impl Write,
    title: &str,
    rows: impl ExactSizeIterator<Item = (String, Compared)>,
) -> anyhow::Result<()> {
    let all = rows.len();
    if all == 0 {
        return Ok(());
    }
    writeln!(out, "\n<details><summary>{title}: {}</summary>\n", thousands(all as u64))?;
    writeln!(out, "| time (UTC) | level | rule | finding | origin |\n|---|---|---|---|---|")?;
    for (level, Compared { time, rule, message, origin, .. }) in rows.take(MOST_TOLD) {
        let (at, rule, message, origin) = (clock(time), cell(&rule), cell(&message), cell(&origin));
        writeln!(out, "| {at} | {level} | {rule} | {message} | {origin} |")?;
    }
    if let Some(more) = all.checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        writeln!(out, "\n{} more", thousands(more as u64))?;
    }
    Ok(writeln!(out, "\n</details>")?)
}

/// A value in a table, where a bar ends a cell even in a code span.
fn cell(text: &str) -> String {
    markdown_code(text).replace('|', "\\|")
}
