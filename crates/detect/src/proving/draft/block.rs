//! JSON as YAML in blocks, as people write tests.

use std::fmt::Write;

use serde_json::Value;

/// A value below a key, at a depth: behind the key where it is one, else on lines of its own.
pub(super) fn below(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            out.push('\n');
            for (key, value) in members {
                let _ = write!(out, "{}{}:", "  ".repeat(depth), scalar(key));
                below(value, depth + 1, out);
            }
        }
        // A list of several lines is easier to read in its own brackets than dash by dash.
        Value::Object(_) | Value::Array(_) | Value::Bool(_) | Value::Number(_) | Value::Null => {
            let _ = writeln!(out, " {value}");
        }
        Value::String(text) => {
            let _ = writeln!(out, " {}", scalar(text));
        }
    }
}

/// A text, in quotes where YAML would take it for anything else.
pub(super) fn scalar(text: &str) -> String {
    let starts = text.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    let is_plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '@' | '+' | ' ' | ',' | '|')
    };
    let is_word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    if starts && text.chars().all(is_plain) && !is_word && !text.ends_with(' ') {
        return text.to_owned();
    }
    serde_json::to_string(text).unwrap_or_default()
}
