//! Records to facts, for tests.

use serde_json::{Value, json};

use super::{Event, Facts, LogType, Reader, Unreadable};

/// Reads one record that holds one event.
pub(crate) fn with<T>(record: &str, look: impl FnOnce(&Event<'_>) -> T) -> Result<T, Unreadable> {
    let mut look = Some(look);
    let mut answer = None;
    Reader::default().read(record.as_bytes(), &mut |event| {
        let look = look.take().expect("one event a record");
        answer = Some(event.map(look));
    });
    answer.expect("a record holds an event")
}

/// The log type and facts of one record.
pub(crate) fn read(record: &Value) -> (LogType, Facts) {
    with(&record.to_string(), |event| (event.log(), event.facts().clone()))
        .unwrap_or_else(|error| panic!("{error:?}: {record}"))
}

/// The facts of one record.
pub(crate) fn facts(record: &Value) -> Facts {
    read(record).1
}

/// `base` with `patch` merged into it, `null` removing (RFC 7386).
pub(crate) fn merged(base: &Value, patch: &Value) -> Value {
    let mut base = base.clone();
    merge(&mut base, patch);
    base
}

fn merge(base: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *base = patch.clone();
        return;
    };
    if !base.is_object() {
        *base = Value::Object(serde_json::Map::new());
    }
    let Some(base) = base.as_object_mut() else { return };
    for (key, value) in patch {
        if value.is_null() {
            base.remove(key);
        } else {
            merge(base.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// The same document with every key written out in full.
fn dotted(value: &Value) -> Value {
    fn walk(value: &Value, path: &str, out: &mut serde_json::Map<String, Value>) {
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    walk(value, &path, out);
                }
            }
            other => {
                out.insert(path.to_owned(), other.clone());
            }
        }
    }
    let mut out = serde_json::Map::new();
    walk(value, "", &mut out);
    Value::Object(out)
}

/// A document of Elastic's as it may come: nested, with dotted keys, as a search returns it.
pub(crate) fn in_every_cut(document: &Value) -> [Value; 3] {
    [document.clone(), dotted(document), json!({"_index": "logs", "_id": "1", "_source": document})]
}
