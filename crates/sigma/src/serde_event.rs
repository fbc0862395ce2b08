//! `serde_json` values as events, read as JSON bytes are.

use std::borrow::Cow;
use std::ops::ControlFlow;

use serde_json::Value as Json;

use crate::value::{Event, Field, Presence, Value};

/// Paths, nested and flat keys and arrays mean what they mean in [`json::Document`](crate::json::Document). Numbers
/// are seen as `serde_json` writes them.
///
/// ```
/// use trailhound_sigma::Engine;
///
/// let mut builder = Engine::builder();
/// builder.add("r.yml", "{title: r, logsource: {product: p}, detection: {s: {user.name: alice}, condition: s}}")?;
/// let event = serde_json::json!({"user": {"name": "Alice"}});
/// assert_eq!(builder.build()?.matching(&event).count(), 1);
/// # Ok::<_, trailhound_sigma::Diagnostics>(())
/// ```
impl Event for Json {
    fn values<'e>(&'e self, field: &Field, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) -> Presence {
        let found = field.paths.iter().map(|path| under(self, path, visit).0);
        found.into_iter().find(|presence| *presence != Presence::Absent).unwrap_or(Presence::Absent)
    }

    fn every_value<'e>(&'e self, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) {
        let _ = leaves(self, visit);
    }
}

type Visit<'v, 'e> = &'v mut dyn FnMut(Value<'e>) -> ControlFlow<()>;

/// Visits what stands under a path, and says whether it is there and whether the visitor has seen enough.
fn under<'e>(json: &'e Json, path: &str, visit: Visit<'_, 'e>) -> (Presence, ControlFlow<()>) {
    match json {
        Json::Array(members) => {
            let mut presence = Presence::Absent;
            for member in members {
                let (found, flow) = under(member, path, visit);
                if flow.is_break() {
                    return (Presence::Present, flow);
                }
                presence = more(presence, found);
            }
            (presence, ControlFlow::Continue(()))
        }
        Json::Object(entries) => {
            let rest_of = |key: &str| -> Option<Option<usize>> {
                let rest = path.strip_prefix(key)?;
                if rest.is_empty() { Some(None) } else { rest.starts_with('.').then(|| Some(key.len() + 1)) }
            };
            let mut steps: Vec<(&String, &'e Json, Option<usize>)> =
                entries.iter().filter_map(|(key, value)| Some((key, value, rest_of(key)?))).collect();
            // The longest key says most exactly what is meant.
            steps.sort_by_key(|(key, ..)| std::cmp::Reverse(key.len()));
            for (_, value, rest) in steps {
                let (presence, flow) = match rest {
                    None => flat(value, visit),
                    Some(at) => under(value, &path[at..], visit),
                };
                if presence != Presence::Absent {
                    return (presence, flow);
                }
            }
            (Presence::Absent, ControlFlow::Continue(()))
        }
        _ => (Presence::Absent, ControlFlow::Continue(())),
    }
}

/// Visits a value, or the members of an array one by one.
fn flat<'e>(json: &'e Json, visit: Visit<'_, 'e>) -> (Presence, ControlFlow<()>) {
    let Json::Array(members) = json else {
        let presence = if json.is_null() { Presence::Null } else { Presence::Present };
        return (presence, visit(value(json)));
    };
    let mut presence = Presence::Null;
    for member in members {
        let (found, flow) = flat(member, visit);
        if flow.is_break() {
            return (Presence::Present, flow);
        }
        presence = more(presence, found);
    }
    (presence, ControlFlow::Continue(()))
}

fn more(before: Presence, found: Presence) -> Presence {
    match (before, found) {
        (Presence::Present, _) | (_, Presence::Present) => Presence::Present,
        (Presence::Null, _) | (_, Presence::Null) => Presence::Null,
        _ => Presence::Absent,
    }
}

fn leaves<'e>(json: &'e Json, visit: Visit<'_, 'e>) -> ControlFlow<()> {
    match json {
        Json::Array(members) => members.iter().try_for_each(|member| leaves(member, visit)),
        Json::Object(entries) => entries.values().try_for_each(|value| leaves(value, visit)),
        _ => visit(value(json)),
    }
}

fn value(json: &Json) -> Value<'_> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(own) => Value::Bool(*own),
        Json::Number(number) => Value::Number(Cow::Owned(number.to_string())),
        Json::String(text) => Value::String(Cow::Borrowed(text)),
        Json::Array(_) | Json::Object(_) => Value::Object(Cow::Owned(json.to_string())),
    }
}

#[cfg(test)]
mod tests;
