//! The part of a rule file that is Sigma's.

use serde_json::{Map, Value, json};
use trailhound_sigma::{CorrelationKind, Status, words};

use super::form::{closed, level, one_or_many, properties, said, see};

/// A document of any kind.
pub(super) fn document() -> Value {
    let own = ["logsource", "detection", "correlation", "filter", "generate", "trailhound"];
    let keys = words::document_keys().iter().copied().chain(own);
    json!({
        "type": "object",
        "required": ["title"],
        "properties": properties(keys, &of_document),
        "oneOf": [
            {
                "required": ["logsource", "detection"],
                "properties": {
                    "detection": see("detection"), "trailhound": see("extension"), "correlation": false, "filter": false
                },
            },
            {
                "required": ["correlation"],
                "properties": {
                    "correlation": see("correlation"),
                    "trailhound": see("correlation_extension"),
                    "detection": false,
                    "filter": false
                },
            },
            {
                "required": ["logsource", "filter"],
                "properties": {"filter": see("filter"), "detection": false, "correlation": false},
            },
        ],
    })
}

fn of_document(key: &str) -> Value {
    match key {
        "title" => {
            json!({"type": ["string", "number"], "minLength": 1, "maxLength": 256, "description": "What it finds."})
        }
        "id" => said("text", "A UUID; `uuidgen` makes one."),
        "name" => said("text", "The name by which correlations, filters and suppressions know it."),
        "taxonomy" => json!({"const": "sigma"}),
        "status" => json!({"enum": words::statuses().map(Status::as_str).collect::<Vec<_>>()}),
        "level" => level(),
        "date" | "modified" => {
            json!({"type": "string", "pattern": "^[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}$", "description": "As 2026-11-20."})
        }
        "author" | "references" | "falsepositives" | "tags" | "fields" => {
            json!({"anyOf": [{"type": "null"}, see("texts")]})
        }
        "description" => see("text"),
        "logsource" => see("logsource"),
        "generate" => {
            json!({"type": "boolean", "description": "Do the rules a correlation looks at alert too?"})
        }
        "detection" | "correlation" | "filter" => json!({"type": "object"}),
        "trailhound" => {
            json!({"type": "object", "description": "What Sigma has no word for; docs/rules.md tells of it."})
        }
        // Sigma's own, which nothing here reads.
        _ => json!(true),
    }
}

pub(super) fn defs() -> Map<String, Value> {
    let text = json!({"type": ["string", "number"]});
    let defs = [
        ("texts", one_or_many(&text)),
        ("text", text),
        ("names", one_or_many(&json!({"type": "string"}))),
        ("value", json!({"type": ["string", "number", "boolean", "null"]})),
        ("logsource", logsource()),
        ("selection", selection()),
        ("detection", detection(&["condition"], "texts")),
        ("filter", filter()),
        ("correlation", correlation()),
    ];
    defs.into_iter().map(|(name, form)| (name.to_owned(), form)).collect()
}

fn logsource() -> Value {
    let named = words::log_source_keys().iter().filter(|key| **key != "definition");
    let named: Vec<Value> = named.map(|key| json!({"required": [key]})).collect();
    json!({
        "type": "object",
        "properties": properties(words::log_source_keys().iter().copied(), &|_| see("text")),
        "anyOf": named,
    })
}

/// What a selection looks for.
fn selection() -> Value {
    let modifiers: Vec<&str> = words::modifiers().collect();
    let modifiers = modifiers.join("|");
    let key = format!(r"^([^|]+(\|({modifiers}))*|(\|({modifiers}))+)$");
    let is_word = r"\|exists(\||$)";
    let comparison: Vec<&str> = words::comparisons().filter(|word| !word.ends_with("eq")).collect();
    let compared = format!(r"\|({})(\||$)", comparison.join("|"));
    let number = one_or_many(&json!({"anyOf": [
        {"type": "number"},
        // A field's name, where `fieldref` stands before it, or digits in quotes.
        {"type": "string"},
    ]}));
    let values = json!({"anyOf": [see("value"), {"type": "array", "minItems": 1, "items": see("value")}]});
    json!({"anyOf": [
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": key},
            "patternProperties": {
                is_word: {"type": "boolean"},
                compared: number,
                r"^(?!.*\|expand).*\|all(\||$)": {"type": "array", "minItems": 2},
            },
            "additionalProperties": values,
        },
        {"type": ["string", "number", "boolean"]},
        {
            "type": "array",
            "minItems": 1,
            "items": {"anyOf": [{"type": ["string", "number", "boolean"]}, see("selection")]},
        },
    ]})
}

/// Selections by name, beside these keys.
fn detection(beside: &[&str], conditions: &str) -> Value {
    json!({
        "type": "object",
        "required": beside,
        "minProperties": beside.len() + 1,
        "propertyNames": {
            "pattern": r"^[\p{L}\p{N}_.-]+$",
            "not": {"pattern": "^([aA][nN][dD]|[oO][rR]|[nN][oO][tT]|[oO][fF]|[tT][hH][eE][mM]|[aA][lL]{2}|[aA][nN][yY])$"},
        },
        "properties": {
            "condition": said(conditions, "Which selections have to match: `selection and not filter`."),
            "timeframe": false,
        },
        "additionalProperties": see("selection"),
    })
}

fn filter() -> Value {
    let mut filter = detection(&["rules", "condition"], "text");
    filter["properties"]["rules"] = json!({
        "anyOf": [{"type": ["string", "number"]}, {"type": "array", "minItems": 1, "items": {"type": ["string", "number"]}}],
        "description": "Names or ids of the rules it narrows, or `any`.",
    });
    filter
}

fn correlation() -> Value {
    let mut correlation = closed(words::correlation_keys().iter().copied(), &of_correlation);
    correlation["required"] = json!(["type", "rules"]);
    correlation["oneOf"] = json!([{"required": ["timespan"]}, {"required": ["timeframe"]}]);
    let kinds = |is: &dyn Fn(CorrelationKind) -> bool| -> Vec<&str> {
        words::correlation_types().filter(|kind| is(*kind)).map(CorrelationKind::as_str).collect()
    };
    let if_type = |types: Vec<&str>, then: Value| json!({"if": {"required": ["type"], "properties": {"type": {"enum": types}}}, "then": then});
    correlation["allOf"] = json!([
        if_type(
            kinds(&|kind| !kind.is_temporal()),
            json!({"required": ["condition"], "properties": {"condition": {"type": "object"}}}),
        ),
        if_type(
            kinds(&CorrelationKind::reads_field),
            json!({"properties": {"condition": {"required": ["field"]}}}),
        ),
        if_type(
            kinds(&|kind| !kind.reads_field()),
            json!({"properties": {"condition": {"properties": {"field": false}}}}),
        ),
        if_type(
            kinds(&|kind| kind != CorrelationKind::ValuePercentile),
            json!({"properties": {"condition": {"properties": {"percentile": false}}}}),
        ),
    ]);
    correlation
}

fn of_correlation(key: &str) -> Value {
    match key {
        "type" => {
            json!({"enum": words::correlation_types().map(CorrelationKind::as_str).collect::<Vec<_>>()})
        }
        "rules" => json!({
            "anyOf": [{"type": ["string", "number"]}, {"type": "array", "minItems": 1, "items": {"type": ["string", "number"]}}],
            "description": "Names or ids of the rules it looks at.",
        }),
        "group-by" => said("names", "Fields that keep groups apart."),
        "timespan" | "timeframe" => {
            json!({"type": "string", "pattern": "^0*[1-9][0-9]*[smhdwMy]$", "description": "As 90m."})
        }
        "condition" => {
            let mut compared: Map<String, Value> =
                properties(words::comparisons(), &|_| json!({"type": "number"}));
            compared.insert("field".to_owned(), see("names"));
            compared.insert("percentile".to_owned(), json!({"type": "number", "minimum": 0, "maximum": 100}));
            let any: Vec<Value> = words::comparisons().map(|word| json!({"required": [word]})).collect();
            json!({"anyOf": [
                {"type": "string"},
                {"type": "object", "additionalProperties": false, "properties": compared, "anyOf": any},
            ]})
        }
        "aliases" => json!({
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
        }),
        _ => json!({"type": "boolean"}),
    }
}
