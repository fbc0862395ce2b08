//! The remedies that are told with what is wrong, as edits.

use serde_json::{Value, json};

use super::files::Files;
use super::place::{path_of, range, spot_of, uri_of};

pub(super) fn actions(files: &Files, params: &Value) -> Value {
    let Some(path) = path_of(&params["textDocument"]["uri"]) else { return json!([]) };
    let Some(text) = files.text(&path) else { return json!([]) };
    let told = params["context"]["diagnostics"].as_array().cloned().unwrap_or_default();
    told.iter().filter_map(|told| action(&path, text, told)).collect()
}

fn action(path: &str, text: &str, told: &Value) -> Option<Value> {
    let message = told["message"].as_str()?;
    let (wrong, help) = message.split_once("\nhelp: ").unwrap_or((message, ""));
    let start = spot_of(text, &told["range"]["start"])?;
    let line = text.lines().nth(start.line)?;
    let end = spot_of(text, &told["range"]["end"]).filter(|end| end.line == start.line)?;
    let (title, bytes, new) = if let Some(meant) = meant(help) {
        (format!("write {meant}"), start.byte..end.byte, meant)
    } else if wrong.starts_with("its id `") {
        let at = text.lines().position(|line| line.starts_with("id:") && wrong.contains(line[3..].trim()))?;
        let own = text.lines().nth(at)?;
        let new = uuid::Uuid::new_v4().to_string();
        return Some(edit(path, text, told, ("give it an id of its own".to_owned(), at, 4..own.len(), new)));
    } else if let Some(added) = help.strip_prefix("add `").and_then(|rest| rest.strip_suffix('`')) {
        (format!("add {added}"), 0..0, format!("{added}\n"))
    } else if help == "put it in quotes" {
        let quoted = format!("\"{}\"", line.get(start.byte..end.byte)?);
        ("put it in quotes".to_owned(), start.byte..end.byte, quoted)
    } else {
        return None;
    };
    Some(edit(path, text, told, (title, start.line, bytes, new)))
}

/// What a remedy says was meant.
fn meant(help: &str) -> Option<String> {
    let rest = help.strip_prefix("did you mean ")?;
    let quote = rest.chars().next().filter(|first| ['`', '\''].contains(first));
    match quote {
        Some(quote) => rest[1..].split(quote).next().map(str::to_owned),
        None => rest.split('?').next().map(str::to_owned),
    }
}

fn edit(
    path: &str,
    text: &str,
    told: &Value,
    (title, line, bytes, new): (String, usize, std::ops::Range<usize>, String),
) -> Value {
    json!({
        "title": title,
        "kind": "quickfix",
        "diagnostics": [told],
        "isPreferred": true,
        "edit": {"changes": {uri_of(path): [{"range": range(text, line, bytes), "newText": new}]}},
    })
}
