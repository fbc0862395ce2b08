//! The `trailhound:` mapping of rules and of correlations.

use serde_json::{Map, Value, json};

use super::super::baseline::FirstFact;
use super::super::bounds::MOST_EVENTS;
use super::super::takes::Takes;
use super::super::{adjust, baseline, extension, known};
use super::form::{closed, level, said, see};

pub(super) fn defs() -> Map<String, Value> {
    let facts = json!({"enum": FirstFact::WORDS.map(|(word, _)| word)});
    let mut adjustment = closed(adjust::KEYS, &of_adjustment);
    adjustment["anyOf"] = json!([{"required": ["when"]}, {"required": ["unless"]}]);
    adjustment["dependentRequired"] = json!({"level": ["because"]});
    let effects = adjust::KEYS.into_iter().filter(|key| !["when", "unless", "because"].contains(key));
    let effects: Vec<Value> = effects.map(|key| json!({"required": [key]})).collect();
    adjustment["allOf"] = json!([{"anyOf": effects}]);
    let mut baseline = closed(baseline::KEYS, &of_baseline);
    baseline["required"] = json!(["first"]);
    let mut habit = closed(known::KEYS, &of_habit);
    habit["required"] = json!(["known"]);
    let steps = json!({"enum": ["+1", "+2", "+3", "+4", "-1", "-2", "-3", "-4", 1, 2, 3, 4, -1, -2, -3, -4]});
    let defs = [
        ("extension", closed(extension::KEYS, &of_rule)),
        ("correlation_extension", closed(extension::CORRELATION_KEYS, &of_correlation)),
        ("level_change", json!({"anyOf": [level(), steps]})),
        ("span", json!({"type": "string", "pattern": "^0*[1-9][0-9]* *[smhd]$", "description": "As 30d."})),
        (
            "facts",
            json!({"anyOf": [&facts, {"type": "array", "minItems": 1, "items": &facts}], "description": "Facts that are taken together."}),
        ),
        ("adjustment", adjustment),
        ("baseline", baseline),
        ("habit", habit),
    ];
    defs.into_iter().map(|(name, form)| (name.to_owned(), form)).collect()
}

fn of_rule(key: &str) -> Value {
    match key {
        "attempt" => said_bool("Do denied and failed calls count? Without it they become attempts."),
        "adjust" => {
            json!({"type": "array", "items": see("adjustment"), "description": "What changes the level, in order."})
        }
        "baseline" => json!({
            "type": "array",
            // Told apart as the reader does.
            "items": {"if": {"required": ["known"]}, "then": see("habit"), "else": see("baseline")},
            "description": "What newness and habit do, where there is memory.",
        }),
        "require_first" => json!({
            "anyOf": [{"type": "boolean"}, level()],
            "description": "Context only, or no more than this level, unless something is new.",
        }),
        "actor" | "target" | "object" => {
            said("texts", "The field that names it; of several the first that is there.")
        }
        _ => shared(key),
    }
}

fn of_correlation(key: &str) -> Value {
    match key {
        "takes" => json!({"enum": Takes::WORDS.map(|(word, _)| word), "description": "Which matches count."}),
        "least" => level(),
        "needs" => said("names", "Rules of which one at least must be among what is counted."),
        _ => shared(key),
    }
}

/// What both have.
fn shared(key: &str) -> Value {
    match key {
        "enabled" => said_bool("false: switched off."),
        "shadow" => said_bool("true: evaluated, remembered and counted, and alerts nobody."),
        "alone" => said_bool("false: raises no alert and only serves correlations."),
        "show" => said("names", "Raw fields that a finding may carry."),
        "catalogue" => said("text", "Its number in a catalogue."),
        "family" => said("text", "The action family for baselines and correlations."),
        "replaces" => said("text", "The shipped rule whose place it takes."),
        "sentence" => said("text", "The message, as {actor} did {action} on {target}."),
        _ => see("text"),
    }
}

fn of_adjustment(key: &str) -> Value {
    match key {
        "when" | "unless" => see("selection"),
        "level" => see("level_change"),
        "tags" => see("names"),
        _ => see("text"),
    }
}

fn of_baseline(key: &str) -> Value {
    match key {
        "first" => see("facts"),
        "when" | "unless" => see("selection"),
        "enough" => json!({"type": "integer", "minimum": 0, "maximum": MOST_EVENTS}),
        "level" => level(),
        _ => see("span"),
    }
}

fn of_habit(key: &str) -> Value {
    match key {
        "known" => see("facts"),
        _ => see("selection"),
    }
}

fn said_bool(description: &str) -> Value {
    json!({"type": "boolean", "description": description})
}
