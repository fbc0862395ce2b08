//! Parts that schemas are put together from.

use serde_json::{Map, Value, json};

/// Where schemas are found.
const BASE: &str = "https://trailhound.dev/schema/";

/// A schema under its own address.
pub(crate) fn headed(name: &str, title: &str, description: &str, mut schema: Value) -> Value {
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["$id"] = format!("{BASE}{name}").into();
    schema["title"] = title.into();
    schema["description"] = description.into();
    schema
}

/// An object with these keys and no others.
pub(crate) fn closed<'k>(keys: impl IntoIterator<Item = &'k str>, form: &dyn Fn(&str) -> Value) -> Value {
    json!({"type": "object", "additionalProperties": false, "properties": properties(keys, form)})
}

/// The forms of keys.
pub(super) fn properties<'k>(
    keys: impl IntoIterator<Item = &'k str>,
    form: &dyn Fn(&str) -> Value,
) -> Map<String, Value> {
    keys.into_iter().map(|key| (key.to_owned(), form(key))).collect()
}

/// Something that is told elsewhere in the schema.
pub(crate) fn see(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

/// The same, with what it is for.
pub(super) fn said(name: &str, description: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}"), "description": description})
}

/// One, or several in a list.
pub(super) fn one_or_many(form: &Value) -> Value {
    json!({"anyOf": [form, {"type": "array", "items": form}]})
}

/// The levels.
pub(crate) fn level() -> Value {
    json!({"enum": trailhound_sigma::Level::ALL.map(trailhound_sigma::Level::as_str)})
}
