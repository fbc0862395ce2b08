//! What a decoder hands out: records where they stand, what could not be read, and what holds none.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::tally::{Notice, RejectReason};

/// How much of endless bytes is kept.
pub(super) const SAMPLE: usize = 4096;

/// Where items go.
pub(super) type Emit<'e> = &'e mut dyn FnMut(Decoded<'_>);

/// Where in its delivery a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The n-th record of an envelope, from 1: `#n`.
    Ordinal(u64),
    /// A line of JSON Lines, from 1: `:n`.
    Line(u64),
}

impl Place {
    /// The place of one of the records that were one in an envelope; lines hold one place.
    pub(crate) fn nth(self, index: u64) -> Self {
        match self {
            Self::Ordinal(n) => Self::Ordinal(n + index),
            line @ Self::Line(_) => line,
        }
    }

    /// A record's own origin: `path:line` for JSON Lines, `path#n` for the n-th record of an envelope. What was not read
    /// from a file has no lines that anybody could go to.
    pub(crate) fn of(self, origin: &str) -> String {
        match self {
            Self::Line(n) if !origin.contains("://") => format!("{origin}:{n}"),
            Self::Ordinal(n) | Self::Line(n) => format!("{origin}#{n}"),
        }
    }
}

/// What the bytes around a record allow to assume about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A member of an array whose keys make it a CloudTrail record, or something that holds one.
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
    /// Its bytes are not those that came: some of them were no text.
    pub is_mended: bool,
    /// Where in the text it begins, where it is a stretch of the text.
    pub at: Option<u64>,
}

impl<'a> Record<'a> {
    /// A record of which nothing is known but its bytes.
    pub(crate) fn anything(bytes: &'a [u8], place: Place) -> Self {
        Self {
            bytes,
            place,
            family: Family::Any,
            has_escape: memchr::memchr(b'\\', bytes).is_some(),
            has_non_ascii: !bytes.is_ascii(),
            is_mended: false,
            at: None,
        }
    }

    /// A record that stood inside another.
    pub(crate) fn inside(bytes: &'a [u8]) -> Self {
        let family = if bytes.starts_with(b"{") { Family::of_member(bytes) } else { Family::Any };
        Self { family, ..Self::anything(bytes, Place::Ordinal(1)) }
    }
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
        /// Where in the text they begin, where they are a stretch of it.
        at: Option<u64>,
    },
    /// Something that holds no records.
    Notice(Notice),
}

impl Decoded<'_> {
    /// Knows where it begins, if it is a stretch of this text, before which so many bytes came.
    pub(super) fn standing_in(self, text: &[u8], before: u64) -> Self {
        let begin = |bytes: &[u8]| {
            let from = bytes.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
            (!bytes.is_empty() && from + bytes.len() <= text.len()).then_some(before + from as u64)
        };
        match self {
            Self::Record(record) => Self::Record(Record { at: begin(record.bytes), ..record }),
            Self::Reject { reason, detail, place, bytes, .. } => {
                Self::Reject { reason, detail, place, bytes, at: begin(bytes) }
            }
            Self::Notice(notice) => Self::Notice(notice),
        }
    }
}

impl Family {
    /// Of a member of an array of records. CloudTrail writes `eventVersion` first; others who pass its records on
    /// order keys as they like.
    pub(super) fn of_member(bytes: &[u8]) -> Self {
        static VERSION: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"eventVersion\""));
        static SOURCE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"eventSource\""));
        const FIRST: [&[u8]; 17] = [
            b"additionalEventData",
            b"apiVersion",
            b"awsRegion",
            b"errorCode",
            b"errorMessage",
            b"eventCategory",
            b"eventID",
            b"eventName",
            b"eventSource",
            b"eventTime",
            b"eventType",
            b"readOnly",
            b"recipientAccountId",
            b"requestID",
            b"requestParameters",
            b"responseElements",
            b"userIdentity",
        ];
        // With two digits behind the point, where batches of others' records have one.
        if let Some([b'0'..=b'9', b'.', b'0'..=b'9', b'0'..=b'9', b'"', ..]) =
            bytes.strip_prefix(b"{\"eventVersion\":\"")
        {
            return Self::CloudTrail;
        }
        let key = bytes[1..].trim_ascii_start().strip_prefix(b"\"").unwrap_or_default();
        let begins = key.starts_with(b"eventVersion\"")
            || FIRST.iter().any(|first| key.strip_prefix(*first).is_some_and(|rest| rest.starts_with(b"\"")));
        // What calls a function with a batch of others' records names itself `aws:kinesis` and the like.
        let is_batch = |at: usize| {
            let value = bytes[at + SOURCE.needle().len()..].trim_ascii_start();
            value.strip_prefix(b":").is_some_and(|value| value.trim_ascii_start().starts_with(b"\"aws:"))
        };
        let is_cloudtrail =
            begins && VERSION.find(bytes).is_some() && SOURCE.find(bytes).is_some_and(|at| !is_batch(at));
        if is_cloudtrail { Self::CloudTrail } else { Self::Any }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The text of an object that begins with each of its members in turn.
    fn in_turn(object: &Value) -> Vec<String> {
        let members: Vec<String> = object
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
            .collect();
        let from = |at: usize| [&members[at..], &members[..at]].concat().join(",");
        (0..members.len()).map(|at| format!("{{{}}}", from(at))).collect()
    }

    #[test]
    fn what_a_batch_says_first_makes_it_no_record_of_cloudtrail() {
        for (source, version) in [("aws:kinesis", "1.0"), ("aws:dynamodb", "1.1"), ("aws:s3", "2.1")] {
            let batch = json!({ "eventVersion": version, "eventSource": source, "eventID": "1",
                "eventName": "INSERT", "awsRegion": "eu-west-1" });
            for text in in_turn(&batch) {
                assert_eq!(Family::of_member(text.as_bytes()), Family::Any, "{text}");
            }
        }
        for version in ["1.0", "1.01", "1.08", "1.11"] {
            let record = json!({ "eventVersion": version, "eventSource": "ssm.amazonaws.com",
                "eventID": "1", "eventName": "StartSession", "awsRegion": "eu-west-1" });
            for text in in_turn(&record) {
                assert_eq!(Family::of_member(text.as_bytes()), Family::CloudTrail, "{text}");
            }
        }
    }
}
