//! How much is looked at inside one record.

use super::reading::Unreadable;
use crate::tally::RejectReason;

/// A text inside another counts for so many levels of objects.
pub(super) const TEXT: usize = 8;
/// So many levels are gone down.
const MOST_LEVELS: usize = 96;
/// So many values are looked at.
const MOST_VALUES: usize = 4 << 20;
/// Text and encoded bytes inside a record, in bytes.
const MOST_BYTES: usize = 64 << 20;
/// The least that encoded bytes are allowed, whatever they come to.
const LEAST_ROOM: usize = 1 << 10;

/// What is left to look at, and the first bound that was met.
#[derive(Debug)]
pub(super) struct Bounds {
    values: usize,
    bytes: usize,
    met: Option<(RejectReason, &'static str)>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { values: MOST_VALUES, bytes: MOST_BYTES, met: None }
    }
}

impl Bounds {
    /// May a value at that level be looked at?
    pub(super) fn value(&mut self, level: usize) -> bool {
        if level > MOST_LEVELS {
            return self.meet(RejectReason::TooDeep, "a record inside too many others");
        }
        match self.values.checked_sub(1) {
            Some(left) => self.values = left,
            None => {
                return self.meet(RejectReason::TooLarge, "more values inside a record than are looked at");
            }
        }
        true
    }

    /// May so many bytes of text be read?
    pub(super) fn bytes(&mut self, count: usize) -> bool {
        match self.bytes.checked_sub(count) {
            Some(left) => self.bytes = left,
            None => return self.meet(RejectReason::TooLarge, "more text inside a record than is looked at"),
        }
        true
    }

    /// To how many bytes what is encoded may come.
    pub(super) fn room(&self) -> usize {
        self.bytes.max(LEAST_ROOM)
    }

    /// The first bound that was met, as a reject.
    pub(super) fn met(&self) -> Option<Unreadable> {
        self.met.map(|(reason, detail)| Unreadable::new(reason, detail))
    }

    fn meet(&mut self, reason: RejectReason, detail: &'static str) -> bool {
        self.met.get_or_insert((reason, detail));
        false
    }
}
