//! The tests beside a rule, and running them.
//!
//! A tests file names its rule and lists events with what is expected of them; `from` and `merge` (RFC 7386) make
//! one event out of another, so that a case says only what is different about it. Tests of correlations list several
//! events each.

mod episodes;
mod mutation;

use std::collections::HashMap;

pub use episodes::{EpisodeFailure, EpisodeTest, EpisodeTests, Stage};
pub use mutation::{Survivor, survivors};
use serde_json::Value;
use trailhound_sigma::yaml::{self, Yaml};
use trailhound_sigma::{Diagnostics, Level, Report};

use super::{Detection, EMBEDDED_TESTS, RuleFile, unknown_key};
use crate::event::Reader;
use crate::tune::{Verdict, tune};

/// What a tests file holds.
#[derive(Debug)]
pub enum Tests {
    /// Tests of a rule, one event each.
    Rule(RuleTests),
    /// Tests of a correlation, several events each.
    Correlation(EpisodeTests),
}

impl Tests {
    /// What is tested.
    pub fn rule(&self) -> &str {
        match self {
            Self::Rule(tests) => &tests.rule,
            Self::Correlation(tests) => &tests.rule,
        }
    }

    /// Tests that expect it to speak, and all tests.
    pub fn counts(&self) -> (usize, usize) {
        let speaks = |expect: Expect| matches!(expect, Expect::Match | Expect::Attempt);
        match self {
            Self::Rule(tests) => {
                (tests.tests.iter().filter(|test| speaks(test.expect)).count(), tests.tests.len())
            }
            Self::Correlation(tests) => {
                (tests.tests.iter().filter(|test| speaks(test.expect)).count(), tests.tests.len())
            }
        }
    }
}

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
    /// The event's bytes.
    pub event: Vec<u8>,
}

/// What can be expected of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The rule matches and the call succeeded.
    Match,
    /// The rule matches and the call was denied or failed.
    Attempt,
    /// Nothing to tell.
    None,
    /// The bytes cannot be read.
    Rejected,
}

impl Expect {
    /// The word in tests files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Attempt => "attempt",
            Self::None => "none",
            Self::Rejected => "rejected",
        }
    }
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

/// Is this the name of a tests file?
pub fn is_tests_file(path: &str) -> bool {
    path.ends_with(".tests.yml") || path.ends_with(".tests.yaml")
}

/// The shipped tests files.
pub fn shipped() -> Vec<RuleFile> {
    let file =
        |file: &super::EmbeddedFile| RuleFile { path: file.path.to_owned(), text: file.text.to_owned() };
    EMBEDDED_TESTS.iter().map(file).collect()
}

/// Reads tests files, in their order. Tests of correlations may take the events of other files' tests, shipped ones
/// included.
pub fn parse_all(files: &[RuleFile]) -> Vec<Result<Tests, Diagnostics>> {
    let mut known = HashMap::new();
    let is_episodes =
        |file: &RuleFile| file.text.lines().any(|line| line.trim_start().starts_with("events:"));
    if files.iter().any(is_episodes) {
        for file in shipped().iter().chain(files).filter(|file| !is_episodes(file)) {
            // What is wrong with it is told below.
            let _ = parse_rule(&file.path, &file.text, &mut known);
        }
    }
    let read = |file: &RuleFile| {
        if is_episodes(file) {
            episodes::parse(&file.path, &file.text, &known).map(Tests::Correlation)
        } else {
            parse_rule(&file.path, &file.text, &mut HashMap::new()).map(Tests::Rule)
        }
    };
    files.iter().map(read).collect()
}

/// Reads the tests file of a rule; its events are added to `known` as `rule/test`.
fn parse_rule(file: &str, text: &str, known: &mut HashMap<String, Value>) -> Result<RuleTests, Diagnostics> {
    let mut report = Report::new(file);
    let mut documents = yaml::parse(file, text)?;
    if documents.len() != 1 {
        report.error((1, 1), "a tests file is one document that names one rule");
        return report.finish(RuleTests { file: String::new(), rule: String::new(), tests: Vec::new() });
    }
    let document = documents.remove(0);
    for (key, _) in document.expect_map(&mut report).unwrap_or_default() {
        let name = key.text().unwrap_or_default();
        if !matches!(name, "rule" | "tests") {
            unknown_key(key, name, &["rule", "tests"], &mut report);
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

const KEYS: [&str; 7] = ["name", "expect", "level", "event", "raw", "from", "merge"];

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
    let level = level(node, report)?;
    let event = if let Some(raw) = node.get("raw") {
        raw.expect_text(report)?.as_bytes().to_vec()
    } else {
        let value = event(node, events, report)?;
        let bytes = value.to_string().into_bytes();
        events.insert(name.clone(), value);
        bytes
    };
    Some(RuleTest { name, line: node.place().line, expect, level, event })
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

/// RFC 7386: objects are merged, `null` removes, everything else replaces.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Some(target) = target.as_object_mut() else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(&key);
        } else {
            merge(target.entry(key).or_insert(Value::Null), value);
        }
    }
}

/// Runs the tests of a rule; nothing means that all went as expected.
pub fn run<'t>(detection: &Detection, tests: &'t RuleTests) -> Vec<Failure<'t>> {
    tests
        .tests
        .iter()
        .filter_map(|test| {
            let (got, level) = evaluate(detection, &test.event);
            let as_expected = got == test.expect && (test.level.is_none() || test.level == level);
            (!as_expected).then_some(Failure { test, got, level })
        })
        .collect()
}

/// What one rule makes of one event.
fn evaluate(detection: &Detection, bytes: &[u8]) -> (Expect, Option<Level>) {
    let mut outcome = (Expect::None, None);
    Reader::default().read(bytes, &mut |event| {
        let Ok(event) = event else {
            outcome = (Expect::Rejected, None);
            return;
        };
        if !detection.logs.contains(&event.log()) || !detection.compiled.matches(event) {
            return;
        }
        if let Verdict::Match(tuned) = tune(event, detection) {
            let expect = if tuned.attempt { Expect::Attempt } else { Expect::Match };
            outcome = (expect, Some(tuned.level));
        }
    });
    outcome
}

/// The level a test expects, if it names one; nothing at all if what it names is none.
#[expect(clippy::option_option, reason = "nothing said is not the same as something wrong")]
fn level(node: &Yaml, report: &mut Report) -> Option<Option<Level>> {
    let named = node.get("level").and_then(Yaml::text).map(str::parse::<Level>).transpose();
    named.map_err(|error| report.error(node, error.to_string())).ok()
}
