//! Bytes of any envelope to records: streaming, in bounded memory, one bad record never costing its siblings.
//!
//! [`Decoder::push`] takes bytes as they come and hands out [`Decoded`] items; what form they are in is decided by
//! content, never by a name. Records are slices of the decoder's window, valid for the call that gets them.

use crate::tally::{Notice, RejectReason};

/// Caps that keep memory and time bounded whatever the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest single record, in bytes.
    pub record: usize,
    /// Most bytes a delivery may inflate to.
    pub inflated: u64,
    /// Most inflated bytes for each compressed byte, once past the first megabyte.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { record: 16 << 20, inflated: 16 << 30, ratio: 1_100 }
    }
}

/// Where in its delivery a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The n-th record of an envelope, from 1: `#n`.
    Ordinal(u64),
    /// A line of JSON Lines, from 1: `:n`.
    Line(u64),
}

/// What the bytes around a record allow to assume about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// An element of a top-level `Records` array that began with a CloudTrail record.
    CloudTrail,
    /// Anything; look at the record.
    Any,
}

/// One record, as delivered.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Its bytes, white space around it removed.
    pub bytes: &'a [u8],
    /// Where it stands.
    pub place: Place,
    /// What may be assumed.
    pub family: Family,
    /// It has a backslash somewhere.
    pub has_escape: bool,
    /// It has a byte outside ASCII.
    pub has_non_ascii: bool,
}

/// What a decoder finds.
#[derive(Clone, Copy, Debug)]
pub enum Decoded<'a> {
    /// A record to evaluate.
    Record(Record<'a>),
    /// Bytes that cannot be read, capped to a sample where they are endless.
    Reject {
        /// Why.
        reason: RejectReason,
        /// What exactly, for people.
        detail: &'a str,
        /// Where.
        place: Place,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// Something that holds no records.
    Notice(Notice),
}
