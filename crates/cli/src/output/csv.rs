//! One row a finding; no cell that a spreadsheet would take for a formula.

use std::io::Write;

use csv::QuoteStyle;
use trailhound_detect::describe::escape::{csv_cell, csv_told};
use trailhound_detect::describe::{Finding, MOST_SHOWN};

use crate::words::clock;

const COLUMNS: [&str; 17] = [
    "time",
    "level",
    "risk_score",
    "rule",
    "title",
    "techniques",
    "outcome",
    "actor",
    "target",
    "source",
    "account",
    "region",
    "message",
    "origin",
    "finding",
    "because",
    "known",
];

/// Rows, and whether each says why its rule matched.
pub(super) struct Rows {
    columns: Vec<&'static str>,
}

impl Rows {
    pub(super) fn new(explain: bool) -> Self {
        Self { columns: COLUMNS.into_iter().chain(explain.then_some("explanation")).collect() }
    }

    pub(super) fn header(&self, out: &mut dyn Write) -> std::io::Result<()> {
        write(out, QuoteStyle::Necessary, self.columns.iter().copied())
    }

    pub(super) fn row(
        &self,
        out: &mut dyn Write,
        finding: &Finding,
        explanation: &[String],
    ) -> std::io::Result<()> {
        let found = &finding.matched;
        let facts = &found.facts;
        let source = facts.source.ip.map(|ip| ip.to_string()).or_else(|| facts.source.service.clone());
        let techniques: Vec<&str> = found.techniques().collect();
        let cells = [
            clock(facts.time),
            found.verdict.level.to_string(),
            found.verdict.score.value.to_string(),
            found.rule_id(),
            csv_cell(&finding.title()),
            techniques.join(" "),
            facts.outcome.kind.as_str().to_owned(),
            csv_told(finding.who()),
            csv_cell(&names(&facts.target.names)),
            csv_cell(&source.unwrap_or_default()),
            csv_cell(&facts.scope.account),
            csv_cell(facts.scope.region.as_deref().unwrap_or_default()),
            csv_told(finding.message()),
            csv_cell(&found.from.origin),
            finding.uid.clone(),
            csv_cell(&finding.reasons().join("; ")),
            csv_cell(&finding.known().join("; ")),
        ];
        let explanation = csv_cell(&explanation.join("; "));
        // Some spreadsheets take a semicolon for the end of a cell.
        write(out, QuoteStyle::NonNumeric, cells.iter().chain([&explanation]).take(self.columns.len()))
    }
}

/// Names of targets, as many as a finding shows.
fn names(all: &[String]) -> String {
    let shown = all[..all.len().min(MOST_SHOWN)].join(" ");
    match all.len().checked_sub(MOST_SHOWN) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} and {more} more"),
    }
}

fn write<T: AsRef<[u8]>>(
    out: &mut dyn Write,
    quotes: QuoteStyle,
    cells: impl Iterator<Item = T>,
) -> std::io::Result<()> {
    let mut writer = csv::WriterBuilder::new().quote_style(quotes).from_writer(out);
    writer.write_record(cells)?;
    writer.flush()
}
