//! Tests of correlations: several events, and the alert that they add up to.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use trailhound_sigma::yaml::{self, Yaml};
use trailhound_sigma::{Diagnostics, Level, Report};

use super::expect::{Expect, level, merge};
use crate::rules::{duration, unknown_key};

/// The tests of one correlation.
#[derive(Debug)]
pub struct EpisodeTests {
    /// The tests file.
    pub file: String,
    /// The correlation's name.
    pub rule: String,
    /// In the order written.
    pub tests: Vec<EpisodeTest>,
}

/// Some events and what they are expected to add up to.
#[derive(Debug)]
pub struct EpisodeTest {
    /// What it shows.
    pub name: String,
    /// Its line in the tests file.
    pub line: usize,
    /// A match, or nothing.
    pub expect: Expect,
    /// The level expected.
    pub level: Option<Level>,
    /// How many alerts.
    pub alerts: usize,
    /// How many events the alert has as members, when they come as written.
    pub members: Option<usize>,
    /// The order in which they come matters.
    pub ordered: bool,
    /// The events' bytes.
    pub events: Vec<Vec<u8>>,
}

/// What a tests file of a correlation may hold.
pub(super) const FILE_KEYS: [&str; 3] = ["rule", "events", "tests"];
pub(super) const KEYS: [&str; 7] = ["name", "expect", "level", "alerts", "members", "ordered", "events"];
pub(super) const EVENT_KEYS: [&str; 4] = ["event", "from", "merge", "after"];
/// What `after` counts from.
pub(super) const START: &str = "2026-03-18T10:00:00Z";

/// Reads the tests file of a correlation; `known` holds the events of rules' tests.
pub(super) fn parse(
    file: &str,
    text: &str,
    known: &HashMap<String, Value>,
) -> Result<EpisodeTests, Diagnostics> {
    let mut report = Report::new(file);
    let mut out = EpisodeTests { file: file.to_owned(), rule: String::new(), tests: Vec::new() };
    let documents = yaml::parse(file, text)?;
    let [document] = documents.as_slice() else {
        report.error((1, 1), "a tests file is one document that names one rule");
        return report.finish(out);
    };
    for (key, _) in document.expect_map(&mut report).unwrap_or_default() {
        let name = key.text().unwrap_or_default();
        if !FILE_KEYS.contains(&name) {
            unknown_key(key, name, &FILE_KEYS, &mut report);
        }
    }
    document.get("rule").and_then(Yaml::text).unwrap_or_default().clone_into(&mut out.rule);
    if out.rule.is_empty() {
        report
            .error(document, "the file does not say which correlation it tests")
            .help("begin it with `rule: name`");
    }
    let mut named_events = NamedEvents { known, own: HashMap::new(), made: 0 };
    for (name, node) in document.get("events").and_then(Yaml::as_map).unwrap_or_default() {
        if let Some(event) = named_events.event(node, &mut report) {
            named_events.own.insert(name.text().unwrap_or_default().to_owned(), event);
        }
    }
    for node in document.get("tests").and_then(|node| node.expect_seq(&mut report)).unwrap_or_default() {
        out.tests.extend(test(node, &mut named_events, &mut report));
    }
    report.finish(out)
}

fn test(node: &Yaml, named_events: &mut NamedEvents<'_>, report: &mut Report) -> Option<EpisodeTest> {
    for (key, _) in node.expect_map(report)? {
        let word = key.text().unwrap_or_default();
        if !KEYS.contains(&word) {
            unknown_key(key, word, &KEYS, report);
        }
    }
    let name = node.get("name").and_then(Yaml::text).unwrap_or_default().to_owned();
    let expect = match node.get("expect").and_then(Yaml::text) {
        Some("match") if !name.is_empty() => Expect::Match,
        Some("none") if !name.is_empty() => Expect::None,
        _ => {
            report
                .error(node, "a test without a name or an expectation")
                .help("give it `name`, and `expect: match` or `expect: none`");
            return None;
        }
    };
    let level = level(node, "level", report)?;
    let mut number = |key: &str| {
        let number = node.get(key).and_then(|node| node.expect_i64(report))?;
        usize::try_from(number).ok()
    };
    let (alerts, members) = (number("alerts"), number("members"));
    let ordered = node.get("ordered").and_then(|node| node.expect_bool(report)).unwrap_or(false);
    let mut events = Vec::new();
    for item in node.get("events").and_then(|node| node.expect_seq(report))? {
        events.push(named_events.event(item, report)?.to_string().into_bytes());
    }
    let alerts = alerts.unwrap_or(usize::from(expect == Expect::Match));
    Some(EpisodeTest { name, line: node.place().line, expect, level, alerts, members, ordered, events })
}

/// Events by name.
struct NamedEvents<'k> {
    known: &'k HashMap<String, Value>,
    own: HashMap<String, Value>,
    made: u32,
}

impl NamedEvents<'_> {
    fn event(&mut self, node: &Yaml, report: &mut Report) -> Option<Value> {
        if let Some(name) = node.text() {
            return self.named(node, name, report);
        }
        for (key, _) in node.expect_map(report)? {
            let word = key.text().unwrap_or_default();
            if !EVENT_KEYS.contains(&word) {
                unknown_key(key, word, &EVENT_KEYS, report);
            }
        }
        let json = |node: &Yaml| serde_json::from_str::<Value>(&node.to_json()).unwrap_or(Value::Null);
        let mut event = match (node.get("event"), node.get("from")) {
            (Some(event), None) => json(event),
            (None, Some(from)) => self.named(from, from.text().unwrap_or_default(), report)?,
            _ => {
                report.error(node, "an event is written out, or begins with another").help(
                    "give it `event`, or `from` with the name of an event above or `rule/test` of another tests file",
                );
                return None;
            }
        };
        if let Some(patch) = node.get("merge") {
            merge(&mut event, json(patch));
        }
        if let Some(after) = node.get("after") {
            let text = after.text().unwrap_or_default();
            let later = if text == "0s" { Some(SignedDuration::ZERO) } else { duration(text) };
            let Some(at) = later.and_then(|later| START.parse::<Timestamp>().ok()?.checked_add(later).ok())
            else {
                report.error(after, "not a time span").help("write a number and a unit, as 0s, 5m or 2h");
                return None;
            };
            self.happens(&mut event, at);
        }
        Some(event)
    }

    fn named(&self, node: &Yaml, name: &str, report: &mut Report) -> Option<Value> {
        let found = self.own.get(name).or_else(|| self.known.get(name));
        if found.is_none() {
            report
                .error(node, format!("no event is called '{name}'"))
                .help("name one of `events`, or a test of another file as `rule/test`");
        }
        found.cloned()
    }

    /// Makes a record an event of its own: with this time, in whichever field its log has it, and an id that no other
    /// event of the file has.
    fn happens(&mut self, event: &mut Value, at: Timestamp) {
        self.made += 1;
        let id = format!("00000000-0000-4000-8000-1{:011}", self.made);
        for (path, value) in [
            ("/eventTime", at.to_string()),
            ("/time", at.to_string()),
            ("/UtcTime", at.strftime("%F %T.000").to_string()),
            ("/properties/createdDateTime", at.to_string()),
            ("/properties/activityDateTime", at.to_string()),
            ("/eventID", id.clone()),
            ("/correlationId", id.clone()),
            ("/timestamp", at.as_millisecond().to_string()),
            ("/id", id.clone()),
            ("/EventRecordID", self.made.to_string()),
            ("/properties/id", id),
        ] {
            if let Some(there) = event.pointer_mut(path) {
                *there = Value::String(value);
            }
        }
    }
}
