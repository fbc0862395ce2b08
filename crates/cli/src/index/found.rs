//! Matches as an index keeps them, each by itself, so that a window reads its own alone; and when each was: enough to tell
//! which windows hold the same of them.

use jiff::Timestamp;
use trailhound_detect::event::Caller;
use trailhound_detect::matched::{KeptMatch, Match};

use super::block;
use crate::args::Window;

/// A time as it is kept, in nanoseconds.
const LONG: usize = size_of::<i128>();
/// In place of a time where a match does not say it.
const UNTIMED: i128 = i128::MIN;

/// Callers of operations that are under way.
type Callers = Vec<(String, Caller)>;

/// What came of a stretch of an input, as it is kept.
pub(super) struct FoundPart {
    pub(super) head: Vec<u8>,
    pub(super) rows: Vec<u8>,
}

impl FoundPart {
    pub(super) fn of(matches: Vec<Match>, callers: &Callers) -> anyhow::Result<Self> {
        let head = Times::of(&matches, !callers.is_empty()).to_bytes();
        let mut rows = Vec::new();
        block::add_bytes(&mut rows, &serde_json::to_vec(callers)?)?;
        for found in matches {
            block::add_bytes(&mut rows, &serde_json::to_vec(&KeptMatch::from(found))?)?;
        }
        Ok(Self { head, rows: block::packed(&rows) })
    }
}

/// Those of a stretch that a window may hold; of an open one all, whatever the head says.
pub(super) fn found(
    rows: &[u8],
    times: Option<&Times>,
    window: Window,
) -> anyhow::Result<(Vec<KeptMatch>, Callers)> {
    let (mut matches, mut callers) = (Vec::new(), None);
    let mut times = times.map(|times| times.nanoseconds.iter());
    block::each_row(rows, &mut |row| {
        if callers.is_none() {
            callers = Some(serde_json::from_slice(row)?);
            return Ok(());
        }
        let time = times.as_mut().map(Iterator::next);
        if time.flatten().is_none_or(|time| is_in(window, *time)) {
            matches.push(serde_json::from_slice(row)?);
        }
        Ok(())
    })?;
    Ok((matches, callers.unwrap_or_default()))
}

fn is_in(window: Window, nanoseconds: i128) -> bool {
    nanoseconds == UNTIMED || window.holds(Timestamp::from_nanosecond(nanoseconds).ok())
}

/// When the matches of a stretch happened.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// It has callers, which are for every window.
    is_always: bool,
    /// Of each match.
    nanoseconds: Vec<i128>,
}

impl Times {
    fn of(matches: &[Match], is_always: bool) -> Self {
        let time = |found: &Match| found.facts.time.map_or(UNTIMED, Timestamp::as_nanosecond);
        Self { is_always, nanoseconds: matches.iter().map(time).collect() }
    }

    fn to_bytes(&self) -> Vec<u8> {
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
        self.is_always || self.nanoseconds.iter().any(|time| is_in(window, *time))
    }

    /// How many happened before a window, and how many before its end.
    pub(super) fn places(&self, window: Window) -> (u64, u64) {
        let timed = || self.nanoseconds.iter().filter(|time| **time != UNTIMED);
        let before = |until: Option<Timestamp>, open: u64| {
            until.map_or(open, |until| timed().filter(|time| **time < until.as_nanosecond()).count() as u64)
        };
        (before(window.since, 0), before(window.until, timed().count() as u64))
    }
}
