//! One self-contained page: no scripts, nothing fetched, every value escaped by the template and the page's own
//! content security policy behind it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use serde::Serialize;
use trailhound_detect::describe::{Finding, visible};
use trailhound_detect::matched::Level;

use super::summary::Summary;
use crate::words::clock;

const TEMPLATE: &str = include_str!("page.html");

/// The findings so far.
#[derive(Default)]
pub(super) struct Page {
    findings: Vec<Row>,
    levels: BTreeMap<Level, u64>,
    actors: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize)]
struct Row {
    level: &'static str,
    time: String,
    rule: String,
    title: String,
    techniques: Vec<String>,
    message: String,
    check: String,
    score: u8,
    origin: String,
    evidence: String,
    explanation: String,
    links: Vec<(&'static str, String)>,
    contain: String,
    suppression: Option<String>,
}

impl Page {
    pub(super) fn add(&mut self, finding: &Finding, explanation: &[String]) {
        let found = &finding.matched;
        *self.levels.entry(found.verdict.level).or_default() += 1;
        *self.actors.entry(visible(&found.facts.actor.display).into_owned()).or_default() += 1;
        let mut contain = String::new();
        for containment in finding.containments() {
            let _ = writeln!(contain, "# {}\n{}", containment.what, containment.command);
        }
        let evidence: serde_json::Value = serde_json::from_str(&finding.json).unwrap_or_default();
        self.findings.push(Row {
            level: found.verdict.level.as_str(),
            time: clock(found.facts.time),
            rule: found.rule_id(),
            title: finding.title(),
            techniques: found.techniques().map(str::to_owned).collect(),
            message: finding.message(),
            check: visible(found.check()).into_owned(),
            score: found.verdict.score.value,
            origin: visible(&found.from.origin).into_owned(),
            evidence: serde_json::to_string_pretty(&evidence["data"]).unwrap_or_default(),
            explanation: explanation.join("\n"),
            links: finding.links().into_iter().map(|link| (link.what, link.url)).collect(),
            contain,
            suppression: finding.suppression(),
        });
    }

    pub(super) fn write(&mut self, out: &mut dyn Write, summary: &Summary<'_>) -> std::io::Result<()> {
        let mut templates = Environment::new();
        templates.add_template("page.html", TEMPLATE).map_err(io::Error::other)?;
        let levels: Vec<(&str, u64)> = Level::ALL
            .iter()
            .rev()
            .map(|level| (level.as_str(), self.levels.get(level).copied().unwrap_or(0)))
            .collect();
        let mut actors: Vec<(String, u64)> = std::mem::take(&mut self.actors).into_iter().collect();
        actors.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
        actors.truncate(20);
        let count = self.findings.len();
        let page = context! {
            version => env!("CARGO_PKG_VERSION"),
            inputs => summary.inputs,
            unopened => summary.unopened,
            records => summary.tally.records,
            rejected => summary.tally.rejected_total(),
            unread => summary.unread(),
            lost => &summary.lost,
            interruption => summary.interruption(),
            suppressed => summary.tally.suppressed_total(),
            rules => summary.rules,
            span => summary.span.map(|(first, last)| (clock(Some(first)), clock(Some(last)))),
            levels,
            actors => Value::from(Serde(actors)),
            count,
            findings => Value::from(Serde(std::mem::take(&mut self.findings))),
        };
        let template = templates.get_template("page.html").map_err(io::Error::other)?;
        template.render_captured_to(page, out).map(drop).map_err(io::Error::other)
    }
}
