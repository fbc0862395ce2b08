//! Ways to write values as text: a Java map, a table, compressed and encoded bytes.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

/// `{a=b, c=[d, e]}`, as a Java map or a row of Presto prints itself; nothing for what could not be told apart again.
pub(super) fn java(value: &Value) -> Option<String> {
    Some(match value {
        Value::Object(object) => {
            let members: Option<Vec<String>> =
                object.iter().map(|(name, value)| Some(format!("{name}={}", java(value)?))).collect();
            format!("{{{}}}", members?.join(", "))
        }
        Value::Array(list) => {
            let members: Option<Vec<String>> = list.iter().map(java).collect();
            format!("[{}]", members?.join(", "))
        }
        Value::String(text) => {
            // An empty one stands for itself alone in a list, where nothing tells it from an empty list.
            let is_plain = !text.is_empty() && !text.contains(['{', '}', '[', ']', ',', '\n']);
            let is_word = matches!(text.as_str(), "null" | "true" | "false");
            if !is_plain || is_word || text.trim() != text {
                return None;
            }
            text.clone()
        }
        other => other.to_string(),
    })
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Memory takes everything.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// RFC 4180, with a header; columns are all that any row has, in order of name.
pub(super) fn csv(rows: &[Value]) -> Vec<u8> {
    let columns = columns(rows);
    let mut text = line(columns.iter().map(String::as_str).map(str::to_owned));
    for row in rows {
        text += &line(columns.iter().map(|column| plain(&row[column])));
    }
    text.into_bytes()
}

/// All names that any of the rows has.
pub(super) fn columns(rows: &[Value]) -> Vec<String> {
    let mut columns: Vec<String> =
        rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys().cloned()).collect();
    columns.sort();
    columns.dedup();
    columns
}

/// A value as a table without types holds it.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let quoted = |cell: String| {
        if cell.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    };
    let cells: Vec<String> = cells.map(quoted).collect();
    cells.join(",") + "\r\n"
}
