//! What comes of reading a record, and what of it anybody wants.

use trailhound_sigma::json::{JsonError, Node};

use crate::decode::Record;
use crate::event::{Event, LogType};
use crate::logs::Form;
use crate::tally::{Notice, RejectReason};

/// A record that cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Why.
    pub reason: RejectReason,
    /// What exactly, for people.
    pub detail: String,
}

impl Unreadable {
    pub(super) fn new(reason: RejectReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }

    /// A member that stands as a text which is not to be taken for nothing.
    pub(super) fn illegible(member: &str) -> Self {
        let detail = "as text in a form that is not read; have it written as JSON";
        Self::new(RejectReason::UnknownRecord, format!("{member} {detail}"))
    }

    pub(super) fn unknown() -> Self {
        Self::new(RejectReason::UnknownRecord, "a record of a kind that no log we know has")
    }
}

impl From<JsonError> for Unreadable {
    fn from(error: JsonError) -> Self {
        let reason = match error {
            JsonError::Truncated => RejectReason::Truncated,
            JsonError::TooDeep(_) => RejectReason::TooDeep,
            JsonError::TooLong => RejectReason::TooLarge,
            _ => RejectReason::NotJson,
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
