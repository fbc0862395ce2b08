//! The form of a tests file as a JSON Schema, for editors; of rules and of correlations.

use serde_json::{Value, json};

use super::{Expect, episodes, single};
use crate::rules::schema::{closed, headed, level, see};

/// The schema of a tests file.
pub fn tests() -> Value {
    let mut file = closed(single::FILE_KEYS, &|key| of_file(key, "test"));
    let mut episodes_file = closed(episodes::FILE_KEYS, &|key| of_file(key, "episode"));
    for file in [&mut file, &mut episodes_file] {
        file["required"] = json!(["rule"]);
    }
    let mut test = closed(single::KEYS, &of_test);
    test["required"] = json!(["name", "expect"]);
    test["anyOf"] = json!([
        {"required": ["raw"]},
        {"required": ["event"], "properties": {"from": false}},
        {"required": ["from"], "properties": {"event": false}},
    ]);
    let mut episode = closed(episodes::KEYS, &of_episode);
    episode["required"] = json!(["name", "expect", "events"]);
    let mut event = closed(episodes::EVENT_KEYS, &of_event);
    event["anyOf"] = json!([
        {"required": ["event"], "properties": {"from": false}},
        {"required": ["from"], "properties": {"event": false}},
    ]);
    let schema = json!({
        "anyOf": [file, episodes_file],
        "$defs": {
            "text": {"type": ["string", "number"]},
            "test": test,
            "episode": episode,
            "event": {"anyOf": [{"type": "string"}, event]},
        },
    });
    headed("tests.v1.json", "trailhound tests", "The tests beside a rule or a correlation.", schema)
}

fn of_file(key: &str, test: &str) -> Value {
    match key {
        "rule" => {
            json!({"type": "string", "minLength": 1, "description": "The rule or correlation that is tested."})
        }
        "tests" => json!({"type": "array", "items": see(test)}),
        _ => {
            json!({"type": "object", "additionalProperties": see("event"), "description": "Events by name."})
        }
    }
}

fn of_test(key: &str) -> Value {
    match key {
        "name" => json!({"type": ["string", "number", "boolean"], "description": "What it shows."}),
        "expect" => expected(&[Expect::Match, Expect::Attempt, Expect::None, Expect::Rejected]),
        "level" | "known" => level(),
        "raw" => json!({"type": ["string", "number"], "description": "The bytes of a record."}),
        "from" => json!({"type": ["string", "number"], "description": "The event of a test above."}),
        "merge" => json!({"description": "What differs from that (RFC 7386)."}),
        _ => json!({"description": "The record."}),
    }
}

fn of_episode(key: &str) -> Value {
    match key {
        "name" => json!({"type": ["string", "number"], "minLength": 1}),
        "expect" => expected(&[Expect::Match, Expect::None]),
        "level" => level(),
        "alerts" | "members" => json!({"type": "integer", "minimum": 0}),
        "ordered" => json!({"type": "boolean", "description": "The order in which they come matters."}),
        _ => json!({"type": "array", "items": see("event")}),
    }
}

fn of_event(key: &str) -> Value {
    match key {
        "from" => json!({"type": "string", "description": "An event above, or rule/test of another file."}),
        "after" => {
            json!({"type": "string", "pattern": "^(0s|0*[1-9][0-9]* *[smhd])$", "description": "As 5m."})
        }
        _ => json!(true),
    }
}

fn expected(all: &[Expect]) -> Value {
    json!({"enum": all.iter().map(|expect| expect.as_str()).collect::<Vec<_>>()})
}
