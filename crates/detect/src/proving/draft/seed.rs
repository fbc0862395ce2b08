//! What a rule is begun with: a record, or an operation by its name, and the fields that tell what was done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::event::{Event, FieldMaps};
use crate::log_type::LogType;
use crate::logs::{self, SigmaSource};
use crate::pipeline::{Ending, Pipeline};
use crate::proving::{Expect, Tests, parse_all, shipped};
use crate::rules::RuleSet;

/// Why there is no rule.
#[derive(Debug, thiserror::Error)]
pub enum NoDraft {
    /// No such log source.
    #[error("there is no log `{0}`; there are {known}", known = FieldMaps::known())]
    Log(String),
    /// The sample holds no record that rules read.
    #[error("the sample holds no record that rules read; `trailhound scan` says what is wrong with it")]
    NoRecord,
    /// None of the sample's records is of that operation.
    #[error("none of the {0} records of the sample tells of `{1}`; they tell of {2}")]
    NoSuchEvent(usize, String, String),
    /// The record lacks what says what was done.
    #[error("the record says nothing in {0}, by which such rules go")]
    SaysNothing(String),
    /// The operation is not named as the log does.
    #[error("`{0}` names no operation of {1}; write {2}")]
    Unnamed(String, String, String),
    /// Several services have an operation of that name.
    #[error("several services have `{0}`; write {1}")]
    Several(String, String),
    /// The draft is not what was asked for.
    #[error("the rule that was drafted cannot be used: {0}")]
    Faulty(String),
}

/// What a rule is begun with.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(super) log: LogType,
    pub(super) source: &'static SigmaSource,
    /// Fields that tell what was done, and what they say.
    pub(super) told: Vec<(&'static str, String)>,
    /// A record of it, in its log's own form.
    pub(super) record: Option<Value>,
}

impl Draft {
    /// Of a record in what somebody has, in whichever form; of several the first, or the first of that operation.
    pub fn of_sample(bytes: &[u8], event: Option<&str>) -> Result<Self, NoDraft> {
        let seen = seen(bytes);
        let total = seen.len();
        let mut others = Vec::new();
        for (log, record) in seen {
            let named = record_says(&record, log).pop().map(|(_, value)| value).unwrap_or_default();
            let is_meant =
                |event: &str| event.rsplit(':').next().is_some_and(|name| name.eq_ignore_ascii_case(&named));
            if event.is_none_or(|event| is_meant(event) || event.eq_ignore_ascii_case(&named)) {
                return Self::of_record(log, record);
            }
            others.push(named);
        }
        others.sort();
        others.dedup();
        match event {
            Some(event) if total > 0 => Err(NoDraft::NoSuchEvent(total, event.to_owned(), others.join(", "))),
            _ => Err(NoDraft::NoRecord),
        }
    }

    /// Of a record, in its log's own form.
    fn of_record(log: LogType, record: Value) -> Result<Self, NoDraft> {
        let mut told = record_says(&record, log);
        let by_end = logs::of(log).begun.by_end;
        if let Some((_, value)) = told.last_mut().filter(|_| by_end) {
            let file = value.rsplit(['/', '\\']).next().unwrap_or_default();
            *value = file.to_owned();
        }
        let Some(source) = logs::of(log).sources.iter().find(|source| is_of(source, log, &record)) else {
            return Err(NoDraft::NoRecord);
        };
        if told.is_empty() {
            return Err(NoDraft::SaysNothing(logs::of(log).begun.told_by.join(", ")));
        }
        Ok(Self { log, source, told, record: Some(record) })
    }

    /// Of an operation by its name, and of the log that has it. Where a test beside a shipped rule has a record of it,
    /// that is taken; else one is made.
    pub fn of_event(log: &str, event: &str) -> Result<Self, NoDraft> {
        let found = LogType::ALL.iter().find_map(|own| {
            let sources = logs::of(*own).sources;
            sources.iter().find(|source| name(source).eq_ignore_ascii_case(log)).map(|source| (*own, source))
        });
        let (log, source) = found.ok_or_else(|| NoDraft::Log(log.to_owned()))?;
        let told =
            named(log, event).ok_or_else(|| NoDraft::Unnamed(event.to_owned(), name(source), form(log)))?;
        let known = known(log, &told);
        if logs::of(log).begun.by_end {
            return Ok(Self { log, source, told, record: known.into_values().next() });
        }
        // A name alone is completed by who is known to have it.
        let owners: Vec<String> = known.keys().map(|told| words(told)).collect();
        match &known.into_iter().collect::<Vec<_>>()[..] {
            [] => Ok(Self { log, source, told, record: None }),
            [(told, record)] => Ok(Self { log, source, told: told.clone(), record: Some(record.clone()) }),
            [..] => Err(NoDraft::Several(event.to_owned(), owners.join(" or "))),
        }
    }

    /// The name that a rule of it might have.
    pub fn suggested_name(&self) -> String {
        let product = self.source.product.or(self.source.category).unwrap_or("rule");
        let said = self.told.iter().map(|(_, value)| value.trim_end_matches(".amazonaws.com"));
        let words: Vec<&str> = std::iter::once(product).chain(said).collect();
        let mut out = String::new();
        let mut was_lower = false;
        for c in words.join("-").chars() {
            if c.is_ascii_uppercase() && was_lower {
                out.push('-');
            }
            was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
            let c = if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
            if !(c == '-' && (out.is_empty() || out.ends_with('-'))) {
                out.push(c);
            }
        }
        out.trim_end_matches('-').to_owned()
    }
}

/// The records of what somebody has that rules read, in their logs' own form.
fn seen(bytes: &[u8]) -> Vec<(LogType, Value)> {
    let (sender, seen) = std::sync::mpsc::channel();
    let pipeline = Pipeline::new(Arc::new(RuleSet::default())).without_screen();
    let witness = move |event: &Event<'_>, _: &str| {
        if let Ok(record) = serde_json::from_str::<Value>(event.document().text()) {
            // Whoever listens lives as long as the session.
            let _ = sender.send((event.log(), record));
        }
    };
    let mut session =
        pipeline.delivery("sample", jiff::Timestamp::UNIX_EPOCH).witnessed_by(Box::new(witness));
    session.push(bytes);
    session.finish(Ending::Whole);
    seen.try_iter().filter(|(log, _)| logs::of(*log).fields.is_some()).collect()
}

/// A log source as people write it.
pub(super) fn name(source: &SigmaSource) -> String {
    source.parts().into_iter().flatten().collect::<Vec<_>>().join("/")
}

/// Is a record what rules of a source ask for?
fn is_of(source: &SigmaSource, log: LogType, record: &Value) -> bool {
    let text = record.to_string();
    trailhound_sigma::json::Document::parse(&text).is_ok_and(|record| (logs::of(log).meets)(source, &record))
}

/// Where a record has what a rule of its log names, and what it says there.
pub(super) fn held<'r>(record: &'r Value, log: LogType, field: &str) -> Option<(String, &'r str)> {
    let paths = logs::of(log).fields?.resolve(field)?;
    paths.into_iter().find_map(|path| {
        let said = record.pointer(&format!("/{}", path.replace('.', "/")))?.as_str()?;
        (!said.is_empty()).then_some((path, said))
    })
}

/// What a record says was done, field by field; nothing where it does not name it.
fn record_says(record: &Value, log: LogType) -> Vec<(&'static str, String)> {
    let told_by = logs::of(log).begun.told_by;
    let says = told_by.iter().filter_map(|field| Some((*field, held(record, log, field)?.1.to_owned())));
    says.collect()
}

/// How an operation of a log is named.
fn form(log: LogType) -> String {
    match logs::of(log).begun.told_by {
        ["eventSource", "eventName"] => "ssm:StartSession, or StartSession".to_owned(),
        [.., "objectRef.subresource"] => "create pods, or create pods/exec".to_owned(),
        fields => format!("what stands in {}", fields.last().copied().unwrap_or_default()),
    }
}

/// What an operation's name says, field by field.
fn named(log: LogType, event: &str) -> Option<Vec<(&'static str, String)>> {
    let event = event.trim();
    if event.is_empty() {
        return None;
    }
    let told_by = logs::of(log).begun.told_by;
    Some(match (told_by, event.split_once(':'), event.split_once(' ')) {
        (&["eventSource", name], Some((service, call)), _) => {
            vec![
                ("eventSource", format!("{}.amazonaws.com", service.to_ascii_lowercase())),
                (name, call.to_owned()),
            ]
        }
        (&[verb, resource, below], _, Some((done, to))) => {
            let (kind, part) = to.split_once('/').map_or((to, None), |(kind, part)| (kind, Some(part)));
            let mut told = vec![(verb, done.to_owned()), (resource, kind.to_owned())];
            told.extend(part.map(|part| (below, part.to_owned())));
            told
        }
        (&[_, _, _], _, None) => return None,
        (fields, ..) => vec![(*fields.last()?, event.to_owned())],
    })
}

/// What was done, as an operation's name says it.
fn words(told: &[(&'static str, String)]) -> String {
    let said: Vec<&str> = told.iter().map(|(_, value)| value.trim_end_matches(".amazonaws.com")).collect();
    said.join(":")
}

/// Records of an operation in the tests beside the shipped rules, one for all that are told alike, in whichever case.
fn known(log: LogType, told: &[(&'static str, String)]) -> BTreeMap<Vec<(&'static str, String)>, Value> {
    let mut known: BTreeMap<Vec<(&'static str, String)>, Value> = BTreeMap::new();
    let mut alike = BTreeSet::new();
    for tests in parse_all(&shipped()).into_iter().filter_map(Result::ok) {
        let Tests::Rule(tests) = tests else { continue };
        for test in tests.tests.iter().filter(|test| test.expect == Expect::Match) {
            let Ok(record) = serde_json::from_slice::<Value>(&test.event) else { continue };
            let says = |(field, value): &(&'static str, String)| {
                held(&record, log, field).is_some_and(|(_, said)| said.eq_ignore_ascii_case(value))
            };
            if told.iter().all(says) && seen(&test.event).iter().any(|(own, _)| *own == log) {
                let says = record_says(&record, log);
                if alike.insert(says.iter().map(|(_, value)| value.to_lowercase()).collect::<Vec<_>>()) {
                    known.insert(says, record);
                }
            }
        }
    }
    known
}
