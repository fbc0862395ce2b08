//! Strings as JSON writes them, there and back.

use std::fmt::Write as _;

/// Resolves the escapes of a string that the parser accepted; a lone surrogate becomes U+FFFD.
pub(super) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = next_escape(rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let escape = rest.as_bytes()[at + 1];
        rest = &rest[at + 2..];
        match escape {
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'u' => {
                let (unit, after) = unit(rest);
                rest = after;
                let pair =
                    rest.strip_prefix("\\u").filter(|_| (0xD800..0xDC00).contains(&unit)).map(self::unit);
                match pair {
                    Some((low, after)) if (0xDC00..0xE000).contains(&low) => {
                        rest = after;
                        let code = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                        out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    _ => out.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)),
                }
            }
            other => out.push(char::from(other)),
        }
    }
    out.push_str(rest);
    out
}

/// Where the next backslash stands. In JSON within JSON it is near, and looking far ahead would cost more than it saves.
fn next_escape(bytes: &[u8]) -> Option<usize> {
    const NEAR: usize = 24;
    let near = &bytes[..bytes.len().min(NEAR)];
    let found = near.iter().position(|byte| *byte == b'\\');
    found.or_else(|| memchr::memchr(b'\\', &bytes[near.len()..]).map(|at| near.len() + at))
}

fn unit(digits: &str) -> (u32, &str) {
    let (digits, rest) = digits.split_at(4);
    (u32::from_str_radix(digits, 16).unwrap_or(0xFFFD), rest)
}

/// Appends a text as a JSON string, quotes included.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => _ = write!(out, "\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
}
