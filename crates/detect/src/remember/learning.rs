//! Since when a scope is learned: what is new in an account that was only just connected is not news.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::moment::{later, of_millis};
use super::routine::Alarms;
use crate::rules::MOST_EVENTS;
use crate::state::{ItemKind, Keepable, Key};

/// The learning clock of one account, subscription or tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LearningClock {
    /// The account, for people.
    scope: String,
    /// Time of the earliest event, in milliseconds since the epoch.
    since: i64,
    /// How many events that baselines are about were seen; one that is delivered again may count again.
    #[serde(default)]
    events: u64,
    /// History was given to learn from: there is no time left to wait for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    done: bool,
    /// Findings at high, which say that what happened about them is not usual.
    #[serde(default, skip_serializing_if = "Alarms::is_empty")]
    pub(crate) alarms: Alarms,
}

impl Keepable for LearningClock {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.scope.len() + self.alarms.bytes()
    }
}

/// An account that is still being learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Still {
    /// When that ends, where it is a matter of time.
    pub(crate) until: Option<Timestamp>,
}

/// Where the clock of a scope is kept.
pub(crate) fn key(scope: &str) -> Key {
    Key { kind: ItemKind::Learning, scope: scope.to_owned(), name: "clock".to_owned() }
}

impl LearningClock {
    /// A clock that starts with an event.
    pub(crate) fn since(scope: &str, at: Timestamp) -> Self {
        Self { scope: scope.to_owned(), since: at.as_millisecond(), ..Self::default() }
    }

    /// Takes events into account, the earliest of which happened then.
    pub(crate) fn add(&mut self, at: Timestamp, events: u64) {
        self.since = self.since.min(at.as_millisecond());
        self.events = self.events.saturating_add(events).min(MOST_EVENTS);
    }

    /// Takes history for complete.
    pub(crate) fn end(&mut self) {
        self.done = true;
    }

    /// Is the account still being learned at the time of an event?
    pub(crate) fn is_learning(&self, at: Timestamp, period: SignedDuration, enough: u64) -> Option<Still> {
        let until = later(of_millis(self.since), period);
        let until = (!self.done && at < until).then_some(until);
        (until.is_some() || self.events < enough).then_some(Still { until })
    }

    /// How long before a moment it has been watched.
    pub(crate) fn watched(&self, at: Timestamp) -> SignedDuration {
        at.duration_since(of_millis(self.since)).max(SignedDuration::ZERO)
    }

    /// The earliest event, how many there were, and whether history was complete.
    pub(crate) fn told(&self) -> (Timestamp, u64, bool) {
        (of_millis(self.since), self.events, self.done)
    }
}
