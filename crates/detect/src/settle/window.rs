//! A recurring time in which a suppression acts; the time is the event's.

use cronexpr::Crontab;
use jiff::{SignedDuration, Timestamp};

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

    /// Is this moment inside one of them?
    pub(super) fn contains(&self, at: Timestamp) -> bool {
        // The first beginning after `at - lasts` is the earliest whose window can still be open at `at`.
        let Ok(earliest) = at.checked_sub(self.lasts) else { return false };
        self.begins.find_next(earliest).is_ok_and(|begin| begin.timestamp() <= at)
    }
}
