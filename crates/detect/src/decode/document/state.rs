//! Where a document's reader stands, and what a step of it did.

use super::keys::Walk;
use crate::decode::extent::Extent;

/// An array that holds records.
#[derive(Clone, Copy, Debug)]
pub(super) struct Array {
    /// Arrays that are open around the members.
    pub(super) nest: u32,
    /// It is the value of an envelope's key.
    pub(super) in_envelope: bool,
}

/// Where a broken or skipped value leaves us.
#[derive(Clone, Copy, Debug)]
pub(super) enum Around {
    Top,
    Array(Array),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum State {
    /// Between values.
    Top,
    /// In an object that may turn out an envelope, which the bytes begin with; or in an envelope, anywhere.
    Object(Walk),
    /// Between the members of an array.
    Array(Array),
    /// In a member, which the bytes begin with.
    Member { extent: Extent, strict: usize, array: Array },
    /// In a value, which the bytes begin with, that stops making sense at an offset.
    Broken(usize, Around),
    /// In a value that was rejected, up to its end.
    Skip(Extent, Around),
    /// Behind a value that made no sense, up to the next that might.
    Lost(Around),
    /// In something that is no JSON; its beginning is to be rejected when enough of it is there.
    Junk,
    /// Rejected already; up to a line that begins a value.
    JunkTail,
    /// Nothing more is looked at.
    Done,
}

/// What a step did.
pub(super) enum Step {
    /// Moved on by so many bytes, into whatever state.
    Took(usize),
    /// Cannot do without more bytes.
    More,
}

impl Around {
    pub(super) fn is_top(self) -> bool {
        matches!(self, Self::Top)
    }

    pub(super) fn state(self) -> State {
        match self {
            Self::Top => State::Top,
            Self::Array(array) => State::Array(array),
        }
    }
}
