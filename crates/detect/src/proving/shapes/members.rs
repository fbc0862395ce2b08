//! What becomes of a record's members on the way through stores and shippers: objects that turn into text, members
//! that are there though they hold nothing, names in another case, numbers that turn into text.
//!
//! - Folded objects: `requestParameters` and its like are strings in Athena's table of CloudTrail,
//!   <https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-understanding.html>; `properties`, `identity`
//!   and `claims` in exports of Log Analytics, <https://learn.microsoft.com/azure/azure-monitor/reference/tables/azureactivity>.
//! - Java maps: a column of type `map<string,string>`,
//!   <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-supported-event-schemas.html>.
//! - Members without a value: a struct of Hive has all of its members in every row,
//!   <https://cwiki.apache.org/confluence/display/Hive/LanguageManual+Types>; Windows writes `-`.
//! - Case: names of Glue's columns are lower-case, <https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html>;
//!   PowerShell's objects are in PascalCase.

use serde_json::{Map, Value, json};

use super::form::{CLOUDTRAIL, OWN, Shape, record};
use super::known::{KnownMembers, Members, below, place_of};
use super::log::Log;
use super::text;

pub(super) const SHAPES: &[Shape] = &[
    record("folded-one", OWN, folded_one),
    record("folded-all", OWN, folded_all),
    record("folded-inside-out", OWN, folded_inside_out),
    record("java-map-one", CLOUDTRAIL, java_one),
    record("java-map-all", CLOUDTRAIL, java_all),
    record("absent-null", OWN, |known, log, record| filled(known, log, record, &Filler::Null)),
    record("absent-empty-text", OWN, |known, log, record| filled(known, log, record, &Filler::Text(""))),
    record("absent-dash", OWN, |known, log, record| filled(known, log, record, &Filler::Text("-"))),
    record("absent-empty-list", OWN, |known, log, record| filled(known, log, record, &Filler::List)),
    record("absent-empty-object", OWN, |known, log, record| filled(known, log, record, &Filler::Object)),
    record("null-dropped", OWN, |_, _, record| vec![without_null(record)]),
    record("lower-case", OWN, |_, _, record| vec![renamed(record, &str::to_lowercase)]),
    record("pascal-case", OWN, |_, _, record| vec![renamed(record, &pascal)]),
    record("scalars-as-text", OWN, |_, _, record| vec![as_text(record)]),
];

fn is_container(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

fn folded(value: &Value) -> Value {
    if is_container(value) { Value::String(value.to_string()) } else { value.clone() }
}

/// One object or list at a time, down to the second level.
fn folded_one(_: &KnownMembers, _: Log, record: &Value) -> Vec<Value> {
    one_at_a_time(record, &|value| Some(folded(value)))
}

fn one_at_a_time(record: &Value, fold: &dyn Fn(&Value) -> Option<Value>) -> Vec<Value> {
    let Value::Object(object) = record else { return Vec::new() };
    let mut all = Vec::new();
    for (name, value) in object.iter().filter(|(_, value)| is_container(value)) {
        let mut other = object.clone();
        if let Some(folded) = fold(value) {
            other.insert(name.clone(), folded);
            all.push(Value::Object(other));
        }
        let Value::Object(inner) = value else { continue };
        for (below, value) in inner.iter().filter(|(_, value)| is_container(value)) {
            if let Some(folded) = fold(value) {
                let mut other = record.clone();
                other[name][below] = folded;
                all.push(other);
            }
        }
    }
    all
}

fn folded_all(_: &KnownMembers, _: Log, record: &Value) -> Vec<Value> {
    let Value::Object(object) = record else { return Vec::new() };
    if !object.values().any(is_container) {
        return Vec::new();
    }
    vec![object.iter().map(|(name, value)| (name.clone(), folded(value))).collect()]
}

/// Members of members first, so that text stands in text.
fn folded_inside_out(known: &KnownMembers, log: Log, record: &Value) -> Vec<Value> {
    let Value::Object(object) = record else { return Vec::new() };
    let inside: Map<String, Value> = object
        .iter()
        .map(|(name, value)| match value {
            Value::Object(inner) => {
                let inner: Map<_, _> =
                    inner.iter().map(|(name, value)| (name.clone(), folded(value))).collect();
                (name.clone(), Value::Object(inner))
            }
            other => (name.clone(), other.clone()),
        })
        .collect();
    folded_all(known, log, &Value::Object(inside))
}

fn java(value: &Value) -> Option<Value> {
    if value.is_object() { text::java(value).map(Value::String) } else { None }
}

fn java_one(_: &KnownMembers, _: Log, record: &Value) -> Vec<Value> {
    one_at_a_time(record, &java)
}

fn java_all(_: &KnownMembers, _: Log, record: &Value) -> Vec<Value> {
    let Value::Object(object) = record else { return Vec::new() };
    let all: Option<Map<String, Value>> = object
        .iter()
        .map(|(name, value)| {
            Some((name.clone(), if value.is_object() { java(value)? } else { value.clone() }))
        })
        .collect();
    all.map(Value::Object).into_iter().collect()
}

/// What stands where there is nothing; each only where a value of its kind would stand.
enum Filler {
    Null,
    Text(&'static str),
    List,
    Object,
}

impl Filler {
    fn instead_of(&self, value: &Value) -> Option<Value> {
        match (self, value) {
            (Self::Null, _) => Some(Value::Null),
            (Self::Text(text), Value::String(_) | Value::Number(_) | Value::Bool(_)) => Some(json!(text)),
            (Self::List, Value::Array(_)) => Some(json!([])),
            (Self::Object, Value::Object(_)) => Some(json!({})),
            _ => None,
        }
    }
}

fn filled(known: &KnownMembers, log: Log, record: &Value, filler: &Filler) -> Vec<Value> {
    let mut filled = record.clone();
    fill(&place_of(record), &mut filled, known.of(log), filler);
    if filled == *record { Vec::new() } else { vec![filled] }
}

fn fill(place: &str, value: &mut Value, known: &Members, filler: &Filler) {
    let Value::Object(object) = value else { return };
    for (name, value) in object.iter_mut() {
        fill(&below(place, name), value, known, filler);
    }
    for (name, known) in known.get(place).into_iter().flatten() {
        if object.get(name).is_none_or(Value::is_null)
            && let Some(nothing) = filler.instead_of(known)
        {
            object.insert(name.clone(), nothing);
        }
    }
}

fn without_null(value: &Value) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), without_null(value)))
            .collect(),
        Value::Array(list) => list.iter().map(without_null).collect(),
        other => other.clone(),
    }
}

/// Names of members anew; those of claims are values, not names.
fn renamed(value: &Value, name_of: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| {
                let value = if name == "claims" { value.clone() } else { renamed(value, name_of) };
                (name_of(name), value)
            })
            .collect(),
        Value::Array(list) => list.iter().map(|value| renamed(value, name_of)).collect(),
        other => other.clone(),
    }
}

pub(super) fn pascal(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn as_text(value: &Value) -> Value {
    match value {
        Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), as_text(value))).collect(),
        Value::Array(list) => list.iter().map(as_text).collect(),
        Value::Number(_) | Value::Bool(_) => Value::String(value.to_string()),
        other => other.clone(),
    }
}
