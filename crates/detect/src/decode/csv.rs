//! Tables as text: a header, then a record a row, as portals, query tools and spreadsheets write them (RFC 4180, and
//! with semicolons or tabs between cells). Each row is handed out as a JSON object; empty cells are left out.

use trailhound_sigma::json::quote;

use super::decoded::{Decoded, Emit, Place, Record, SAMPLE};
use super::extent::trim;
use super::fault::Fault;
use super::rest::Rest;
use crate::tally::RejectReason;

/// No row is longer; a cell of Log Analytics holds 64 KiB.
const LONGEST_ROW: usize = 1 << 20;
/// Nor a header.
pub(super) const LONGEST_HEADER: usize = 64 << 10;
const MOST_COLUMNS: usize = 2_000;
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What a table's rows are cut by and called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    separator: u8,
    quote: u8,
    names: Vec<String>,
}

impl Header {
    /// The names on a table's first line; nothing for a line that is none.
    pub(super) fn of(line: &[u8]) -> Option<Self> {
        let quote = if is_in_single_quotes(line) { b'\'' } else { b'"' };
        let headers = SEPARATORS.iter().filter_map(|separator| Self::cut_by(*separator, quote, line));
        headers.max_by_key(|header| header.names.len())
    }

    fn cut_by(separator: u8, quote: u8, line: &[u8]) -> Option<Self> {
        let Cut::Row(end, names) = cut(line, separator, quote, Rest::Nothing) else { return None };
        let is_header = end == line.len()
            && (2..=MOST_COLUMNS).contains(&names.len())
            && names.iter().filter(|name| !name.trim().is_empty()).count() > 1
            && names.iter().all(|name| name.trim().is_empty() || is_name(name.trim()));
        let mut names: Vec<String> = names.iter().map(|name| column(name).to_owned()).collect();
        // Event Viewer names the columns that it shows, and writes the event's text behind them.
        if names.len() == 5 && names[1..] == ["Date and Time", "Source", "Event ID", "Task Category"] {
            names.push("Message".to_owned());
        }
        is_header.then_some(Self { separator, quote, names })
    }
}

/// A column's name; portals put the zone of its times behind it.
fn column(name: &str) -> &str {
    let name = name.trim();
    [" [UTC]", " (UTC)"].iter().find_map(|zone| name.strip_suffix(zone)).unwrap_or(name)
}

/// Does a line begin and end as one whose cells are in single quotes, as SQL's clients and Python's `csv` may write?
fn is_in_single_quotes(bytes: &[u8]) -> bool {
    let line = memchr::memchr(b'\n', bytes).map_or(bytes, |end| &bytes[..end]);
    let line = trim(line);
    line.len() > 2 && line.starts_with(b"'") && line.ends_with(b"'")
}

/// A line that says how the table is written and is none of its rows: Excel's `sep=;`, PowerShell's `#TYPE`.
pub(super) fn is_preamble(line: &[u8]) -> bool {
    let line = trim(line);
    line.starts_with(b"#TYPE ") || (line.len() == 5 && line.to_ascii_lowercase().starts_with(b"sep="))
}

/// Could be the name of a column: a few words, not of digits alone.
fn is_name(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '@' | '$' | '#' | '.'))
        && name.chars().all(|c| c.is_alphanumeric() || " _-.@$#/()[]{}?:".contains(c))
        // The names of claims are addresses; a word with a colon behind it begins a sentence.
        && (!name.contains(':') || !name.contains(' '))
        && name.split(' ').count() <= 8
}

/// What a row was cut into.
enum Cut {
    /// Up to behind its line break.
    Row(usize, Vec<String>),
    /// A quoted cell goes on behind the bytes.
    Open,
    /// The line does.
    More,
}

fn cut(bytes: &[u8], separator: u8, mark: u8, after: Rest) -> Cut {
    let (mut at, mut cells) = (0, Vec::new());
    loop {
        let mut cell = Vec::new();
        // Some write a space behind the separator.
        let spaces = bytes[at..].iter().take_while(|byte| **byte == b' ').count();
        if bytes.get(at + spaces) == Some(&mark) {
            at += spaces;
        }
        if bytes.get(at) == Some(&mark) {
            at += 1;
            loop {
                let Some(quote) = memchr::memchr(mark, &bytes[at..]) else { return Cut::Open };
                cell.extend_from_slice(&bytes[at..at + quote]);
                at += quote + 1;
                match bytes.get(at) {
                    Some(next) if *next == mark => {
                        cell.push(mark);
                        at += 1;
                    }
                    None if !after.is_nothing() => return Cut::More,
                    _ => break,
                }
            }
        }
        // What stands behind a closing quote belongs to the cell, wrong as it is.
        let rest = &bytes[at..];
        let Some(end) = memchr::memchr2(separator, b'\n', rest).or(after.is_nothing().then_some(rest.len()))
        else {
            return Cut::More;
        };
        let is_last = rest.get(end) != Some(&separator);
        let text =
            if is_last { rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]) } else { &rest[..end] };
        cell.extend_from_slice(text);
        cells.push(
            String::from_utf8(cell)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        );
        at += (end + 1).min(rest.len());
        if is_last {
            return Cut::Row(at, cells);
        }
    }
}

/// Reads row by row.
#[derive(Debug)]
pub(super) struct Csv {
    header: Header,
    limit: usize,
    /// The line that the bytes begin with, from 1.
    line: u64,
    /// The rest of the line is passed over.
    skipping: bool,
}

impl Csv {
    /// Behind the header; `line` is the next.
    pub(super) fn new(header: Header, limit: usize, line: u64) -> Self {
        Self { header, limit: limit.min(LONGEST_ROW), line, skipping: false }
    }

    pub(super) fn next_place(&self) -> Place {
        Place::Line(self.line)
    }

    /// Reads on and says how many bytes are done with.
    pub(super) fn run(&mut self, bytes: &[u8], after: Rest, emit: Emit<'_>) -> usize {
        let mut done = 0;
        while done < bytes.len() {
            let rest = &bytes[done..];
            if self.skipping {
                let Some(end) = memchr::memchr(b'\n', rest) else { return bytes.len() };
                self.skipping = false;
                self.line += 1;
                done += end + 1;
                continue;
            }
            // Some quote the cells alone and not the names.
            let quote = if is_in_single_quotes(rest) { b'\'' } else { self.header.quote };
            match cut(rest, self.header.separator, quote, after) {
                Cut::Row(end, cells) => {
                    self.row(&rest[..end], &cells, emit);
                    self.line += memchr::memchr_iter(b'\n', &rest[..end]).count() as u64;
                    done += end;
                }
                Cut::Open | Cut::More if !after.is_nothing() && rest.len() <= self.limit => return done,
                Cut::More => {
                    let detail = format!("a row of more than {} bytes", self.limit);
                    self.reject(RejectReason::TooLarge, &detail, &rest[..SAMPLE.min(rest.len())], emit);
                    self.skipping = true;
                }
                Cut::Open => {
                    let detail = "a quoted cell that does not end";
                    let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    self.reject(RejectReason::NotJson, detail, &rest[..line.min(SAMPLE)], emit);
                    self.skipping = true;
                }
            }
        }
        done
    }

    /// Reads to the end; gives back a fault that was not told.
    pub(super) fn finish(&mut self, bytes: &[u8], fault: Option<Fault>, emit: Emit<'_>) -> Option<Fault> {
        // A row that a fault cut off is told with it.
        let whole =
            if fault.is_some() { memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1) } else { bytes.len() };
        self.run(&bytes[..whole], Rest::Nothing, emit);
        fault
    }

    fn row(&mut self, bytes: &[u8], cells: &[String], emit: Emit<'_>) {
        let is_blank = cells.iter().all(|cell| cell.trim().is_empty());
        if is_blank || cells.iter().zip(&self.header.names).all(|(cell, name)| cell.trim() == name) {
            return;
        }
        if bytes.len() > self.limit {
            let detail = format!("a row of more than {} bytes", self.limit);
            return self.reject(RejectReason::TooLarge, &detail, &bytes[..SAMPLE.min(self.limit)], emit);
        }
        let columns = self.header.names.len();
        if cells.iter().skip(columns).any(|cell| !cell.trim().is_empty()) {
            let detail = format!("{} cells below {columns} columns", cells.len());
            return self.reject(RejectReason::NotJson, &detail, &bytes[..SAMPLE.min(bytes.len())], emit);
        }
        // Columns of a fixed width are filled up with white space.
        let named = self.header.names.iter().zip(cells.iter().map(|cell| cell.trim()));
        let mut object = String::from("{");
        for (name, cell) in named.filter(|(name, cell)| !name.is_empty() && !cell.is_empty()) {
            if object.len() > 1 {
                object.push(',');
            }
            quote(name, &mut object);
            object.push(':');
            quote(cell, &mut object);
        }
        object.push('}');
        let mut record = Record::anything(object.as_bytes(), self.next_place());
        record.is_mended = std::str::from_utf8(bytes).is_err();
        emit(Decoded::Record(record));
    }

    fn reject(&self, reason: RejectReason, detail: &str, bytes: &[u8], emit: Emit<'_>) {
        emit(Decoded::Reject { reason, detail, place: self.next_place(), bytes, at: None });
    }
}

#[cfg(test)]
mod tests;
