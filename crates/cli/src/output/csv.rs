//! One row a finding; no cell that a spreadsheet would take for a formula.

use std::io::Write;

use trailhound_detect::describe::escape::csv_cell;
use trailhound_detect::describe::{Finding, MOST_SHOWN};

use crate::words::clock;

const COLUMNS: [&str; 15] = [
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
];

pub(super) fn header(out: &mut dyn Write) -> std::io::Result<()> {
    write(out, &COLUMNS.map(str::to_owned))
}

pub(super) fn row(out: &mut dyn Write, finding: &Finding) -> std::io::Result<()> {
    let found = &finding.matched;
    let facts = &found.facts;
    let source = facts.source.ip.map(|ip| ip.to_string()).or_else(|| facts.source.service.clone());
    let techniques: Vec<&str> = found.techniques().collect();
    write(
        out,
        &[
            clock(facts.time),
            found.verdict.level.to_string(),
            found.verdict.score.value.to_string(),
            found.rule_id(),
            csv_cell(&found.rule.title),
            techniques.join(" "),
            facts.outcome.kind.as_str().to_owned(),
            csv_cell(&facts.actor.display),
            csv_cell(&names(&facts.target.names)),
            csv_cell(&source.unwrap_or_default()),
            csv_cell(&facts.scope.account),
            csv_cell(facts.scope.region.as_deref().unwrap_or_default()),
            csv_cell(&finding.message()),
            csv_cell(&found.from.origin),
            finding.uid.clone(),
        ],
    )
}

/// Names of targets, as many as a finding shows.
fn names(all: &[String]) -> String {
    let shown = all[..all.len().min(MOST_SHOWN)].join(" ");
    match all.len().checked_sub(MOST_SHOWN) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} and {more} more"),
    }
}

fn write(out: &mut dyn Write, cells: &[String; 15]) -> std::io::Result<()> {
    let mut writer = csv::WriterBuilder::new().from_writer(out);
    writer.write_record(cells)?;
    writer.flush()
}
