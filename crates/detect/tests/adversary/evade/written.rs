//! A record as JSON, written in one of the ways that mean the same.

use std::fmt::Write as _;

use serde_json::Value;

use crate::random::Random;

/// In any order of keys, with space between, and with characters spelled.
pub(crate) fn written(value: &Value, random: &mut Random) -> String {
    let mut out = String::new();
    write(value, random, &mut out);
    out
}

fn write(value: &Value, random: &mut Random, out: &mut String) {
    match value {
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            random.shuffle(&mut entries);
            out.push('{');
            for (at, (key, value)) in entries.into_iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                space(random, out);
                text(key, random, out);
                space(random, out);
                out.push(':');
                space(random, out);
                write(value, random, out);
            }
            space(random, out);
            out.push('}');
        }
        Value::Array(members) => {
            out.push('[');
            for (at, member) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                space(random, out);
                write(member, random, out);
            }
            out.push(']');
        }
        Value::String(string) => text(string, random, out),
        other => out.push_str(&other.to_string()),
    }
}

fn space(random: &mut Random, out: &mut String) {
    if random.one_in(20) {
        out.push(*random.pick(&[' ', '\t', '\n']));
    }
}

fn text(string: &str, random: &mut Random, out: &mut String) {
    if !random.one_in(8) {
        out.push_str(&Value::from(string).to_string());
        return;
    }
    out.push('"');
    for unit in string.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte @ (b' '..=b'!' | b'#'..=b'[' | b']'..=b'~')) if !random.one_in(4) => {
                out.push(char::from(byte));
            }
            _ => write!(out, "\\u{unit:04X}").expect("text"),
        }
    }
    out.push('"');
}
