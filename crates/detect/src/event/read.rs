//! Bytes of one record to events: UTF-8, JSON or XML, mended where they nearly are, carriers taken off, odd shapes
//! rewritten.
//!
//! The ordinary CloudTrail and Event Hub record costs one tape and a few key look-ups; nothing is copied, and what
//! no rule could match is not rewritten. What no log knows is walked for what one does; see [`unwrap`].

mod bounds;
mod forms;
#[cfg(test)]
mod tests;
mod unwrap;

use trailhound_sigma::json::{JsonError, Node, Scratch};

use super::{Event, LogType};
use crate::decode::Record;
use crate::logs::Form;
use crate::tally::{Notice, RejectReason};
use bounds::Bounds;
pub use forms::Forms;
use unwrap::Work;

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
    /// An event of a log we know, left alone since nobody wants it; the record, if it was parsed.
    Unwanted(LogType, Option<Node<'r>>),
    /// Something recognised that is no record.
    Notice(Notice),
    /// What comes next was no strict JSON, and was mended.
    Mended,
    /// Nothing that can be read, and the bytes where it stands.
    Unreadable(Unreadable, &'r [u8]),
}

/// Says what of a record anybody wants.
pub trait Wanted {
    /// Could anybody want the event of this record, as far as its bytes tell?
    fn by_bytes(&self, _record: &Record<'_>) -> bool {
        true
    }

    /// Does anybody want the event of this well-formed record of a log, in one of the forms?
    fn by_members(&self, log: LogType, form: Form, record: Node<'_>) -> bool;
}

impl<F: Fn(LogType, Form, Node<'_>) -> bool> Wanted for F {
    fn by_members(&self, log: LogType, form: Form, record: Node<'_>) -> bool {
        self(log, form, record)
    }
}

/// Reads one record; see [`Reader`], which keeps its memory between records.
pub fn read(record: &Record<'_>, visit: &mut dyn FnMut(Result<&Event<'_>, Unreadable>)) {
    Reader::default().read(record.bytes, visit);
}

/// Reads records one after another in the same memory.
#[derive(Debug, Default)]
pub struct Reader {
    scratch: Vec<Scratch>,
    forms: Forms,
}

impl Reader {
    /// Reads these forms alone; what the proof that each is needed is made with.
    #[must_use]
    pub fn of_forms(forms: Forms) -> Self {
        Self { scratch: Vec::new(), forms }
    }

    /// Visits the events of a record: nearly always one; several for what carries several.
    pub fn read(&mut self, record: &[u8], visit: &mut dyn FnMut(Result<&Event<'_>, Unreadable>)) {
        self.read_wanted(record, &|_, _, _: Node<'_>| true, &mut |reading| match reading {
            Reading::Event(event) => visit(Ok(event)),
            Reading::Unreadable(unreadable, _) => visit(Err(unreadable)),
            Reading::Unwanted(..) | Reading::Notice(_) | Reading::Mended => {}
        });
    }

    /// The same, leaving alone what nobody wants.
    pub fn read_wanted(
        &mut self,
        record: &[u8],
        wanted: &dyn Wanted,
        visit: &mut dyn FnMut(Reading<'_, '_>),
    ) {
        let forms = self.forms;
        let mut work =
            Work { scratch: &mut self.scratch, forms, raw: record, wanted, visit, bounds: Bounds::default() };
        work.record();
    }
}
