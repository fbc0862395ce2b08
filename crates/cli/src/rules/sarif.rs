//! SARIF 2.1.0, the form in which code hosts take what a checker found.

use std::fmt::Write;

use serde_json::{Value, json};

use super::found::{File, Found};

pub(super) fn of(found: &Found) -> Value {
    let results: Vec<Value> = found.files.iter().flat_map(results).collect();
    let rules = [
        ("error", "A rule that cannot be used as it is written"),
        ("warning", "A rule that may not be as its author meant it"),
        ("note", "Something worth knowing of a rule"),
        ("outside", "A rule about a log that trailhound does not read"),
    ];
    let rules = rules.map(|(id, text)| json!({"id": id, "shortDescription": {"text": text}}));
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "trailhound",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn results(file: &File) -> Vec<Value> {
    let result = |id: &str, level: &str, text: &str, line: usize, column: usize| {
        json!({
            "ruleId": id,
            "level": level,
            "message": {"text": text},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": uri(&file.path)},
                "region": {"startLine": line, "startColumn": column},
            }}],
        })
    };
    let told = file.diagnostics.iter().map(|told| {
        let help = told.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
        let text = format!("{}{help}", told.message);
        result(told.severity, told.severity, &text, told.line, told.column)
    });
    let outside = file
        .outside
        .iter()
        .map(|outside| result("outside", "none", &format!("{}: {}", outside.rule, outside.reason), 1, 1));
    told.chain(outside).collect()
}

/// A path as a reference: separators forward, what a URI has no room for escaped.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
