//! Matches of which it is not known yet what becomes of them.
//!
//! Each is counted once, when that is known. Whoever runs out of time drops the future that sends them, and what is
//! open then is counted as deferred, since it comes again.

use crate::judge::Withheld;
use crate::tally::Tally;

/// How many matches are open, and where they are counted.
pub(super) struct Open<'t> {
    tally: &'t mut Tally,
    count: u64,
}

impl<'t> Open<'t> {
    pub(super) fn new(tally: &'t mut Tally, count: u64) -> Self {
        Self { tally, count }
    }

    /// So many are open from now on.
    pub(super) fn set(&mut self, count: usize) {
        self.count = count as u64;
    }

    /// These were kept back, each by what is named.
    pub(super) fn suppressed(&mut self, by: Vec<String>) {
        self.tally.matches += by.len() as u64;
        for by in by {
            *self.tally.suppressed.entry(by).or_default() += 1;
        }
    }

    /// These are kept from correlations, each by what is named.
    pub(super) fn uncorrelated(&mut self, withheld: &[Withheld]) {
        for Withheld { by, .. } in withheld {
            *self.tally.uncorrelated.entry(by.clone()).or_default() += 1;
        }
    }

    /// So many were published before.
    pub(super) fn duplicates(&mut self, count: u64) {
        self.tally.matches += count;
        self.tally.duplicates += count;
    }

    /// So much of them was not counted in correlations.
    pub(super) fn truncated(&mut self, count: u64) {
        self.tally.truncated += count;
    }

    /// One was accepted, which nobody could join to a case or not.
    pub(super) fn published(&mut self, is_caseless: bool) {
        self.tally.matches += 1;
        self.tally.caseless += u64::from(is_caseless);
        self.tally.published += 1;
        self.count -= 1;
    }

    /// One was not.
    pub(super) fn unsent(&mut self) {
        self.tally.defer(1);
        self.count -= 1;
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.tally.defer(self.count);
    }
}
