//! Whether a combination of facts was seen before.
//!
//! The record keeps the events that were first, so that such an event is still first when it is delivered again, and
//! when the combination was last seen, to the hour: an hour's events change it once. What raised an alert is held
//! apart for its guard time: others are not first any more, but nothing counts as normal on its account.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::moment::of_millis;
use super::routine::Habits;
use crate::state::Keepable;

/// So many first events are kept: one for each time the combination had been forgotten.
const MOST_FIRSTS: usize = 8;
const HOUR: i64 = 3_600_000;

/// What is known of a combination of facts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// The facts, for people.
    pub(crate) what: String,
    /// The events that were first, oldest first.
    #[serde(default)]
    firsts: Vec<First>,
    /// The latest hour in which it was seen, in milliseconds since the epoch.
    last: i64,
    /// What the actor does of it on which days.
    #[serde(default, skip_serializing_if = "Habits::is_empty")]
    pub(crate) days: Habits,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct First {
    event: String,
    at: i64,
    /// Raised an alert: in milliseconds, how long it vouches for nobody.
    #[serde(default, skip_serializing_if = "is_zero")]
    guard: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Keepable for Seen {
    fn bytes(&self) -> usize {
        let firsts = self.firsts.iter().map(|first| size_of::<First>() + first.event.len());
        size_of::<Self>() + self.what.len() + firsts.sum::<usize>() + self.days.bytes()
    }
}

/// How an event stands to what was seen before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sighting {
    /// Nobody was seen doing this within the look-back.
    First,
    /// Not the first, but the first of it was lately, and raised an alert.
    Recent(Timestamp),
    /// Known; last seen in the hour that began then.
    Known(Timestamp),
}

impl Seen {
    /// How an event stands to this.
    pub(crate) fn judge(&self, event: &str, at: Timestamp, within: SignedDuration) -> Sighting {
        let millis = at.as_millisecond();
        if self.firsts.iter().any(|first| first.event == event) {
            return Sighting::First;
        }
        if i128::from(self.last) <= i128::from(millis) - within.as_millis() {
            return Sighting::First;
        }
        // What comes late belongs to the epoch it happened in, or to the first.
        let epoch = self.firsts.iter().rev().find(|first| first.at <= millis).or(self.firsts.first());
        match epoch {
            Some(first) if millis < first.at.saturating_add(first.guard) => {
                Sighting::Recent(of_millis(first.at))
            }
            _ => Sighting::Known(of_millis(self.last)),
        }
    }

    /// Adds an event; `first` if it was judged so, with the time for which it is to vouch for nobody.
    pub(crate) fn add(&mut self, event: &str, at: Timestamp, first: Option<SignedDuration>) {
        let millis = at.as_millisecond();
        self.last = self.last.max(hour(at));
        let Some(guard) = first else { return };
        let guard = i64::try_from(guard.as_millis()).unwrap_or(i64::MAX);
        if let Some(known) = self.firsts.iter_mut().find(|first| first.event == event) {
            known.guard = known.guard.max(guard);
            return;
        }
        self.firsts.push(First { event: event.to_owned(), at: millis, guard });
        self.firsts.sort_by(|a, b| (a.at, &a.event).cmp(&(b.at, &b.event)));
        if self.firsts.len() > MOST_FIRSTS {
            self.firsts.remove(0);
        }
    }

    /// When it was last seen.
    pub(crate) fn last(&self) -> Timestamp {
        of_millis(self.last)
    }

    /// Takes over what history knows: nobody is first in that.
    pub(crate) fn learn(&mut self, what: &str, last: Timestamp) {
        what.clone_into(&mut self.what);
        self.last = self.last.max(hour(last));
    }
}

fn hour(at: Timestamp) -> i64 {
    let millis = at.as_millisecond();
    millis - millis.rem_euclid(HOUR)
}
