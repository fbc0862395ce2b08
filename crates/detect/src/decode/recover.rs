//! After a broken record: what is wrong with it, and where the next one begins.
//!
//! A missing bracket or quote makes a record seem to swallow its siblings. Reading it strictly says where it stops
//! making sense; the boundary `},{"` nearest before that place, or else the first after it, is where the next
//! record begins.

use std::borrow::Cow;

use trailhound_sigma::json::{Document, JsonError};

use super::extent::spaces;
use crate::logs::mend::{self, Unmendable};

/// What reading bytes says of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wholeness {
    /// One whole JSON value.
    Whole,
    /// The beginning of one.
    Unfinished,
    /// Nested too deep.
    TooDeep,
    /// No JSON from this offset on.
    Broken(usize),
}

/// Reads strictly, and where that fails as what is nearly JSON; lets bytes outside ASCII pass: whether they are UTF-8
/// changes nothing about where records end.
pub(super) fn judge(bytes: &[u8]) -> Wholeness {
    let strictly = judge_strictly(bytes);
    if !matches!(strictly, Wholeness::Broken(_)) {
        return strictly;
    }
    match mend::text(bytes) {
        Ok(_) => Wholeness::Whole,
        Err(Unmendable::Unfinished) => Wholeness::Unfinished,
        Err(Unmendable::TooDeep) => Wholeness::TooDeep,
        // A reading that goes on further has not understood more of what is broken.
        Err(Unmendable::Broken(_)) => strictly,
    }
}

/// The same as JSON alone.
pub(super) fn judge_strictly(bytes: &[u8]) -> Wholeness {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => bytes.iter().map(|b| if b.is_ascii() { char::from(*b) } else { '?' }).collect(),
    };
    match Document::check(&text) {
        Ok(()) => Wholeness::Whole,
        Err(JsonError::Truncated) => Wholeness::Unfinished,
        Err(JsonError::TooDeep(_) | JsonError::TooLong) => Wholeness::TooDeep,
        Err(JsonError::Unexpected(at) | JsonError::Trailing(at)) => Wholeness::Broken(at),
        Err(_) => Wholeness::Broken(0),
    }
}

/// The offset of the `{` of the next record after one that is broken at `broken`, if these bytes hold it. An array's
/// end at the very place is as good.
pub(super) fn next_record(bytes: &[u8], broken: usize, top: bool) -> Option<usize> {
    if !top && bytes.get(broken) == Some(&b']') {
        return Some(broken);
    }
    let mut best = None;
    let mut at = 0;
    while let Some(open) = boundary(&bytes[at..], top) {
        let open = at + open;
        if open > broken {
            return best.or(Some(open));
        }
        best = Some(open);
        at = open + 1;
    }
    best
}

/// The offset of the first `{` that is followed by a key or its end and follows a `}`, with or without a comma
/// between them; outside all arrays also one that begins a line.
pub(super) fn boundary(bytes: &[u8], top: bool) -> Option<usize> {
    let follows = |open: usize| {
        bytes.get(open) == Some(&b'{')
            && matches!(bytes.get(open + 1 + spaces(&bytes[open + 1..])), Some(b'"' | b'}'))
    };
    memchr::memchr2_iter(b'}', b'\n', bytes).find_map(|at| {
        let mut open = at + 1;
        if bytes[at] == b'}' {
            open += spaces(&bytes[open..]);
            if bytes.get(open) == Some(&b',') {
                open += 1 + spaces(&bytes[open + 1..]);
            }
        } else if !top {
            return None;
        }
        follows(open).then_some(open)
    })
}
