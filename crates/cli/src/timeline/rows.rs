//! Records as they are written, each with what was found in it.

use std::io::{BufWriter, Write};

use serde::Serialize;
use trailhound_detect::describe::escape::csv_cell;
use trailhound_detect::matched::Level;

use super::order::{Line, Mark};
use crate::args::TimelineFormat;
use crate::records::Entry;
use crate::words::{clock, counted};

/// What every format but the terminal's tells of a record.
const COLUMNS: [&str; 16] = [
    "time",
    "actor",
    "action",
    "target",
    "source",
    "outcome",
    "log",
    "account",
    "region",
    "user_agent",
    "key",
    "what",
    "level",
    "findings",
    "origin",
    "behind",
];
/// What Timesketch cannot do without.
const TIMESKETCH: [&str; 3] = ["message", "datetime", "timestamp_desc"];
/// The least that an action takes at a terminal, so that short ones stand in columns.
const ACTION: usize = 24;

/// Writes rows.
pub(super) struct RowWriter {
    out: Box<dyn Write>,
    format: TimelineFormat,
    min_level: Option<Level>,
    /// A record that may yet be marked.
    record: Option<(Entry, Vec<Mark>)>,
    written: u64,
    timeless: u64,
}

#[derive(Serialize)]
struct ToldRow<'r> {
    #[serde(flatten)]
    record: &'r Entry,
    findings: Vec<Finding<'r>>,
}

#[derive(Serialize)]
struct Finding<'r> {
    rule: &'r str,
    level: &'r str,
}

impl RowWriter {
    pub(super) fn begin(format: TimelineFormat, min_level: Option<Level>) -> anyhow::Result<Self> {
        let out = Box::new(BufWriter::new(anstream::stdout()));
        let mut rows = Self { out, format, min_level, record: None, written: 0, timeless: 0 };
        match format {
            TimelineFormat::Csv => rows.cells(COLUMNS.map(str::to_owned).to_vec())?,
            TimelineFormat::Timesketch => {
                rows.cells(TIMESKETCH.iter().chain(&COLUMNS[1..]).map(|&name| name.to_owned()).collect())?;
            }
            TimelineFormat::Text | TimelineFormat::Ndjson => {}
        }
        Ok(rows)
    }

    /// Takes the next line; what was found in a record comes right after it.
    pub(super) fn take(&mut self, line: Line) -> anyhow::Result<()> {
        match line {
            Line::Record(entry) => {
                self.flush()?;
                self.record = Some((*entry, Vec::new()));
            }
            Line::Mark(mark) => {
                // Of a record that is not sought nothing is told.
                if let Some((_, marks)) = self.record.as_mut().filter(|(record, _)| mark.is_of(record)) {
                    marks.push(mark);
                }
            }
        }
        Ok(())
    }

    /// Writes what is left, and says what could not be written.
    pub(super) fn end(mut self) -> anyhow::Result<()> {
        self.flush()?;
        self.out.flush()?;
        if self.timeless > 0 {
            let records = counted(self.timeless, "record", "records");
            anstream::eprintln!("{records} without a time left out, which Timesketch does not take");
        }
        if self.written == 0 && self.timeless == 0 {
            anstream::eprintln!("no record is like that; names are found whole, in any case");
        }
        Ok(())
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let Some((record, marks)) = self.record.take() else { return Ok(()) };
        let level = marks.iter().filter_map(|mark| mark.level.parse::<Level>().ok()).max();
        if self.min_level.is_some_and(|least| level.is_none_or(|level| level < least)) {
            return Ok(());
        }
        if self.format == TimelineFormat::Timesketch && record.time.is_none() {
            self.timeless += 1;
            return Ok(());
        }
        self.written += 1;
        match self.format {
            TimelineFormat::Text => self.text(&record, &marks),
            TimelineFormat::Ndjson => {
                let findings = marks.iter().map(|mark| Finding { rule: &mark.rule, level: &mark.level });
                let record = Entry { is_of_another: false, ..record };
                let told = ToldRow { record: &record, findings: findings.collect() };
                serde_json::to_writer(&mut self.out, &told)?;
                Ok(self.out.write_all(b"\n")?)
            }
            TimelineFormat::Csv => self.cells(cells(&record, &marks, level)),
            TimelineFormat::Timesketch => {
                let at = record.time.unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00");
                let mut all = vec![csv_cell(&message(&record)), at.to_string(), "Event logged".to_owned()];
                all.extend(cells(&record, &marks, level).into_iter().skip(1));
                self.cells(all)
            }
        }
    }

    fn text(&mut self, record: &Entry, marks: &[Mark]) -> anyhow::Result<()> {
        let Entry { actor, action, source, outcome, what, origin, .. } = record;
        write!(self.out, "{}  {action:<ACTION$}  {}", clock(record.time), or_unknown(actor))?;
        let targets: Vec<&str> = record.targets.iter().map(|target| short(target)).collect();
        for (word, value) in [("on", targets.join(" ").as_str()), ("with", what), ("from", source)] {
            if !value.is_empty() {
                write!(self.out, " {word} {value}")?;
            }
        }
        writeln!(self.out, ": {outcome}  ({origin})")?;
        if record.is_of_another {
            writeln!(self.out, "{:19}  behind it: {}", "", record.behind)?;
        }
        for mark in marks {
            let level = if mark.level == "informational" { "INFO" } else { &mark.level.to_uppercase() };
            writeln!(self.out, "{:19}  {level:<8}  {}", "", mark.rule)?;
        }
        Ok(())
    }

    fn cells(&mut self, cells: Vec<String>) -> anyhow::Result<()> {
        let mut writer = csv::WriterBuilder::new().from_writer(&mut self.out);
        writer.write_record(cells)?;
        Ok(writer.flush()?)
    }
}

/// A sentence of a record.
fn message(record: &Entry) -> String {
    let (target, source) = (target(record), &record.source);
    let mut text = format!("{} {}", or_unknown(&record.actor), record.action);
    for (word, value) in [("on", target.as_str()), ("from", source)] {
        if !value.is_empty() {
            text.extend([" ", word, " ", value]);
        }
    }
    format!("{text}: {}", record.outcome)
}

fn or_unknown(actor: &str) -> &str {
    if actor.is_empty() { "somebody" } else { actor }
}

/// The name at the end of a resource's id.
fn short(target: &str) -> &str {
    let name = target.starts_with("/subscriptions/").then(|| target.rsplit('/').next()).flatten();
    name.unwrap_or(target)
}

fn target(record: &Entry) -> String {
    record.targets.join(" ")
}

fn cells(record: &Entry, marks: &[Mark], level: Option<Level>) -> Vec<String> {
    let time = record.time.map_or_else(String::new, |at| at.to_string());
    let rules: Vec<&str> = marks.iter().map(|mark| mark.rule.as_str()).collect();
    let Entry { actor, action, source, outcome, log, account, region, user_agent, key, what, origin, .. } =
        record;
    let texts =
        [actor, action, &target(record), source, outcome, log, account, region, user_agent, key, what];
    let mut all = vec![time];
    all.extend(texts.iter().map(|text| csv_cell(text)));
    all.push(level.map_or_else(String::new, |level| level.as_str().to_owned()));
    all.extend([csv_cell(&rules.join(" ")), csv_cell(origin), csv_cell(&record.behind)]);
    all
}
