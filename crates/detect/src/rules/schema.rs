//! The form of a rule file as a JSON Schema, for editors: every list of words and keys in it is the reader's own.
//!
//! It says what can be said of one document by its form. Whether a field exists, a condition holds together or a name is
//! taken, `rules check` alone can say.

mod extension;
mod sigma;

use serde_json::{Map, Value, json};

/// Where schemas are found.
const BASE: &str = "https://trailhound.dev/schema/";

/// The schema of a document in a rule file: a rule, a correlation or a filter.
pub fn rule() -> Value {
    let mut schema = sigma::document();
    schema["$defs"] = defs();
    headed(
        "rule.v1.json",
        "trailhound rule",
        "A Sigma rule, correlation or filter, with what `trailhound:` adds.",
        schema,
    )
}

/// A schema under its own address.
pub(crate) fn headed(name: &str, title: &str, description: &str, mut schema: Value) -> Value {
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["$id"] = format!("{BASE}{name}").into();
    schema["title"] = title.into();
    schema["description"] = description.into();
    schema
}

fn defs() -> Value {
    let mut defs = sigma::defs();
    defs.extend(extension::defs());
    Value::Object(defs)
}

/// An object with these keys and no others.
pub(crate) fn closed<'k>(keys: impl IntoIterator<Item = &'k str>, form: &dyn Fn(&str) -> Value) -> Value {
    json!({"type": "object", "additionalProperties": false, "properties": properties(keys, form)})
}

/// The forms of keys.
fn properties<'k>(
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
fn said(name: &str, description: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}"), "description": description})
}

/// One, or several in a list.
fn one_or_many(form: &Value) -> Value {
    json!({"anyOf": [form, {"type": "array", "items": form}]})
}

/// The levels.
pub(crate) fn level() -> Value {
    json!({"enum": trailhound_sigma::Level::ALL.map(trailhound_sigma::Level::as_str)})
}
