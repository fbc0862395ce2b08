//! Another name or id for a rule, in its own file and in all that name it: correlations, filters, tests.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailhound_sigma::yaml::{Yaml, parse};

use super::files::Files;
use super::place::{byte_of, path_of, range, spot_of, uri_of};
use super::spot::word;

/// Keys whose values are names of rules; `from` has a test's behind a slash.
const NAMING: [&str; 7] = ["name", "id", "rule", "rules", "needs", "replaces", "from"];

/// The word that would be renamed, where it is one that a rule at hand goes by.
pub(super) fn prepare(files: &Files, params: &Value) -> Option<Value> {
    let path = path_of(&params["textDocument"]["uri"])?;
    let text = files.text(&path)?;
    let spot = spot_of(text, &params["position"])?;
    let (old, bytes) = word(text, spot)?;
    is_own(files, old).then(|| json!({"range": range(text, spot.line, bytes), "placeholder": old}))
}

/// Is it declared in a file that can be changed?
fn is_own(files: &Files, name: &str) -> bool {
    files.declares(name).is_some_and(|(path, _)| files.text(path).is_some())
}

pub(super) fn rename(files: &Files, params: &Value) -> Result<Value, String> {
    let asked = || {
        let path = path_of(&params["textDocument"]["uri"])?;
        let text = files.text(&path)?;
        let (old, _) = word(text, spot_of(text, &params["position"])?)?;
        Some(old.to_owned())
    };
    let old = asked().filter(|old| is_own(files, old)).ok_or("no rule at hand goes by that word")?;
    let new = params["newName"].as_str().unwrap_or_default();
    let is_name = !new.is_empty() && new.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    if !is_name {
        return Err(format!("'{new}' is no name: write letters, digits, - and _"));
    }
    if let Some((path, _)) = files.declares(new) {
        return Err(format!("`{new}` is another rule's, in {path}"));
    }
    let mut changes: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (path, text) in files.all().filter(|(_, text)| text.contains(&old)) {
        let documents =
            parse(path, text).map_err(|wrong| format!("{path} cannot be read: mend it first: {wrong}"))?;
        let mut places = Vec::new();
        for document in &documents {
            named(document, &old, (&NAMING, false), &mut places);
        }
        let edits: Vec<Value> = places.into_iter().filter_map(|node| edit(text, node, &old, new)).collect();
        if !edits.is_empty() {
            changes.insert(uri_of(path), edits);
        }
    }
    Ok(json!({ "changes": changes }))
}

/// The scalars of a document that name a rule.
fn named<'d>(node: &'d Yaml, old: &str, (naming, is_naming): (&[&str], bool), places: &mut Vec<&'d Yaml>) {
    if let Some(entries) = node.as_map() {
        for (key, value) in entries {
            let key = key.text().unwrap_or_default();
            // What is searched for is no name.
            if key != "detection" && key != "event" && key != "merge" {
                // A name further in is a test's.
                named(value, old, (&NAMING[2..], naming.contains(&key)), places);
            }
        }
    } else if let Some(items) = node.as_seq() {
        for item in items {
            named(item, old, (&NAMING[2..], is_naming), places);
        }
    } else if is_naming
        && node.text().is_some_and(|text| {
            text == old || text.strip_prefix(old).is_some_and(|rest| rest.starts_with('/'))
        })
    {
        places.push(node);
    }
}

fn edit(text: &str, node: &Yaml, old: &str, new: &str) -> Option<Value> {
    let place = node.place();
    let line = place.line.checked_sub(1)?;
    let start = byte_of(text, line, place.column);
    let own = text.lines().nth(line)?;
    let start = start + own.get(start..)?.find(old)?;
    Some(json!({"range": range(text, line, start..start + old.len()), "newText": new}))
}
