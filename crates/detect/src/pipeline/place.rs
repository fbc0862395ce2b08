//! Where a record stands, and how that is written.

use std::ops::Range;

use crate::decode::Place;

/// Where a record stands.
#[derive(Clone, Debug)]
pub(super) struct Stand<'o> {
    /// What it came in: an object, a file, a body.
    pub(super) origin: &'o str,
    /// Which record of that it is, unless it is all of it.
    pub(super) place: Option<Place>,
    /// Its bytes in the text, as unpacked, where it is a stretch of one.
    pub(super) bytes: Option<Range<u64>>,
}

impl<'o> Stand<'o> {
    /// A record of what came from there; `at` is where its bytes begin.
    pub(super) fn of(origin: &'o str, place: Place, at: Option<u64>, bytes: &[u8]) -> Self {
        Self { origin, place: Some(place), bytes: at.map(|at| at..at + bytes.len() as u64) }
    }

    /// A record's own origin.
    pub(super) fn name(&self) -> String {
        self.place.map_or_else(|| self.origin.to_owned(), |place| place.of(self.origin))
    }
}
