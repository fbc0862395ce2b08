//! Since when a scope is learned: what is new in an account that was only just connected is not news.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{later, of_millis};
use crate::ports::{Key, Kind};

/// The learning clock of one account, subscription or tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Learning {
    /// The account, for people.
    pub(super) scope: String,
    /// Time of the earliest event, in milliseconds since the epoch.
    since: i64,
    /// History was given to learn from: nothing is left to wait for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) done: bool,
}

/// Where the clock of a scope is kept.
pub(super) fn key(scope: &str) -> Key {
    Key { kind: Kind::Learning, scope: scope.to_owned(), name: "clock".to_owned() }
}

impl Learning {
    /// A clock that starts with an event.
    pub(super) fn since(scope: &str, at: Timestamp) -> Self {
        Self { scope: scope.to_owned(), since: at.as_millisecond(), done: false }
    }

    /// Takes an event into account; true if that changed anything.
    pub(super) fn add(&mut self, at: Timestamp) -> bool {
        let earlier = at.as_millisecond() < self.since;
        self.since = self.since.min(at.as_millisecond());
        earlier
    }

    /// When learning ends for a period; nothing if it is over at the time of an event.
    pub(super) fn until(&self, at: Timestamp, period: SignedDuration) -> Option<Timestamp> {
        let until = later(of_millis(self.since), period);
        (!self.done && at < until).then_some(until)
    }

    /// The earliest event.
    pub(super) fn started(&self) -> Timestamp {
        of_millis(self.since)
    }
}
