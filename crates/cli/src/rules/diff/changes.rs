//! What changed between two documents, key by key; lists of words are sets.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Something that changed.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Change {
    /// Where, as `detection.selection.eventName`.
    pub(super) at: String,
    /// What was there and is no more.
    pub(super) gone: Vec<Value>,
    /// What is there now.
    pub(super) added: Vec<Value>,
}

pub(super) fn between(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    compare("", old, new, &mut changes);
    changes
}

/// The same for what goes by names; of what changed only the name is told.
pub(super) fn of_named(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<Change> {
    let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
    let changes = names.filter(|name| old.get(*name) != new.get(*name)).map(|name| {
        let is = |side: &BTreeMap<String, String>| -> Vec<Value> {
            side.get(name).map(|_| Value::from(name.as_str())).into_iter().collect()
        };
        Change { at: name.clone(), gone: is(old), added: is(new) }
    });
    changes.collect()
}

fn compare(at: &str, old: &Value, new: &Value, changes: &mut Vec<Change>) {
    if old == new {
        return;
    }
    if let (Value::Object(before), Value::Object(after)) = (old, new) {
        let keys = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key)));
        for key in keys {
            let at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
            match (before.get(key), after.get(key)) {
                (Some(old), Some(new)) => compare(&at, old, new, changes),
                (old, new) => changes.push(Change { at, gone: one(old), added: one(new) }),
            }
        }
        return;
    }
    let (before, after) = (words(old), words(new));
    if let (Some(before), Some(after), true) = (before, after, old.is_array() || new.is_array()) {
        let missing = |of: &[Value], other: &[Value]| -> Vec<Value> {
            of.iter().filter(|value| !other.contains(value)).cloned().collect()
        };
        let (gone, added) = (missing(&before, &after), missing(&after, &before));
        // One value and a list of it are the same to rules.
        if !(gone.is_empty() && added.is_empty()) {
            changes.push(Change { at: at.to_owned(), gone, added });
        }
        return;
    }
    changes.push(Change { at: at.to_owned(), gone: one(Some(old)), added: one(Some(new)) });
}

fn one(value: Option<&Value>) -> Vec<Value> {
    value.cloned().into_iter().collect()
}

/// A value, or a list of such, that has no members.
fn words(value: &Value) -> Option<Vec<Value>> {
    let all = match value {
        Value::Array(all) => all.clone(),
        Value::Object(_) => return None,
        one => vec![one.clone()],
    };
    all.iter().all(|value| !value.is_object() && !value.is_array()).then_some(all)
}
