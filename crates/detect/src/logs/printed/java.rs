//! `{a=b, c=[d, e], f={g=h}}`: how a Java map prints itself, which is what older integrations kept of CloudTrail's
//! parameters. A value with a comma cannot be told from two members; it is cut only where `name=` follows.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Document;

use super::parts::{MAX_DEPTH, quoted};

/// The map as a JSON object; nothing for other text.
pub(super) fn object(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    (inner.trim().is_empty() || begins_member(inner)).then(|| map(inner, 0))
}

/// The list as an array.
pub(super) fn list(text: &str) -> Option<String> {
    let text = text.trim();
    (text.starts_with('[') && text.ends_with(']')).then(|| value(text, 0))
}

fn value(text: &str, depth: usize) -> String {
    let text = text.trim();
    // Tables keep JSON in the values of a map.
    if text.starts_with(['{', '[', '"']) && Document::check(text).is_ok() {
        return text.to_owned();
    }
    let inside = |open: char, close: char| text.strip_prefix(open)?.strip_suffix(close);
    if depth < MAX_DEPTH {
        if let Some(inner) = inside('{', '}').filter(|inner| inner.is_empty() || inner.contains('=')) {
            return map(inner, depth + 1);
        }
        if let Some(inner) = inside('[', ']') {
            let members: Vec<_> = parts(inner, false).iter().map(|part| value(part, depth + 1)).collect();
            return format!("[{}]", members.join(","));
        }
    }
    if matches!(text, "null" | "true" | "false") { text.to_owned() } else { quoted(text) }
}

fn map(inner: &str, depth: usize) -> String {
    let members: Vec<_> = parts(inner, true)
        .iter()
        .filter_map(|part| part.split_once('='))
        .map(|(name, text)| format!("{}:{}", quoted(name.trim()), value(text, depth)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// Cuts at commas outside brackets; in a map only where a name and `=` follow.
fn parts(text: &str, is_map: bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_i32);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 && (!is_map || begins_member(&text[at + 1..])) => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !text[start..].trim().is_empty() {
        parts.push(&text[start..]);
    }
    parts
}

fn begins_member(rest: &str) -> bool {
    let rest = rest.trim_start();
    let name = rest
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':'))
        .count();
    name > 0 && rest[name..].starts_with('=')
}
