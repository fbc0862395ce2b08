//! Times, addresses and answers as logs write them.

use serde_json::Value;

/// A moment in milliseconds, as logs write them.
pub(crate) fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    if !(10..=40).contains(&text.len()) || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Ok(number) = text.parse::<i64>() {
        return Some(if text.len() < 12 { number.saturating_mul(1_000) } else { number });
    }
    let zoned = text.parse::<jiff::Timestamp>();
    let local = || {
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp())
    };
    zoned.ok().or_else(local).map(jiff::Timestamp::as_millisecond)
}

/// Does a Kubernetes answer in it say that it was refused?
pub(crate) fn is_refused(value: &Value, depth: usize) -> bool {
    match value {
        Value::Object(all) => all.iter().any(|(key, value)| {
            let is_error = || value["code"].as_i64().is_some_and(|code| code >= 400);
            (key == "responseStatus" && is_error()) || is_refused(value, depth)
        }),
        Value::String(text) if depth < 3 && text.trim_start().starts_with('{') => {
            serde_json::from_str::<Value>(text).is_ok_and(|inner| is_refused(&inner, depth + 1))
        }
        _ => false,
    }
}

/// An IPv4 address by the rules of `inet_aton`: one to four numbers, each decimal, octal or hexadecimal.
pub(crate) fn number(text: &str) -> Option<u32> {
    let part = |part: &str| match part.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None if part.len() > 1 && part.starts_with('0') => u32::from_str_radix(part, 8).ok(),
        None => part.parse().ok(),
    };
    let parts: Vec<u32> = text.split('.').map(part).collect::<Option<_>>()?;
    let (last, heads) = parts.split_last().filter(|(_, heads)| heads.len() < 4)?;
    let head = heads.iter().enumerate().map(|(at, part)| part.checked_shl(24 - 8 * u32::try_from(at).ok()?));
    head.sum::<Option<u32>>()?.checked_add(*last)
}
