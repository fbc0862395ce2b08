//! JSON as nobody would write it by hand.

use std::fmt::Write as _;

use serde_json::Value;

/// JSON text with white space and, here and there, a character written as an escape.
pub(super) fn spell(value: &Value, seed: &mut u64, out: &mut String) {
    match value {
        Value::String(string) => quote(string, seed, out),
        Value::Array(members) => {
            out.push('[');
            for (n, member) in members.iter().enumerate() {
                out.push_str(if n > 0 { " ," } else { "" });
                spell(member, seed, out);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            out.push('{');
            for (n, (key, value)) in entries.iter().enumerate() {
                out.push_str(if n > 0 { "," } else { "" });
                quote(key, seed, out);
                out.push_str(": ");
                spell(value, seed, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn quote(text: &str, seed: &mut u64, out: &mut String) {
    let mut one_in = |n: u64| {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33).is_multiple_of(n)
    };
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '/' if one_in(8) => out.push_str("\\/"),
            c if u32::from(c) < 0x20 || (u32::from(c) < 0x1_0000 && one_in(200)) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
