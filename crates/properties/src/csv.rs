use csv::ReaderBuilder;
use serde_json::{Map, Value};
use trailhound_detect::decode::Limits;
use trailhound_detect::tally::RejectReason;

use crate::parts::{Item, choice, decoded};

const COLUMNS: [&str; 4] = ["eventName", "eventSource", "userIdentity", "zz"];

/// Any bytes as the rows of a table, cut anywhere: the same rows, and those that the `csv` crate reads where both know
/// what a row is.
pub fn csv(bytes: &[u8]) {
    let (separator, bytes) = choice(bytes);
    let (cut, rows) = choice(bytes);
    let separator = b",;\t|"[separator % 4];
    let header = COLUMNS.join(&*char::from(separator).to_string());
    let table = [header.as_bytes(), b"\n", rows].concat();
    let limits = Limits { record: 64 << 10, ..Limits::default() };
    let whole = decoded(limits, table.len(), &table);
    assert_eq!(whole, decoded(limits, cut, &table), "in chunks of {cut}");
    // Text may have a mark of some archive at its place.
    let is_foreign = whole
        .iter()
        .any(|item| matches!(item, Item::Reject(_, reason) if *reason == RejectReason::ForeignForm.as_str()));
    if let Some(theirs) = theirs(separator, rows).filter(|_| !is_foreign) {
        let ours: Vec<Option<Value>> = whole
            .iter()
            .filter_map(|item| match item {
                Item::Record(_, bytes) => Some(serde_json::from_slice(bytes).ok()),
                Item::Reject(..) => Some(None),
                Item::Notice(_) => None,
            })
            .collect();
        // A quoted cell that does not end is a reject to us, and to them the rest of the text, or nothing where none follows.
        let is_cut = ours.len() == theirs.len() + 1 && ours.last() == Some(&None);
        let differs = ours.iter().zip(&theirs).position(|(ours, theirs)| ours != theirs);
        let is_longer = || (ours.len() != theirs.len() && !is_cut).then(|| theirs.len().saturating_sub(1));
        let is_open = |at: usize| ours.get(at) == Some(&None) && at + 1 == theirs.len();
        assert!(differs.or_else(is_longer).is_none_or(is_open), "{ours:?}\n{theirs:?}");
    }
}

/// The rows by the `csv` crate, with white space around a cell for none of it, where it has no other notion of them: a carriage return by itself ends a line for it.
/// Nothing stands for a row with more cells than columns.
fn theirs(separator: u8, rows: &[u8]) -> Option<Vec<Option<Value>>> {
    let text = std::str::from_utf8(rows).ok()?;
    let lone = text.bytes().enumerate().any(|(at, byte)| byte == b'\r' && rows.get(at + 1) != Some(&b'\n'));
    // White space before a quote is none to us, and the beginning of a bare cell to it.
    let is_space = |byte: u8| byte != separator && byte.is_ascii_whitespace() && byte != b'\n';
    let padded = rows.iter().enumerate().any(|(at, byte)| {
        let before = &rows[..at];
        let kept = before.iter().rposition(|byte| !is_space(*byte)).map_or(0, |last| last + 1);
        *byte == b'"'
            && kept < at
            && before[..kept].last().is_none_or(|last| [separator, b'\n'].contains(last))
    });
    // Behind words with commas a record is one, not a row.
    let is_record = rows.first() == Some(&b'{');
    // A mark of the order of bytes is theirs to leave out.
    let is_marked = text.starts_with('\u{feff}');
    // A line in single quotes is one of quoted cells to us.
    let in_quotes = text.lines().map(str::trim).any(|line| line.starts_with('\'') && line.ends_with('\''));
    if lone || padded || is_record || is_marked || in_quotes {
        return None;
    }
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(rows);
    let mut all = Vec::new();
    for record in reader.records() {
        let cells: Vec<String> = record.ok()?.iter().map(|cell| cell.trim().to_owned()).collect();
        let is_header = cells.iter().zip(COLUMNS).all(|(cell, name)| cell == name);
        if is_header || cells.iter().all(String::is_empty) {
            continue;
        }
        if cells.iter().skip(COLUMNS.len()).any(|cell| !cell.is_empty()) {
            all.push(None);
            continue;
        }
        let named = COLUMNS.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
        let row: Map<String, Value> = named.map(|(name, cell)| ((*name).to_owned(), cell.into())).collect();
        all.push(Some(Value::Object(row)));
    }
    Some(all)
}
