//! Places and addresses as the protocol has them: lines from 0, columns in UTF-16 from 0, files as `file://`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::rules::found::Remark;

/// A place in a text: line and byte in it, both from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub(super) byte: usize,
}

/// The place that the protocol names.
pub(super) fn spot_of(text: &str, position: &Value) -> Option<Spot> {
    let line = usize::try_from(position["line"].as_u64()?).ok()?;
    let wanted = usize::try_from(position["character"].as_u64()?).ok()?;
    let own = text.lines().nth(line).unwrap_or_default();
    let mut units = 0;
    for (byte, character) in own.char_indices() {
        if units >= wanted {
            return Some(Spot { line, byte });
        }
        units += character.len_utf16();
    }
    Some(Spot { line, byte: own.len() })
}

/// From byte to byte in a line, as the protocol has it.
pub(super) fn range(text: &str, line: usize, bytes: std::ops::Range<usize>) -> Value {
    let own = text.lines().nth(line).unwrap_or_default();
    let units = |byte: usize| own.get(..byte).unwrap_or(own).encode_utf16().count();
    json!({
        "start": {"line": line, "character": units(bytes.start)},
        "end": {"line": line, "character": units(bytes.end)},
    })
}

/// The byte of a column that is counted in characters from 1.
pub(super) fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let own = text.lines().nth(line).unwrap_or_default();
    own.char_indices().nth(column.saturating_sub(1)).map_or(own.len(), |(byte, _)| byte)
}

/// What is told of a place, with the word that it is about.
pub(super) fn diagnostic(text: &str, told: &Remark) -> Value {
    let line = told.line.saturating_sub(1);
    let own = text.lines().nth(line).unwrap_or_default();
    let bytes = word_of(own, byte_of(text, line, told.column), &told.message);
    let severity = match told.severity {
        "error" => 1,
        "warning" => 2,
        _ => 3,
    };
    let help = told.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    json!({
        "range": range(text, line, bytes),
        "severity": severity,
        "source": "trailhound",
        "message": format!("{}{help}", told.message),
    })
}

/// The word that a message names in a line, at or behind a byte; else what begins there.
pub(super) fn word_of(line: &str, from: usize, message: &str) -> std::ops::Range<usize> {
    let quoted = message.split(['`', '\'']).skip(1).step_by(2).filter(|word| !word.is_empty());
    for word in quoted {
        let behind = line.get(from..).and_then(|rest| rest.find(word)).map(|at| at + from);
        if let Some(at) = behind.or_else(|| line.find(word)) {
            return at..at + word.len();
        }
    }
    let rest = line.get(from..).unwrap_or_default();
    let end = rest.find([' ', ',', ':', ']', '}', '|']).unwrap_or(rest.len());
    from..from + end.max(usize::from(!rest.is_empty()))
}

/// The path of a file's address.
pub(super) fn path_of(uri: &Value) -> Option<String> {
    let path = uri.as_str()?.strip_prefix("file://")?;
    let path = &path[path.find('/')?..];
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let coded = (*first == b'%').then(|| {
            tail.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok())
        });
        if let Some(byte) = coded.flatten() {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The address of a file.
pub(super) fn uri_of(path: &str) -> String {
    let mut uri = String::from("file://");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
