//! What of the Sigma specification each engine honours: a case for each point, asked of both.

use std::fmt::Write as _;

use anyhow::{Result, anyhow};
use rsigma_eval::{CorrelationConfig, CorrelationEngine, JsonEvent};
use serde_json::Value;
use trailhound_sigma::json::Document;
use trailhound_sigma::{Engine, Hit};

const CASES: &str = include_str!("conformance.yml");
const HEAD: &str = "\
# Conformance

Written by `cargo run --bin conformance` in `oracle/`, which asks both engines for the verdict that the
[specification](https://sigmahq.io/sigma-specification/) gives: each row is a rule with events that it must match and
events that it must not. `yes` is all verdicts right, `refused` a rule that is not accepted, `no` a verdict that is another.

| | | this crate | rsigma 0.23 |
|---|---|---|---|
";

/// One point of the specification.
struct Case {
    part: String,
    point: String,
    rules: String,
    /// Each a run of events, in order, a minute apart; the last one decides.
    hit: Vec<Vec<Value>>,
    miss: Vec<Vec<Value>>,
}

/// How an engine did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Yes,
    No,
    Refused,
}

impl Done {
    fn of(verdict: Result<bool>) -> Self {
        match verdict {
            Ok(true) => Self::Yes,
            Ok(false) => Self::No,
            Err(_) => Self::Refused,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Refused => "refused",
        }
    }
}

/// Every point, with how this repository's engine and rsigma's did.
pub fn points() -> Result<Vec<(String, String, Done, Done)>> {
    let done = |case: &Case, ask: fn(&str, &[Value]) -> Result<bool>| {
        let all = |runs: &[Vec<Value>], due: bool| -> Result<bool> {
            for run in runs {
                if ask(&case.rules, run)? != due {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        Done::of(all(&case.hit, true).and_then(|hit| Ok(hit & all(&case.miss, false)?)))
    };
    let cases = cases()?;
    Ok(cases
        .iter()
        .map(|case| (case.part.clone(), case.point.clone(), done(case, ours), done(case, theirs)))
        .collect())
}

/// The table, as it stands in the crate's folder.
pub fn table() -> Result<String> {
    let mut text = HEAD.to_owned();
    let mut last = String::new();
    for (part, point, ours, theirs) in points()? {
        let told = if part == last { "" } else { part.as_str() };
        let point = point.replace('|', "\\|");
        writeln!(text, "| {told} | {point} | {} | {} |", ours.as_str(), theirs.as_str())?;
        last = part;
    }
    Ok(text)
}

fn ours(rules: &str, events: &[Value]) -> Result<bool> {
    let mut builder = Engine::builder();
    builder.add("case.yml", rules)?;
    let engine = builder.build()?;
    let is_correlation = engine.correlations().next().is_some();
    let (mut correlator, mut is_hit) = (engine.correlator(), false);
    for (minute, event) in (0..).zip(events) {
        let text = event.to_string();
        let document = Document::parse(&text)?;
        let hits = correlator.take(&document, minute * 60_000);
        is_hit = hits.iter().any(|hit| is_correlation == matches!(hit, Hit::Correlation { .. }));
    }
    Ok(is_hit)
}

fn theirs(rules: &str, events: &[Value]) -> Result<bool> {
    let read = rsigma_parser::parse_sigma_yaml(rules).map_err(|error| anyhow!("{error}"))?;
    if let Some(error) = read.errors.first() {
        return Err(anyhow!("{error}"));
    }
    let is_correlation = !read.correlations.is_empty();
    let mut engine = CorrelationEngine::new(CorrelationConfig::default());
    engine.add_collection(&read).map_err(|error| anyhow!("{error}"))?;
    let mut is_hit = false;
    for (minute, event) in (0..).zip(events) {
        let found = engine.process_event_at(&JsonEvent::borrow(event), 1_795_000_000 + minute * 60);
        is_hit = found.iter().any(|result| result.is_correlation() == is_correlation);
    }
    Ok(is_hit)
}

/// A case is a document with `part`, `point`, `rules`, `hit` and `miss`; an event alone is a run of one.
fn cases() -> Result<Vec<Case>> {
    let documents = trailhound_sigma::yaml::parse("conformance.yml", CASES)?;
    let cases = documents.iter().map(|document| {
        let text = |key: &str| {
            let text = document.get(key).and_then(|node| node.text());
            text.map(str::to_owned).ok_or_else(|| anyhow!("a case without {key}"))
        };
        let runs = |key: &str| -> Result<Vec<Vec<Value>>> {
            let Some(node) = document.get(key) else { return Ok(Vec::new()) };
            let runs: Vec<Value> = serde_json::from_str(&node.to_json())?;
            Ok(runs.into_iter().map(|run| run.as_array().cloned().unwrap_or_else(|| vec![run])).collect())
        };
        Ok(Case {
            part: text("part")?,
            point: text("point")?,
            rules: text("rules")?,
            hit: runs("hit")?,
            miss: runs("miss")?,
        })
    });
    cases.collect()
}
