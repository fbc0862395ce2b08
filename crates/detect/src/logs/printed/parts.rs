//! What the printed forms have in common: bare words and names, and where one member ends and another begins.

use trailhound_sigma::json::quote;

/// Deeper ones are kept as text.
pub(super) const MAX_DEPTH: usize = 16;

/// A bare word as JSON: what is no word for nothing, for yes or no and no number is text.
pub(super) fn word(text: &str) -> String {
    const NOTHING: [&str; 8] = ["null", "NULL", "None", "nil", "<nil>", "undefined", "NaN", "nan"];
    match text {
        _ if NOTHING.contains(&text) => "null".to_owned(),
        "true" | "True" | "TRUE" => "true".to_owned(),
        "false" | "False" | "FALSE" => "false".to_owned(),
        _ => quoted(text),
    }
}

/// Text as a JSON string.
pub(in crate::logs) fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    quote(text, &mut json);
    json
}

/// Cuts a text outside brackets where `cuts` says of what follows that another begins there; `cuts` gets the rest from
/// the separator on and says how long that is.
pub(super) fn parts<'t>(text: &'t str, cuts: &dyn Fn(&str) -> Option<usize>) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut skip) = (0, 0_i32, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = (depth - 1).max(0),
            b',' | b';' | b' ' if depth == 0 && at >= skip => {
                if let Some(length) = cuts(&text[at..]) {
                    parts.push(&text[start..at]);
                    start = at + length;
                    skip = start;
                }
            }
            _ => {}
        }
    }
    if !text[start..].trim().is_empty() {
        parts.push(&text[start..]);
    }
    parts
}

/// How long a bare name is that a text begins with; the names of claims are addresses.
pub(super) fn name_length(text: &str, ends: char) -> Option<usize> {
    let scheme =
        ["http://", "https://"].iter().find(|scheme| text.starts_with(**scheme)).map_or(0, |s| s.len());
    let is_of_name = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'-' | b'.' | b'$' | b'@' | b'#')
            || (scheme > 0 && *byte == b'/')
    };
    let length = scheme + text[scheme..].bytes().take_while(|byte| is_of_name(byte)).count();
    (length > scheme && text[length..].starts_with(ends)).then_some(length)
}
