//! Bytes of one record to events: UTF-8, JSON or XML, wrappers taken off, odd shapes rewritten.
//!
//! The ordinary CloudTrail and Event Hub record costs one tape and a few key look-ups; nothing is copied, and what
//! no rule could match is not rewritten.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Document, JsonError, Node, Scratch};

use super::{Event, LogType};
use crate::decode::Record;
use crate::logs::{self, Form, Shape, any_folded, is_xml, recognise, unfolded, xml_record};
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

/// What a record turned out to hold.
#[derive(Debug)]
pub enum Reading<'r, 'a> {
    /// An event.
    Event(&'r Event<'a>),
    /// An event of a log we know, left alone since nobody wants it.
    Unwanted,
    /// Nothing that can be read.
    Unreadable(Unreadable),
}

/// Says of a well-formed record of a log, in one of the forms, whether anybody wants its event.
pub type Wanted<'w> = &'w dyn Fn(LogType, Form, Node<'_>) -> bool;

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
        self.read_wanted(record, &|_, _, _| true, &mut |reading| match reading {
            Reading::Event(event) => visit(Ok(event)),
            Reading::Unreadable(unreadable) => visit(Err(unreadable)),
            Reading::Unwanted => {}
        });
    }

    /// The same, leaving alone what nobody wants.
    pub fn read_wanted(&mut self, record: &[u8], wanted: Wanted<'_>, visit: &mut dyn FnMut(Reading<'_, '_>)) {
        match std::str::from_utf8(record) {
            Ok(text) => self.read_text(text, record, 0, wanted, visit),
            Err(error) => {
                let detail = format!("not UTF-8 at byte {}", error.valid_up_to());
                visit(Reading::Unreadable(Unreadable::new(RejectReason::BadUtf8, detail)));
            }
        }
    }

    fn read_text(
        &mut self,
        text: &str,
        raw: &[u8],
        wrappers: usize,
        wanted: Wanted<'_>,
        visit: &mut dyn FnMut(Reading<'_, '_>),
    ) {
        let mut refuse = |unreadable| visit(Reading::Unreadable(unreadable));
        if wrappers > MAX_WRAPPERS {
            return refuse(Unreadable::new(RejectReason::TooDeep, "a record inside too many others"));
        }
        if is_xml(text) {
            if let Some(record) = xml_record(text) {
                return self.read_text(&record, raw, wrappers + 1, wanted, visit);
            }
            let detail = "neither JSON nor a Windows event in XML";
            return refuse(Unreadable::new(RejectReason::NotJson, detail));
        }
        let document = match Document::parse_reusing(text, std::mem::take(&mut self.scratch)) {
            Ok(document) => document,
            Err(error) => return refuse(error.into()),
        };
        match recognise(document.root()) {
            Some(Shape::As(log)) => {
                let is_folded = any_folded(document.root(), logs::of(log).members);
                let form = if is_folded { Form::Other } else { Form::Canonical };
                if !wanted(log, form, document.root()) {
                    return self.leave(document, visit);
                }
                match form {
                    Form::Canonical => self.yield_event(log, document, raw, visit),
                    Form::Other => self.yield_unfolded(log, document, raw, visit),
                }
            }
            Some(Shape::Like(log, rewrite)) => {
                if !wanted(log, Form::Other, document.root()) {
                    return self.leave(document, visit);
                }
                let text = rewrite(document.root());
                match Document::parse_reusing(&text, document.into_scratch()) {
                    Ok(document) if any_folded(document.root(), logs::of(log).members) => {
                        self.yield_unfolded(log, document, raw, visit);
                    }
                    Ok(document) => self.yield_event(log, document, raw, visit),
                    Err(error) => refuse(error.into()),
                }
            }
            Some(Shape::Around(inner)) => {
                let inner = inner.into_owned();
                self.scratch = document.into_scratch();
                self.read_text(&inner, raw, wrappers + 1, wanted, visit);
            }
            Some(Shape::Rows(rows)) => {
                self.scratch = document.into_scratch();
                for row in rows {
                    self.read_text(&row, raw, wrappers + 1, wanted, visit);
                }
            }
            None => {
                self.scratch = document.into_scratch();
                refuse(Unreadable::unknown());
            }
        }
    }

    fn leave(&mut self, document: Document<'_>, visit: &mut dyn FnMut(Reading<'_, '_>)) {
        self.scratch = document.into_scratch();
        visit(Reading::Unwanted);
    }

    /// The event with all its objects and lists, of which some came as text.
    fn yield_unfolded(
        &mut self,
        log: LogType,
        document: Document<'_>,
        raw: &[u8],
        visit: &mut dyn FnMut(Reading<'_, '_>),
    ) {
        let text = unfolded(document.root(), logs::of(log).members);
        match Document::parse_reusing(&text, document.into_scratch()) {
            Ok(document) => self.yield_event(log, document, raw, visit),
            Err(error) => visit(Reading::Unreadable(error.into())),
        }
    }

    fn yield_event(
        &mut self,
        log: LogType,
        document: Document<'_>,
        raw: &[u8],
        visit: &mut dyn FnMut(Reading<'_, '_>),
    ) {
        let event = Event::new(log, document, raw);
        visit(Reading::Event(&event));
        self.scratch = event.into_scratch();
    }
}
