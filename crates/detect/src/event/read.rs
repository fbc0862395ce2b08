//! Bytes of one record to events: UTF-8, JSON or XML, wrappers taken off, odd shapes rewritten.
//!
//! The ordinary CloudTrail and Event Hub record costs one tape and a few key look-ups; nothing is copied.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Document, JsonError, Scratch};

use super::shape::{self, Shape, xml};
use super::{Event, LogType};
use crate::decode::Record;
use crate::tally::RejectReason;

/// How many wrappers are taken off before giving up.
const MAX_WRAPPERS: usize = 4;

/// A record that cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Why.
    pub reason: RejectReason,
    /// What exactly, for people.
    pub detail: String,
}

impl Unreadable {
    fn new(reason: RejectReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }

    fn unknown() -> Self {
        Self::new(RejectReason::UnknownRecord, "JSON of a kind that no log we know has")
    }
}

impl From<JsonError> for Unreadable {
    fn from(error: JsonError) -> Self {
        let reason = match error {
            JsonError::Truncated => RejectReason::Truncated,
            JsonError::TooDeep(_) => RejectReason::TooDeep,
            JsonError::TooLong => RejectReason::TooLarge,
            JsonError::Unexpected(_) | JsonError::Trailing(_) => RejectReason::NotJson,
        };
        Self::new(reason, error.to_string())
    }
}

/// Reads one record; see [`Reader`], which keeps its memory between records.
pub fn read(record: &Record<'_>, visit: &mut dyn FnMut(Result<&Event<'_>, Unreadable>)) {
    Reader::default().read(record.bytes, visit);
}

/// Reads records one after another in the same memory.
#[derive(Debug, Default)]
pub struct Reader {
    scratch: Scratch,
}

impl Reader {
    /// Visits the events of a record: nearly always one; several for a table, none for an empty one.
    pub fn read(&mut self, record: &[u8], visit: &mut dyn FnMut(Result<&Event<'_>, Unreadable>)) {
        match std::str::from_utf8(record) {
            Ok(text) => self.read_text(text, record, 0, visit),
            Err(error) => {
                let detail = format!("not UTF-8 at byte {}", error.valid_up_to());
                visit(Err(Unreadable::new(RejectReason::BadUtf8, detail)));
            }
        }
    }

    fn read_text(
        &mut self,
        text: &str,
        raw: &[u8],
        wrappers: usize,
        visit: &mut dyn FnMut(Result<&Event<'_>, Unreadable>),
    ) {
        if wrappers > MAX_WRAPPERS {
            return visit(Err(Unreadable::new(RejectReason::TooDeep, "a record inside too many others")));
        }
        if xml::is_xml(text) {
            return match xml::record(text) {
                Some(record) => self.read_text(&record, raw, wrappers + 1, visit),
                None => visit(Err(Unreadable::new(
                    RejectReason::NotJson,
                    "neither JSON nor a Windows event in XML",
                ))),
            };
        }
        let document = match Document::parse_reusing(text, std::mem::take(&mut self.scratch)) {
            Ok(document) => document,
            Err(error) => return visit(Err(error.into())),
        };
        match shape::of(document.root()) {
            Some(Shape::As(log)) => self.yield_event(log, document, raw, visit),
            Some(Shape::Like(log, rewrite)) => {
                let text = rewrite(document.root());
                match Document::parse_reusing(&text, document.into_scratch()) {
                    Ok(document) => self.yield_event(log, document, raw, visit),
                    Err(error) => visit(Err(error.into())),
                }
            }
            Some(Shape::Around(inner)) => {
                let inner = inner.into_owned();
                self.scratch = document.into_scratch();
                self.read_text(&inner, raw, wrappers + 1, visit);
            }
            Some(Shape::Rows(rows)) => {
                self.scratch = document.into_scratch();
                for row in rows {
                    self.read_text(&row, raw, wrappers + 1, visit);
                }
            }
            None => {
                self.scratch = document.into_scratch();
                visit(Err(Unreadable::unknown()));
            }
        }
    }

    fn yield_event(
        &mut self,
        log: LogType,
        document: Document<'_>,
        raw: &[u8],
        visit: &mut dyn FnMut(Result<&Event<'_>, Unreadable>),
    ) {
        let event = Event::new(log, document, raw);
        visit(Ok(&event));
        self.scratch = event.into_scratch();
    }
}
