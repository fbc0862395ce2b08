//! How findings are cut into batches that Event Grid takes.

use std::collections::VecDeque;
use std::ops::Range;

/// A posted array may have a megabyte; the smaller reading of the word.
pub(super) const MAX_BYTES: usize = 1_000_000;
/// And so many events.
pub(super) const MAX_EVENTS: usize = 5_000;

/// Ranges of findings still to be offered, in order.
pub(super) struct Batches(VecDeque<Range<usize>>);

impl Batches {
    /// As few as the limits allow, for events of these sizes.
    pub(super) fn of(sizes: impl Iterator<Item = usize>) -> Self {
        let mut ranges = VecDeque::new();
        let (mut start, mut bytes, mut end) = (0, 2, 0);
        for (at, size) in sizes.enumerate() {
            if at > start && (bytes + size + 1 > MAX_BYTES || at - start == MAX_EVENTS) {
                ranges.push_back(start..at);
                (start, bytes) = (at, 2);
            }
            bytes += size + 1;
            end = at + 1;
        }
        if end > start {
            ranges.push_back(start..end);
        }
        Self(ranges)
    }

    /// The next to offer.
    pub(super) fn next(&mut self) -> Option<Range<usize>> {
        self.0.pop_front()
    }

    /// Puts a batch back as two.
    pub(super) fn halve(&mut self, range: Range<usize>) {
        let middle = range.start + range.len() / 2;
        self.0.push_front(middle..range.end);
        self.0.push_front(range.start..middle);
    }
}

/// Events as one JSON array.
pub(super) fn body(events: &[&str]) -> String {
    format!("[{}]", events.join(","))
}
