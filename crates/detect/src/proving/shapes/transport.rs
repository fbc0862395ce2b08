//! How bytes travel, whatever the records: compressed, marked, encoded, set apart.
//!
//! - JSON Lines <https://jsonlines.org/>; text sequences, RFC 7464 <https://www.rfc-editor.org/rfc/rfc7464>.
//! - Concatenated: Firehose puts nothing between records, <https://docs.aws.amazon.com/firehose/latest/dev/create-destination.html>.
//! - Byte order marks and UTF-16: PowerShell's `Out-File`,
//!   <https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding>.
//! - Members of gzip one behind the other, RFC 1952 <https://www.rfc-editor.org/rfc/rfc1952>.
//! - Syslog: RFC 5424 <https://www.rfc-editor.org/rfc/rfc5424> and RFC 3164.

use serde_json::Value;

use super::form::{ANY, Shape, bytes, delivery};
use super::text::gzip;

pub(super) const SHAPES: &[Shape] = &[
    delivery("json-lines", ANY, |records| Some(lines(records, "", "\n"))),
    delivery("json-lines-crlf", ANY, |records| Some(lines(records, "", "\r\n"))),
    delivery("json-text-sequence", ANY, |records| Some(lines(records, "\u{1e}", "\n"))),
    delivery("concatenated", ANY, |records| Some(lines(records, "", ""))),
    delivery("pretty", ANY, |records| serde_json::to_vec_pretty(records).ok()),
    delivery("array", ANY, |records| bytes(&records.iter().cloned().collect())),
    delivery("gzip", ANY, |records| Some(gzip(&lines(records, "", "\n")))),
    delivery("gzip-twice", ANY, |records| Some(gzip(&gzip(&lines(records, "", "\n"))))),
    delivery("gzip-members", ANY, |records| {
        Some(records.iter().flat_map(|record| gzip(record.to_string().as_bytes())).collect())
    }),
    delivery("byte-order-mark", ANY, |records| {
        Some([b"\xef\xbb\xbf".to_vec(), lines(records, "", "\n")].concat())
    }),
    delivery("utf-16-little", ANY, |records| Some(utf_16(records, u16::to_le_bytes))),
    delivery("utf-16-big", ANY, |records| Some(utf_16(records, u16::to_be_bytes))),
    delivery("syslog-5424", ANY, |records| {
        Some(lines(records, "<134>1 2026-11-20T09:00:00Z collector shipper 4711 - - ", "\n"))
    }),
    delivery("syslog-3164", ANY, |records| {
        Some(lines(records, "<134>Nov 20 09:00:00 collector shipper[4711]: ", "\n"))
    }),
];

fn lines(records: &[Value], before: &str, after: &str) -> Vec<u8> {
    let lines: Vec<String> = records.iter().map(|record| format!("{before}{record}{after}")).collect();
    lines.concat().into_bytes()
}

fn utf_16(records: &[Value], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let text = String::from_utf8_lossy(&lines(records, "", "\r\n")).into_owned();
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
}
