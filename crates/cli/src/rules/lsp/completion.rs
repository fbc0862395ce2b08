//! What may stand at a place: keys, fields and facts, modifiers, placeholders, levels, tags, rules.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use trailhound_detect::describe::attack;
use trailhound_detect::event::FieldMaps;
use trailhound_detect::matched::Level;
use trailhound_detect::rules::{PLACEHOLDERS, schema};
use trailhound_sigma::words;

use super::files::Files;
use super::hover::{described, part};
use super::place::{path_of, spot_of};
use super::placeholder;
use super::spot::{Context, context};

/// Kinds of the protocol.
const FIELD: u8 = 5;
const PROPERTY: u8 = 10;
const KEYWORD: u8 = 14;
const REFERENCE: u8 = 18;

pub(super) fn complete(files: &Files, params: &Value) -> Value {
    let path = path_of(&params["textDocument"]["uri"]);
    let text = path.as_deref().and_then(|path| files.text(path));
    let Some((text, spot)) = text.and_then(|text| Some((text, spot_of(text, &params["position"])?))) else {
        return json!([]);
    };
    let at = context(text, spot);
    let of_placeholder = placeholder::complete(files, text, spot, &at);
    Value::Array(of_placeholder.unwrap_or_else(|| candidates(files, &at)))
}

fn candidates(files: &Files, at: &Context<'_>) -> Vec<Value> {
    let plain = |words: &mut dyn Iterator<Item = String>, kind: u8| -> Vec<Value> {
        let unique: BTreeSet<String> = words.collect();
        unique.into_iter().map(|word| json!({"label": word, "kind": kind})).collect()
    };
    let own = at.before.trim_start_matches([' ', '-']);
    let is_value = own.rfind(": ").is_some_and(|colon| !own[colon..].contains([',', '{']));
    let key = own.split(':').next().unwrap_or_default();
    let within = |name: &str| at.keys.contains(&name);
    if own.starts_with("sentence") && own.rfind('{') > own.rfind('}') {
        let names = PLACEHOLDERS.iter().map(ToString::to_string);
        let fields = FieldMaps.names(&at.source).into_iter().filter(|name| !name.starts_with("n."));
        return plain(&mut names.chain(fields.map(str::to_owned)), FIELD);
    }
    if own.contains("attack.") && (within("tags") || key == "tags") {
        let techniques = attack::techniques().map(|one| format!("attack.{}", one.uid.to_ascii_lowercase()));
        return plain(&mut techniques.chain(attack::tactics().map(|name| format!("attack.{name}"))), KEYWORD);
    }
    if is_value && at.keys.is_empty() {
        return match key {
            "level" => plain(&mut Level::ALL.iter().map(ToString::to_string), KEYWORD),
            "status" => plain(&mut words::statuses().map(|status| status.as_str().to_owned()), KEYWORD),
            _ => Vec::new(),
        };
    }
    if within("correlation") {
        if key == "rules" || at.keys.last() == Some(&"rules") {
            return plain(&mut files.names().into_iter().map(str::to_owned), REFERENCE);
        }
        if key == "type" && is_value {
            return plain(&mut words::correlation_types().map(|kind| kind.as_str().to_owned()), KEYWORD);
        }
        if key == "group-by" || at.keys.last() == Some(&"group-by") {
            return plain(&mut FieldMaps.names(&at.source).into_iter().map(str::to_owned), FIELD);
        }
    }
    if within("detection") && at.keys.len() > 1 && !is_value {
        if own.contains('|') {
            return plain(&mut words::modifiers().map(str::to_owned), KEYWORD);
        }
        return plain(&mut FieldMaps.names(&at.source).into_iter().map(str::to_owned), FIELD);
    }
    if is_value {
        return Vec::new();
    }
    let schema = schema::rule();
    let properties = part(&schema, &at.keys).and_then(|part| part["properties"].as_object());
    let item = |name: &String| {
        let told = described(&schema, &at.keys, name).unwrap_or_default();
        json!({"label": name, "kind": PROPERTY, "documentation": told, "insertText": format!("{name}: ")})
    };
    properties.into_iter().flat_map(|all| all.keys().map(item)).collect()
}
