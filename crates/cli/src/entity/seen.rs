//! What was seen of somebody or something: how often, and from when to when.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Map, Value, json};

use crate::records::Occurrences;
use crate::words::{clock, counted, thousands};

/// Rows of a section at a terminal.
const MOST_TOLD: usize = 20;
/// A section's name and those of its columns.
pub(super) type Columns = (&'static str, &'static [&'static str]);

/// What stands between values.
const BETWEEN: char = '\0';
/// What is found, in columns.
const FINDINGS: Columns = ("findings", &["level", "rule"]);

/// A kind of thing, by the values in its columns.
struct Section {
    name: &'static str,
    columns: &'static [&'static str],
    /// By the values in its columns, a NUL between them, which stands in nothing that is shown.
    rows: BTreeMap<String, Occurrences>,
}

/// All that was seen of an actor or a machine.
pub(super) struct EntitySummary {
    name: String,
    all: Occurrences,
    /// The row that was counted last.
    row: String,
    sections: Vec<Section>,
}

impl EntitySummary {
    /// With these sections and the findings.
    pub(super) fn of(name: &str, sections: &[Columns]) -> Self {
        let sections = sections.iter().chain([&FINDINGS]);
        let sections =
            sections.map(|&(name, columns)| Section { name, columns, rows: BTreeMap::new() }).collect();
        Self { name: name.to_owned(), all: Occurrences::default(), row: String::new(), sections }
    }

    /// Counts records.
    pub(super) fn count(&mut self, seen: Occurrences) {
        self.all.add(seen);
    }

    /// Counts a row of a section, unless the records do not say what it is.
    pub(super) fn add(&mut self, section: &str, values: &[&str], seen: Occurrences) {
        let Some(section) = self.sections.iter_mut().find(|own| own.name == section) else { return };
        if values.first().is_none_or(|first| first.is_empty()) {
            return;
        }
        self.row.clear();
        for (place, value) in values.iter().enumerate() {
            self.row.extend((place > 0).then_some(BETWEEN));
            self.row.push_str(value);
        }
        if let Some(known) = section.rows.get_mut(&self.row) {
            known.add(seen);
        } else {
            section.rows.insert(self.row.clone(), seen);
        }
    }

    /// Counts a finding.
    pub(super) fn find(&mut self, values: &[&str], seen: Occurrences) {
        self.add(FINDINGS.0, values, seen);
    }

    pub(super) fn text(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let records = counted(self.all.records, "record", "records");
        writeln!(out, "{}: {records}{}", self.name, span(self.all, ", "))?;
        if self.all.records == 0 {
            anstream::eprintln!("no record is about it; names are found whole, in any case");
        }
        for Section { name, columns, rows } in self.sections.iter().filter(|section| !section.rows.is_empty())
        {
            writeln!(out, "\n{} ({})", name.replace('_', " "), columns.join(", "))?;
            let mut rows: Vec<_> = rows.iter().collect();
            rows.sort_by_key(|(values, seen)| (Reverse(seen.records), *values));
            for (values, seen) in rows.iter().take(MOST_TOLD) {
                let values: Vec<&str> = values.split(BETWEEN).filter(|own| !own.is_empty()).collect();
                writeln!(out, "{:>9}  {}{}", thousands(seen.records), values.join("  "), span(**seen, "  "))?;
            }
            let more = rows.len().saturating_sub(MOST_TOLD);
            if more > 0 {
                writeln!(out, "{:>9}  and {} more; --format json tells all", "", thousands(more as u64))?;
            }
        }
        Ok(())
    }

    pub(super) fn json(&self) -> Value {
        let mut all = Map::new();
        all.insert("name".to_owned(), json!(self.name));
        all.extend(figures(self.all));
        for Section { name, columns, rows } in &self.sections {
            let row = |(values, seen): (&String, &Occurrences)| {
                let columns = columns
                    .iter()
                    .zip(values.split(BETWEEN))
                    .map(|(column, value)| ((*column).to_owned(), json!(value)));
                Value::Object(columns.chain(figures(*seen)).collect())
            };
            all.insert((*name).to_owned(), rows.iter().map(row).collect());
        }
        Value::Object(all)
    }
}

fn figures(seen: Occurrences) -> impl Iterator<Item = (String, Value)> {
    let (first, last) = seen.span.unzip();
    [("records", json!(seen.records)), ("first", json!(first)), ("last", json!(last))]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
}

fn span(seen: Occurrences, before: &str) -> String {
    seen.span.map_or_else(String::new, |(first, last)| {
        if first == last {
            format!("{before}{}", clock(Some(first)))
        } else {
            format!("{before}{} to {}", clock(Some(first)), clock(Some(last)))
        }
    })
}
