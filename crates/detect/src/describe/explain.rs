//! Why a rule matched, for people: what each clause wanted and what it met. A value that the finding does not tell is
//! held back here too, whatever held it back there.

use std::collections::HashSet;

use serde_json::Value;
use trailhound_sigma::{Explanation, FieldTrace, Trace};

use super::{Finding, clean, visible};
use crate::facts::closed;

/// The lines of an explanation of a finding's match.
pub fn explain(finding: &Finding, explanation: &Explanation) -> Vec<String> {
    let told = told(finding.json());
    let mut explanation = explanation.clone();
    for selection in &mut explanation.selections {
        hold_back(&mut selection.trace, &told);
    }
    for change in &mut explanation.nearest {
        hold_back_field(&mut change.clause, &told);
    }
    explanation.to_string().lines().map(|line| visible(&clean(line)).into_owned()).collect()
}

/// The same finding as an event that carries its explanation.
pub fn explained(finding: &Finding, lines: &[String]) -> String {
    let mut event: Value = serde_json::from_str(finding.json()).unwrap_or_default();
    event["data"]["unmapped"]["explanation"] = lines.into();
    event.to_string()
}

/// Does a finding tell a value?
pub fn tells(finding: &Finding, value: &str) -> bool {
    told(finding.json()).contains(visible(value).to_lowercase().as_str())
}

/// All values that a finding tells, in lower case.
fn told(json: &str) -> HashSet<String> {
    let mut out = HashSet::new();
    if let Ok(event) = serde_json::from_str(json) {
        say(&event, &mut out);
    }
    out
}

fn say(value: &Value, out: &mut HashSet<String>) {
    match value {
        Value::Null => {}
        Value::Bool(is) => _ = out.insert(is.to_string()),
        Value::Number(number) => _ = out.insert(number.to_string()),
        Value::String(text) => _ = out.insert(text.to_lowercase()),
        Value::Array(all) => all.iter().for_each(|value| say(value, out)),
        Value::Object(all) => all.values().for_each(|value| say(value, out)),
    }
}

fn hold_back(trace: &mut Trace, told: &HashSet<String>) {
    match trace {
        Trace::All(parts) | Trace::Any(parts) => parts.iter_mut().for_each(|part| hold_back(part, told)),
        Trace::Field(field) => hold_back_field(field, told),
    }
}

fn hold_back_field(field: &mut FieldTrace, told: &HashSet<String>) {
    let is_ours = field.paths.iter().any(|path| closed(path).is_some());
    let instead = instead(field);
    for value in &mut field.values {
        if !is_ours && !told.contains(visible(value).to_lowercase().as_str()) {
            value.clone_from(&instead);
        }
    }
    field.values.dedup();
}

/// What stands for a value that the finding does not tell.
fn instead(field: &FieldTrace) -> String {
    let shown = |path: &&String| !path.starts_with("n.") && path.bytes().all(is_plain);
    match field.paths.iter().find(shown) {
        Some(path) => format!("held back; `show: [{path}]` tells what of it may be told"),
        None => "held back".to_owned(),
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_'
}
