//! What a word in a rule means: ATT&CK, a field, a fact, a key, another rule.

use serde_json::{Value, json};
use trailhound_detect::describe::attack;
use trailhound_detect::event::FieldMaps;
use trailhound_detect::rules::{log_source_name, schema};
use trailhound_sigma::FieldMap as _;

use super::files::Files;
use super::place::{path_of, range, spot_of};
use super::spot::{Context, context, key, word};

pub(super) fn hover(files: &Files, params: &Value) -> Option<Value> {
    let path = path_of(&params["textDocument"]["uri"])?;
    let text = files.text(&path)?;
    let spot = spot_of(text, &params["position"])?;
    let (word, bytes) = word(text, spot)?;
    let context = context(text, spot);
    let line = text.lines().nth(spot.line)?;
    let is_key = key(line).is_some_and(|key| key.split('|').next() == Some(word));
    let told = attack(word)
        .or_else(|| {
            field(word, &context).filter(|_| context.keys.contains(&"detection") || word.starts_with("n."))
        })
        .or_else(|| rule(files, word).filter(|_| !is_key))
        .or_else(|| described(&schema::rule(), &context.keys, word).filter(|_| is_key))?;
    Some(json!({"contents": {"kind": "markdown", "value": told}, "range": range(text, spot.line, bytes)}))
}

fn attack(word: &str) -> Option<String> {
    let tag = word.strip_prefix("attack.")?;
    if let Some(tactic) = attack::tactic(tag) {
        return Some(format!("**{}**, tactic {} of ATT&CK", tactic.name, tactic.uid));
    }
    let uid = tag.to_ascii_uppercase();
    let technique = attack::technique(&uid)?;
    let page = uid.replace('.', "/");
    Some(format!(
        "**{}** {}: {}\n\n<https://attack.mitre.org/techniques/{page}/>",
        technique.name,
        technique.uid,
        technique.tactics.join(", ")
    ))
}

fn field(word: &str, context: &Context<'_>) -> Option<String> {
    let paths = FieldMaps.resolve(&context.source, word).ok()?;
    if word.starts_with("n.") {
        return Some(format!(
            "`{word}`: a fact, the same of every log ([facts](https://github.com/trailhound/trailhound/blob/main/docs/rules.md))"
        ));
    }
    let held = FieldMaps.closed(&context.source, word);
    let held = held.map(|held| format!("\n\nIt is one of {}.", held.join(", "))).unwrap_or_default();
    Some(format!(
        "`{word}` of {}: read from `{}`{held}",
        log_source_name(&context.source),
        paths.join("`, `")
    ))
}

fn rule(files: &Files, word: &str) -> Option<String> {
    let (path, text) = files.declares(word)?;
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.trim_end() == format!("name: {word}"))?;
    let start = lines[..at].iter().rposition(|line| line.trim_end() == "---").map_or(0, |end| end + 1);
    let of =
        |name: &str| lines[start..].iter().find_map(|line| line.strip_prefix(name)).map_or("", str::trim);
    Some(format!("**{}**, {}\n\n{path}", of("title:"), of("level:")))
}

/// What the published schema says of a key, in the part that leads there or, where none says more, in any.
pub(super) fn described(schema: &Value, keys: &[&str], word: &str) -> Option<String> {
    let part = part(schema, keys)?;
    let of = |property: &Value| {
        let own = property["description"].as_str();
        let named = property["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/"));
        own.or_else(|| schema["$defs"][named?]["description"].as_str()).map(str::to_owned)
    };
    of(&part["properties"][word])
}

/// The part of the schema that the keys lead to.
pub(super) fn part<'s>(schema: &'s Value, keys: &[&str]) -> Option<&'s Value> {
    let is_correlation = keys.contains(&"correlation");
    let name = match keys {
        [] => return Some(schema),
        ["trailhound"] => "extension",
        ["trailhound", "adjust"] => "adjustment",
        ["trailhound", "baseline"] => "baseline",
        ["detection"] => "detection",
        ["logsource"] => "logsource",
        ["filter"] => "filter",
        _ if is_correlation => "correlation",
        _ => return None,
    };
    Some(&schema["$defs"][name])
}
