//! A recurring time in which a suppression acts; the time is the event's.

use cronexpr::Crontab;
use jiff::{SignedDuration, Timestamp};

const ALWAYS: &str = "this time window stays open for more than a week";

/// Times that begin by a crontab and last.
#[derive(Clone, Debug)]
pub(super) struct TimeWindow {
    begins: Crontab,
    lasts: SignedDuration,
}

impl TimeWindow {
    /// `cron` has five fields; `zone` is an IANA time zone.
    pub(super) fn new(cron: &str, zone: &str, lasts: SignedDuration) -> Result<Self, String> {
        let begins = cronexpr::parse_crontab(&format!("{cron} {zone}")).map_err(|error| error.to_string())?;
        Ok(Self { begins, lasts })
    }

    /// Why it is no window: it never opens, or does not close for more than a week.
    pub(super) fn bounds_nothing(&self, now: Timestamp) -> Option<&'static str> {
        let Ok(first) = self.begins.find_next(now) else { return Some("this time window never opens") };
        let week = SignedDuration::from_hours(24 * 8);
        let end = |begin: Timestamp| begin.checked_add(self.lasts).ok();
        let (Some(mut closes), Some(far)) =
            (end(first.timestamp()), first.timestamp().checked_add(week).ok())
        else {
            return Some(ALWAYS);
        };
        while closes < far {
            if !self.contains(closes) {
                return None;
            }
            let opened = closes.checked_sub(self.lasts).ok()?;
            closes = end(self.begins.find_next(opened).ok()?.timestamp())?;
        }
        Some(ALWAYS)
    }

    /// Is this moment inside one of them?
    pub(super) fn contains(&self, at: Timestamp) -> bool {
        // The first beginning after `at - lasts` is the earliest whose window can still be open at `at`.
        let Ok(earliest) = at.checked_sub(self.lasts) else { return false };
        self.begins.find_next(earliest).is_ok_and(|begin| begin.timestamp() <= at)
    }
}
