//! Days on which something happened, as a bitmap of the latest 32.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// So many days are kept.
pub(crate) const KEPT: i32 = 32;
const SECONDS: i64 = 86_400;

/// A day, counted from the epoch.
pub(crate) type Day = i32;

/// Some days: the latest of them, and a bit for each of those before it, itself the lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Days(Day, u32);

impl Days {
    /// Adds a day; one that is too long ago is none.
    pub(crate) fn add(&mut self, day: Day) {
        self.merge(Self(day, 1));
    }

    /// Adds what others have.
    pub(crate) fn merge(&mut self, other: Self) {
        let (later, earlier) = if self.0 >= other.0 { (*self, other) } else { (other, *self) };
        let apart = u32::try_from(i64::from(later.0) - i64::from(earlier.0)).unwrap_or(u32::MAX);
        *self = Self(later.0, later.1 | earlier.1.checked_shl(apart).unwrap_or(0));
    }

    /// The same as they stand today: what is said to be later happened today.
    pub(crate) fn until(self, today: Day) -> Self {
        let after = u32::try_from(i64::from(self.0) - i64::from(today)).unwrap_or_default();
        if after == 0 { self } else { Self(today, self.1.checked_shr(after).unwrap_or(0) | 1) }
    }

    /// Is it one of these days?
    pub(crate) fn has(self, day: Day) -> bool {
        let back = i64::from(self.0) - i64::from(day);
        u32::try_from(back).is_ok_and(|back| back < u32::BITS && self.1 >> back & 1 == 1)
    }

    /// How many they are.
    pub(crate) fn count(self) -> u32 {
        self.1.count_ones()
    }

    /// The latest.
    pub(crate) fn latest(self) -> Day {
        self.0
    }
}

/// The day of a moment.
pub(crate) fn day(at: Timestamp) -> Day {
    Day::try_from(at.as_second().div_euclid(SECONDS)).unwrap_or_default()
}
