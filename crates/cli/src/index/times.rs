//! When matches happened that are kept together: enough to tell which windows hold the same of them, and which none.

use jiff::Timestamp;
use trailhound_detect::matched::Match;

use crate::args::Window;

/// A time as it is kept, in nanoseconds.
const LONG: usize = size_of::<i128>();

/// Times of matches.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// Something among them is for every window: a match without a time, or a caller.
    is_always: bool,
    nanoseconds: Vec<i128>,
}

impl Times {
    pub(super) fn of(matches: &[Match], is_always: bool) -> Self {
        let times = || matches.iter().map(|found| found.facts.time);
        Self {
            is_always: is_always || times().any(|time| time.is_none()),
            nanoseconds: times().flatten().map(Timestamp::as_nanosecond).collect(),
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let times = self.nanoseconds.iter().flat_map(|time| time.to_le_bytes());
        [u8::from(self.is_always)].into_iter().chain(times).collect()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let (always, times) = bytes.split_at(1.min(bytes.len()));
        let time = |bytes: &[u8]| bytes.try_into().map(i128::from_le_bytes).unwrap_or_default();
        Self { is_always: always != [0], nanoseconds: times.chunks_exact(LONG).map(time).collect() }
    }

    /// Has a window any of them?
    pub(super) fn are_in(&self, window: Window) -> bool {
        let is_held = |time: &i128| window.holds(Timestamp::from_nanosecond(*time).ok());
        self.is_always || self.nanoseconds.iter().any(is_held)
    }

    /// How many happened before a window, and how many before its end.
    pub(super) fn places(&self, window: Window) -> (u64, u64) {
        let before = |until: Option<Timestamp>, open: u64| {
            until.map_or(open, |until| {
                let until = until.as_nanosecond();
                self.nanoseconds.iter().filter(|time| **time < until).count() as u64
            })
        };
        (before(window.since, 0), before(window.until, self.nanoseconds.len() as u64))
    }
}
