//! Values at paths of a record in its log's own form: the way back through the tables of field names.

use serde_json::{Map, Value, json};
use trailhound_sigma::Wanted;

use crate::log_type::LogType;
use crate::logs::{ALL_OF, NAMED_IN};

/// What stands where anything may.
const ANYTHING: &str = "anything";

/// For which log, and for which try.
#[derive(Clone, Copy)]
pub(super) struct Choosing {
    pub(super) log: LogType,
    pub(super) number: usize,
}

/// The paths that a path stands for.
pub(super) fn alternatives(path: &str) -> Vec<&str> {
    path.strip_prefix(ALL_OF).map_or_else(|| vec![path], |paths| paths.split('+').collect())
}

/// What a record holds at a path, through the first member of lists.
fn held<'r>(record: &'r Value, path: &str) -> &'r Value {
    parts(path).into_iter().fold(record, |value, name| {
        let value = value.as_array().map_or(value, |list| list.first().unwrap_or(&Value::Null));
        &value[name]
    })
}

/// How well a path takes what is wanted, the best first: where a record has its like, then what is worked out of it,
/// then where it has nothing; a code takes no words.
pub(super) fn rank(record: &Value, path: &str, wanted: &Wanted) -> usize {
    if path.starts_with(NAMED_IN) {
        return 2;
    }
    if path.starts_with("n.") {
        return 1;
    }
    let is_word = matches!(wanted, Wanted::Text(text) if text.parse::<f64>().is_err());
    match held(record, path) {
        Value::Null => 2,
        Value::Number(_) if is_word => 3,
        Value::String(code)
            if is_word && !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            3
        }
        _ => 0,
    }
}

/// Puts what is wanted at a path.
pub(super) fn set(record: &mut Value, path: &str, wanted: &Wanted, choosing: Choosing) {
    if let Some((list, name)) = path.strip_prefix(NAMED_IN).and_then(|path| path.split_once('|')) {
        set_named(record, list, name, wanted);
        return;
    }
    let place = at(record, &parts(path), choosing.log, "");
    let Some(value) = value(place, wanted, choosing.number) else { return };
    *place = value;
}

/// The value that is wanted, in the kind that stands there; nothing where what stands there will do.
fn value(place: &Value, wanted: &Wanted, number: usize) -> Option<Value> {
    let is_text = place.is_string();
    Some(match wanted {
        Wanted::Text(text) if place.is_number() && text.parse::<i64>().is_ok() => {
            serde_json::from_str(text).unwrap_or_else(|_| json!(text))
        }
        Wanted::Text(text) if place.is_array() && !text.is_empty() => json!([text]),
        Wanted::Text(text) => json!(text),
        Wanted::Number(digits) if is_text => json!(digits),
        Wanted::Number(digits) => serde_json::from_str(digits).unwrap_or_else(|_| json!(digits)),
        Wanted::Bool(is) if is_text => json!(is.to_string()),
        Wanted::Bool(is) => json!(is),
        // What a rule keeps out may be just what stands there.
        Wanted::Present if place.is_null() || number % 2 == 1 => json!(ANYTHING),
        _ => return None,
    })
}

/// A path's members; what hangs below claims, labels and annotations is one name, dots and all.
fn parts(path: &str) -> Vec<&str> {
    const OPEN: &[&str] = &["identity.claims.", "annotations.", "labels."];
    let Some(head) = OPEN.iter().find(|head| path.starts_with(**head)) else {
        return path.split('.').collect();
    };
    let mut parts: Vec<&str> = head.trim_end_matches('.').split('.').collect();
    parts.push(&path[head.len()..]);
    parts
}

/// Where a path leads, through the first member of lists.
fn at<'r>(record: &'r mut Value, parts: &[&str], log: LogType, above: &str) -> &'r mut Value {
    let Some((name, rest)) = parts.split_first() else { return record };
    let path = if above.is_empty() { (*name).to_owned() } else { format!("{above}.{name}") };
    if !record.is_object() {
        *record = json!({});
    }
    let is_list = !rest.is_empty() && crate::logs::is_list(log, &path);
    let member = &mut record[*name];
    if is_list && !member.is_array() {
        *member = json!([{}]);
    }
    if !rest.is_empty() && member.is_array() {
        return at(first(member), rest, log, &path);
    }
    at(member, rest, log, &path)
}

/// The first member of a list, or what is no list.
fn first(value: &mut Value) -> &mut Value {
    if value.as_array().is_some_and(Vec::is_empty) {
        *value = json!([{}]);
    }
    if value.is_array() { &mut value[0] } else { value }
}

/// Puts a value under its name into a list of names and values.
fn set_named(record: &mut Value, list: &str, name: &str, wanted: &Wanted) {
    let text = match wanted {
        Wanted::Text(text) | Wanted::Number(text) => text.clone(),
        Wanted::Bool(is) => is.to_string(),
        _ => ANYTHING.to_owned(),
    };
    let mut place = record;
    for part in list.split('.') {
        place = first(place);
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[part];
    }
    if !place.is_array() {
        *place = json!([]);
    }
    let member = if list.ends_with("modifiedProperties") {
        json!({"displayName": name, "oldValue": null, "newValue": json!(text).to_string()})
    } else {
        json!({"key": name, "value": text})
    };
    if let Value::Array(list) = place {
        list.push(member);
    }
}

/// Takes away what stands at a path.
pub(super) fn remove(record: &mut Value, path: &str) {
    for path in alternatives(path) {
        let path = path.strip_prefix(NAMED_IN).map_or(path, |path| path.split('|').next().unwrap_or(path));
        remove_at(record, &parts(path));
    }
}

fn remove_at(value: &mut Value, parts: &[&str]) {
    let Some((name, rest)) = parts.split_first() else { return };
    match value {
        Value::Array(list) => list.iter_mut().for_each(|member| remove_at(member, parts)),
        Value::Object(object) if rest.is_empty() => drop(object.remove(*name)),
        Value::Object(object) => {
            if let Some(member) = object.get_mut(*name) {
                remove_at(member, rest);
            }
        }
        _ => {}
    }
}

/// Puts a text where a search through all values finds it.
pub(super) fn keyword(record: &mut Value, log: LogType, text: &str) {
    let path = match log {
        LogType::CloudTrail => "requestParameters.description",
        LogType::ProcessCreation => "CommandLine",
        LogType::KubernetesAudit => "requestURI",
        LogType::GcpAudit => "protoPayload.request.description",
        _ => "properties.description",
    };
    let place = at(record, &parts(path), log, "");
    *place = match place.as_str().filter(|_| log != LogType::CloudTrail) {
        Some(before) => json!(format!("{before} {text}")),
        None => json!(text),
    };
}

/// What a record says in two places.
const TWICE: &[(LogType, &str, &str)] = &[
    (LogType::EntraSignIn, "resultType", "properties.status.errorCode"),
    (LogType::EntraSignIn, "callerIpAddress", "properties.ipAddress"),
    (LogType::EntraSignIn, "location", "properties.location.countryOrRegion"),
    (LogType::EntraAudit, "operationName", "properties.activityDisplayName"),
];

/// Calls of CloudTrail that succeed only where they say so.
const SAY_SO: &[&str] = &["ConsoleLogin", "SwitchRole", "CheckMfa"];

/// Lets the other place say it too, where only one is not as it was.
pub(super) fn agree(record: &mut Value, before: &Value, log: LogType) {
    let call = record["eventName"].as_str().unwrap_or_default();
    if let Some(call) = SAY_SO.iter().find(|name| **name == call) {
        let is_failed = record["errorMessage"].is_string();
        let place = at(record, &["responseElements", call], log, "");
        if place.is_null() && !is_failed {
            *place = json!("Success");
        }
    }
    for (_, one, other) in TWICE.iter().filter(|(of, ..)| *of == log) {
        let is_new = |record: &Value, path: &str| held(record, path) != held(before, path);
        for (said, unsaid) in [(one, other), (other, one)] {
            if !is_new(record, said) || is_new(record, unsaid) {
                continue;
            }
            let wanted = match held(record, said) {
                Value::String(text) => Wanted::Text(text.clone()),
                Value::Number(number) => Wanted::Number(number.to_string()),
                _ => continue,
            };
            set(record, unsaid, &wanted, Choosing { log, number: 0 });
        }
    }
}

/// RFC 7386 on an object, with `text` in the place of `{}`.
pub(super) fn merge(record: &mut Value, patch: &Value, text: &str) {
    match patch {
        Value::Object(members) => {
            if !record.is_object() {
                *record = Value::Object(Map::new());
            }
            for (name, member) in members {
                let name = name.replace("{}", text);
                if member.is_null() {
                    remove_at(record, &[&name]);
                } else {
                    merge(&mut record[name.as_str()], member, text);
                }
            }
        }
        Value::Array(list) => {
            let mut all = Vec::new();
            for member in list {
                let mut value = Value::Null;
                merge(&mut value, member, text);
                all.push(value);
            }
            *record = Value::Array(all);
        }
        Value::String(own) => *record = json!(own.replace("{}", text)),
        other => *record = other.clone(),
    }
}
