//! CloudEvents 1.0 in structured JSON mode.

use serde_json::Value;

/// What is wrong with an event, if anything.
pub(super) fn check(event: &Value) -> Result<(), String> {
    let Value::Object(attributes) = event else { return Err("not an object".to_owned()) };
    if attributes.get("specversion").and_then(Value::as_str) != Some("1.0") {
        return Err("specversion is not 1.0".to_owned());
    }
    for name in ["id", "source", "type"] {
        match attributes.get(name) {
            Some(Value::String(text)) if !text.is_empty() => {}
            _ => return Err(format!("{name} is missing or empty")),
        }
    }
    if attributes.contains_key("data") && attributes.contains_key("data_base64") {
        return Err("both data and data_base64".to_owned());
    }
    for (name, value) in attributes {
        if matches!(name.as_str(), "data" | "data_base64") {
            continue;
        }
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            return Err(format!("{name:?} is no attribute's name"));
        }
        match (name.as_str(), value) {
            ("time", Value::String(time)) if time.parse::<jiff::Timestamp>().is_err() => {
                return Err(format!("time {time:?} is not RFC 3339"));
            }
            (_, Value::String(text)) if text.is_empty() || text.chars().any(char::is_control) => {
                return Err(format!("{name} is empty or has control characters"));
            }
            (_, Value::String(_) | Value::Bool(_)) => {}
            (_, Value::Number(number)) if number.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) => {}
            _ => return Err(format!("{name} is of no CloudEvents type")),
        }
    }
    Ok(())
}
