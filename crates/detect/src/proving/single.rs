//! Tests of a rule: one event each.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::Value;
use trailhound_sigma::yaml::{self, Yaml};
use trailhound_sigma::{Diagnostics, Level, Report};

use super::expect::{Expect, level, merge};
use crate::event::Reader;
use crate::matched::{Match, Provenance};
use crate::remember::newness::{habits, lower};
use crate::rules::{Detection, RuleSet, unknown_key};
use crate::tune::{Tuned, tune};

/// The tests of one rule.
#[derive(Debug)]
pub struct RuleTests {
    /// The tests file.
    pub file: String,
    /// The rule's name.
    pub rule: String,
    /// In the order written.
    pub tests: Vec<RuleTest>,
}

/// One event and what is expected of it.
#[derive(Debug)]
pub struct RuleTest {
    /// What it shows.
    pub name: String,
    /// Its line in the tests file.
    pub line: usize,
    /// What is expected.
    pub expect: Expect,
    /// The level expected of a match, where it matters.
    pub level: Option<Level>,
    /// The level expected once its actor does this on most days, where it matters.
    pub known: Option<Level>,
    /// The event's bytes.
    pub event: Vec<u8>,
}

/// A test that did not go as expected.
#[derive(Debug)]
pub struct Failure<'t> {
    /// The test.
    pub test: &'t RuleTest,
    /// What came out.
    pub got: Expect,
    /// At which level, if anything matched.
    pub level: Option<Level>,
}

/// Reads the tests file of a rule; its events are added to `known` as `rule/test`.
pub(super) fn parse(
    file: &str,
    text: &str,
    known: &mut HashMap<String, Value>,
) -> Result<RuleTests, Diagnostics> {
    let mut report = Report::new(file);
    let mut documents = yaml::parse(file, text)?;
    if documents.len() != 1 {
        report.error((1, 1), "a tests file is one document that names one rule");
        return report.finish(RuleTests { file: String::new(), rule: String::new(), tests: Vec::new() });
    }
    let document = documents.remove(0);
    for (key, _) in document.expect_map(&mut report).unwrap_or_default() {
        let name = key.text().unwrap_or_default();
        if !FILE_KEYS.contains(&name) {
            unknown_key(key, name, &FILE_KEYS, &mut report);
        }
    }
    let rule =
        document.get("rule").and_then(|node| node.expect_str(&mut report)).unwrap_or_default().to_owned();
    if rule.is_empty() {
        report
            .error(&document, "the file does not say which rule it tests")
            .help("begin it with `rule: name`");
    }
    let mut events: HashMap<String, Value> = HashMap::new();
    let mut tests = Vec::new();
    for node in document.get("tests").and_then(|node| node.expect_seq(&mut report)).unwrap_or_default() {
        tests.extend(test(node, &mut events, &mut report));
    }
    known.extend(events.into_iter().map(|(name, event)| (format!("{rule}/{name}"), event)));
    report.finish(RuleTests { file: file.to_owned(), rule, tests })
}

/// What a tests file may hold.
pub(super) const FILE_KEYS: [&str; 2] = ["rule", "tests"];
pub(super) const KEYS: [&str; 8] = ["name", "expect", "level", "known", "event", "raw", "from", "merge"];

fn test(node: &Yaml, events: &mut HashMap<String, Value>, report: &mut Report) -> Option<RuleTest> {
    for (key, _) in node.expect_map(report)? {
        let word = key.text().unwrap_or_default();
        if !KEYS.contains(&word) {
            unknown_key(key, word, &KEYS, report);
        }
    }
    let Some(name) = node.get("name").and_then(Yaml::text).map(str::to_owned) else {
        report.error(node, "a test without a name").help("say what it shows: `name: …`");
        return None;
    };
    let expect = match node.get("expect").and_then(Yaml::text) {
        Some("match") => Expect::Match,
        Some("attempt") => Expect::Attempt,
        Some("none") => Expect::None,
        Some("rejected") => Expect::Rejected,
        _ => {
            report
                .error(node.get("expect").unwrap_or(node), "a test without an expectation")
                .help("`expect` is match, attempt, none or rejected");
            return None;
        }
    };
    let known = level(node, "known", report)?;
    let level = level(node, "level", report)?;
    let event = if let Some(raw) = node.get("raw") {
        raw.expect_text(report)?.as_bytes().to_vec()
    } else {
        let value = event(node, events, report)?;
        let bytes = value.to_string().into_bytes();
        events.insert(name.clone(), value);
        bytes
    };
    Some(RuleTest { name, line: node.place().line, expect, level, known, event })
}

fn event(node: &Yaml, events: &HashMap<String, Value>, report: &mut Report) -> Option<Value> {
    let json = |node: &Yaml| serde_json::from_str::<Value>(&node.to_json()).unwrap_or(Value::Null);
    let mut value = match (node.get("event"), node.get("from")) {
        (Some(event), None) => json(event),
        (None, Some(from)) => {
            let Some(base) = events.get(from.text().unwrap_or_default()) else {
                report
                    .error(from, "no earlier test has this name")
                    .help("`from` takes the event of a test above");
                return None;
            };
            base.clone()
        }
        _ => {
            report
                .error(node, "a test needs one event")
                .help("give it `event`, `raw`, or `from` with `merge`");
            return None;
        }
    };
    if let Some(patch) = node.get("merge") {
        merge(&mut value, json(patch));
    }
    Some(value)
}

/// Runs the tests of a rule; nothing means that all went as expected.
pub fn run<'t>(detection: &Detection, tests: &'t RuleTests) -> Vec<Failure<'t>> {
    tests
        .tests
        .iter()
        .filter_map(|test| {
            let (got, level, known) = evaluate(detection, &test.event);
            let as_expected = got == test.expect
                && (test.level.is_none() || test.level == level)
                && (test.known.is_none() || test.known == known);
            let level = if test.level == level { known } else { level };
            (!as_expected).then_some(Failure { test, got, level })
        })
        .collect()
}

/// What rules make of one event, each by its name; nothing where it cannot be read.
pub fn told(rules: &RuleSet, bytes: &[u8]) -> Option<BTreeMap<String, (Expect, Level)>> {
    let mut told = Some(BTreeMap::new());
    Reader::default().read(bytes, &mut |event| {
        let Ok(event) = event else {
            told = None;
            return;
        };
        for detection in rules.matching(event) {
            if let (Tuned::Match { verdict, .. }, Some(told)) = (tune(event, detection), &mut told) {
                let expect = if verdict.attempt { Expect::Attempt } else { Expect::Match };
                told.insert(detection.info.name.clone(), (expect, verdict.level));
            }
        }
    });
    told
}

/// What one rule makes of one event, and at what level once that is a habit.
pub(super) fn evaluate(detection: &Detection, bytes: &[u8]) -> (Expect, Option<Level>, Option<Level>) {
    let mut outcome = (Expect::None, None, None);
    Reader::default().read(bytes, &mut |event| {
        let Ok(event) = event else {
            outcome = (Expect::Rejected, None, None);
            return;
        };
        if !detection.matches(event) {
            return;
        }
        if let Tuned::Match { verdict, known, .. } = tune(event, detection) {
            let (expect, level) =
                (if verdict.attempt { Expect::Attempt } else { Expect::Match }, verdict.level);
            let mut found =
                Match::of(Arc::clone(&detection.info), event.facts().clone(), Provenance::default());
            found.asked.known = known;
            let is_habit = !verdict.attempt && !habits(&found, detection).is_empty();
            let known = lower(level).filter(|_| is_habit).unwrap_or(level);
            outcome = (expect, Some(level), Some(known));
        }
    });
    outcome
}
