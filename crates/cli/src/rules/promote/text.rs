//! What rules in shadow found, for people.

use std::collections::BTreeMap;
use std::io::Write;

use trailhound_detect::describe::visible;

use super::record::Record;
use crate::words::{counted, thousands};

/// So many days, and rules that are doubled, are told.
const MOST: usize = 14;

pub(super) fn write(out: &mut dyn Write, records: &[Record], has_marks: bool) -> std::io::Result<()> {
    if records.is_empty() {
        return writeln!(out, "no rule is in shadow, and nothing was found by one");
    }
    for record in records {
        one(out, record, has_marks)?;
    }
    Ok(())
}

fn one(out: &mut dyn Write, record: &Record, has_marks: bool) -> std::io::Result<()> {
    let place = record.file.as_deref().map_or("not among the rules at hand".into(), visible);
    writeln!(out, "{}  {place}", visible(&record.rule))?;
    let more = match record.only_counted {
        0 => String::new(),
        more => format!("; {} more were only counted", thousands(more)),
    };
    if record.findings == 0 {
        return writeln!(out, "  found nothing{more}");
    }
    let findings = counted(record.findings, "finding", "findings");
    writeln!(out, "  {findings}: {}{more}", joined(&record.by_level))?;
    if record.attempts > 0 {
        writeln!(out, "  {}", counted(record.attempts, "of them was only tried", "of them were only tried"))?;
    }
    let actors = counted(record.actors.len() as u64, "actor", "actors");
    let accounts = counted(record.accounts.len() as u64, "account", "accounts");
    writeln!(out, "  by {actors} in {accounts}")?;
    let days = record.by_day.len();
    let most = record.by_day.values().max().copied().unwrap_or(0);
    let days = counted(days as u64, "day", "days");
    writeln!(out, "  on {days}, at most {} in one: {}", thousands(most), last(&record.by_day))?;
    if has_marks {
        let marks = &record.marks;
        let precision = marks.precision().map_or("nobody decided on any".to_owned(), |precision| {
            format!("{precision} % of those decided on were worth it")
        });
        let (escalate, benign, seen) = (marks.escalate, marks.benign, marks.seen);
        writeln!(
            out,
            "  marked: {escalate} escalate, {benign} benign, {seen} seen, {} not; {precision}",
            marks.none
        )?;
    }
    if let Some(cost) = &record.cost {
        let findings = counted(cost.findings, "finding", "findings");
        let [least, most] = cost.write_units.map(thousands);
        let read = match cost.reads_in_full {
            Some(true) => "; every record of its logs is read in full for it",
            Some(false) => "; records are screened for it",
            None => "",
        };
        writeln!(
            out,
            "  once it alerts: {findings} a month, {least} to {most} write units of the table{read}"
        )?;
    }
    if record.doubles.is_empty() {
        return writeln!(out, "  no rule that alerts told the same event");
    }
    writeln!(out, "  told as well by {}; {} by no other", joined(&record.doubles), thousands(record.alone))
}

fn joined(counts: &BTreeMap<String, u64>) -> String {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), name.as_str()));
    let more = counts.len().saturating_sub(MOST);
    let told: Vec<String> = counts
        .iter()
        .take(MOST)
        .map(|(name, count)| format!("{} {}", thousands(**count), visible(name)))
        .collect();
    let told = told.join(", ");
    if more > 0 { format!("{told} and {more} others") } else { told }
}

/// The last days.
fn last(days: &BTreeMap<String, u64>) -> String {
    let before = days.len().saturating_sub(MOST);
    let told: Vec<String> = days.iter().skip(before).map(|(day, count)| format!("{day} {count}")).collect();
    let told = told.join(", ");
    if before > 0 { format!("… {told}") } else { told }
}
