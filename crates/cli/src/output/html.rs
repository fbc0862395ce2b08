//! One self-contained page: no scripts, nothing fetched, every value escaped by the template and the page's own
//! content security policy behind it. What comes before the findings counts them, so they wait in a file without a name:
//! each takes kilobytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use serde::Serialize;
use trailhound_detect::describe::{Finding, visible};
use trailhound_detect::matched::Level;

use super::summary::Summary;
use crate::words::clock;

/// The page and one finding in it.
const TEMPLATES: [(&str, &str); 2] =
    [("page.html", include_str!("page.html")), ("finding.html", include_str!("finding.html"))];
/// Where findings go; no value can hold it, as each is escaped.
const FINDINGS: &str = "<!--findings-->";

/// The findings so far.
pub(super) struct Page {
    templates: Environment<'static>,
    findings: BufWriter<File>,
    count: usize,
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
    reasons: Vec<String>,
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
    pub(super) fn begin() -> io::Result<Self> {
        let mut templates = Environment::new();
        for (name, text) in TEMPLATES {
            templates.add_template(name, text).map_err(io::Error::other)?;
        }
        let findings = BufWriter::new(tempfile::tempfile()?);
        Ok(Self { templates, findings, count: 0, levels: BTreeMap::new(), actors: BTreeMap::new() })
    }

    pub(super) fn add(&mut self, finding: &Finding, explanation: &[String]) -> io::Result<()> {
        let found = &finding.matched;
        *self.levels.entry(found.verdict.level).or_default() += 1;
        *self.actors.entry(finding.who()).or_default() += 1;
        let mut contain = String::new();
        for containment in finding.containments() {
            let _ = writeln!(contain, "# {}\n{}", containment.what, containment.command);
        }
        let evidence: serde_json::Value = serde_json::from_str(&finding.json).unwrap_or_default();
        self.count += 1;
        let row = Row {
            level: found.verdict.level.as_str(),
            time: clock(found.facts.time),
            rule: found.rule_id(),
            title: finding.title(),
            techniques: found.techniques().map(str::to_owned).collect(),
            message: finding.message(),
            reasons: finding.reasons(),
            check: visible(found.check()).into_owned(),
            score: found.verdict.score.value,
            origin: visible(&found.from.origin).into_owned(),
            evidence: serde_json::to_string_pretty(&evidence["data"]).unwrap_or_default(),
            explanation: explanation.join("\n"),
            links: finding.links().into_iter().map(|link| (link.what, link.url)).collect(),
            contain,
            suppression: finding.suppression(),
        };
        let template = self.templates.get_template("finding.html").map_err(io::Error::other)?;
        let page = context! { finding => Value::from(Serde(row)) };
        template.render_captured_to(page, &mut self.findings).map(drop).map_err(io::Error::other)
    }

    pub(super) fn write(&mut self, out: &mut dyn Write, summary: &Summary<'_>) -> std::io::Result<()> {
        let levels: Vec<(&str, u64)> = Level::ALL
            .iter()
            .rev()
            .map(|level| (level.as_str(), self.levels.get(level).copied().unwrap_or(0)))
            .collect();
        let mut actors: Vec<(String, u64)> = std::mem::take(&mut self.actors).into_iter().collect();
        actors.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
        actors.truncate(20);
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
            count => self.count,
        };
        let template = self.templates.get_template("page.html").map_err(io::Error::other)?;
        let whole = template.render(page).map_err(io::Error::other)?;
        let (before, after) = whole.split_once(FINDINGS).unwrap_or((&whole, ""));
        out.write_all(before.as_bytes())?;
        self.findings.flush()?;
        let mut findings = self.findings.get_ref();
        findings.seek(SeekFrom::Start(0))?;
        io::copy(&mut findings, out)?;
        out.write_all(after.as_bytes())
    }
}
