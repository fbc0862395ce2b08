//! Where the records of a flood stand: stretches that cover them all, few however many they are.

use std::ops::Range;

use super::place::Stand;
use crate::decode::Place;
use crate::ports::Pointer;

/// So many stretches tell a flood; with more of them, those that lie closest are one.
pub(super) const MOST: usize = 64;

/// The stretches of one flood.
pub(super) struct Pointers {
    runs: Vec<PointerRun>,
    /// Records that stand so far behind the last are of its stretch.
    reach: u64,
}

struct PointerRun {
    first: String,
    /// What the last came in, and which record of that it is.
    last: (String, Option<Place>),
    /// One text's, or nothing.
    bytes: Option<Range<u64>>,
    /// Among the delivery's records, from 1.
    numbers: (u64, u64),
    rejected: u64,
}

impl Default for Pointers {
    fn default() -> Self {
        Self { runs: Vec::new(), reach: 1 }
    }
}

impl Pointers {
    /// The `number`-th record of the delivery stands there.
    pub(super) fn add(&mut self, stand: &Stand<'_>, number: u64) {
        if let Some(last) = self.runs.last_mut().filter(|last| last.reaches(number, self.reach)) {
            last.add(stand, number);
            return;
        }
        self.runs.push(PointerRun {
            first: stand.name(),
            last: (stand.origin.to_owned(), stand.place),
            bytes: stand.bytes.clone(),
            numbers: (number, number),
            rejected: 1,
        });
        while self.runs.len() > MOST {
            self.reach *= 2;
            for run in std::mem::take(&mut self.runs) {
                match self.runs.last_mut() {
                    Some(last) if last.reaches(run.numbers.0, self.reach) => last.join(run),
                    _ => self.runs.push(run),
                }
            }
        }
    }

    pub(super) fn finish(self) -> Vec<Pointer> {
        let pointer =
            |PointerRun { first, last: (origin, place), bytes, numbers, rejected }: PointerRun| Pointer {
                first,
                last: Stand { origin: &origin, place, bytes: None }.name(),
                bytes,
                rejected,
                records: numbers.1.saturating_sub(numbers.0) + 1,
            };
        self.runs.into_iter().map(pointer).collect()
    }
}

impl PointerRun {
    fn reaches(&self, number: u64, reach: u64) -> bool {
        number.saturating_sub(self.numbers.1) <= reach
    }

    fn add(&mut self, stand: &Stand<'_>, number: u64) {
        self.cover(stand.origin, stand.bytes.clone());
        if self.last.0 != stand.origin {
            stand.origin.clone_into(&mut self.last.0);
        }
        self.last.1 = stand.place;
        self.numbers.1 = number;
        self.rejected += 1;
    }

    fn join(&mut self, next: Self) {
        // Its own bytes are those of one text, so its last is of the text that it begins in.
        self.cover(&next.last.0, next.bytes);
        self.last = next.last;
        self.numbers.1 = next.numbers.1;
        self.rejected += next.rejected;
    }

    fn cover(&mut self, origin: &str, bytes: Option<Range<u64>>) {
        self.bytes = match (self.bytes.take(), bytes) {
            (Some(own), Some(next)) if self.last.0 == origin => Some(own.start..own.end.max(next.end)),
            _ => None,
        };
    }
}
