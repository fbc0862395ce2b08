//! The time a delivery has, and the processor time it took.
//!
//! What is begun must also be published, parked and answered for: work stops being taken before it stops being
//! finished, and a place for what is unfinished is asked last.

#[cfg(test)]
mod tests;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustix::time::{ClockId, clock_gettime};
use tokio::time::{Instant, timeout_at};

/// Kept back for the answer itself.
const ANSWER: Duration = Duration::from_millis(300);
const DAY: Duration = Duration::from_hours(24);
/// From when a sink is to give up by itself until it is cut off.
const GRACE: Duration = Duration::from_secs(2);
/// How long a place for what is left may take then.
const PARKING: Duration = Duration::from_secs(9);

/// Kept back for taking away the mark of what is on trial.
const MARK: Duration = Duration::from_millis(700);

/// When to stop taking work, and when to stop altogether.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    taking: Instant,
    offering: Instant,
    finishing: Instant,
    parking: Instant,
}

/// The time is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent;

impl Budget {
    /// For a deadline after which the process is stopped, both times counted from the epoch. One within a day of the
    /// epoch is a duration: `cargo lambda watch` writes it so.
    pub fn until(deadline: Duration, now: Duration) -> Self {
        let is_duration = deadline <= DAY;
        Self::of(if is_duration { deadline } else { deadline.saturating_sub(now) })
    }

    /// For a process that is stopped after so much time: a tenth of it, one to five seconds, is kept for finishing.
    pub fn of(left: Duration) -> Self {
        let now = Instant::now();
        let reserve = (left / 10).clamp(Duration::from_secs(1), Duration::from_secs(5)).min(left / 2);
        let end = now + left.saturating_sub(ANSWER.min(left / 4));
        Self { taking: now + left.saturating_sub(reserve), offering: end, finishing: end, parking: end }
    }

    /// For a delivery that must be answered while somebody waits: publishing is given up after so much time, and
    /// what is left is parked then.
    pub fn publishing(within: Duration) -> Self {
        let end = Instant::now() + within;
        Self { taking: end, offering: end, finishing: end + GRACE, parking: end + GRACE + PARKING }
    }

    /// May nothing new be begun?
    pub fn is_spent(&self) -> bool {
        Instant::now() >= self.taking
    }

    /// The same with some time left at its end, for what must be written down whatever came of it.
    pub(crate) fn before_the_end(&self) -> Self {
        let end = self.finishing;
        let kept = MARK.min(end.saturating_duration_since(Instant::now()) / 4);
        let earlier = |moment: Instant| moment.checked_sub(kept).unwrap_or(moment);
        Self {
            taking: earlier(self.taking),
            offering: earlier(self.offering),
            finishing: earlier(self.finishing),
            parking: earlier(self.parking),
        }
    }

    /// When the process is stopped at the latest, if it is `now`.
    pub(crate) fn stopped_at(&self, now: Timestamp) -> Timestamp {
        let left = self.parking.saturating_duration_since(Instant::now()) + ANSWER;
        SignedDuration::try_from(left)
            .ok()
            .and_then(|left| now.checked_add(left).ok())
            .unwrap_or(Timestamp::MAX)
    }

    /// Until when a sink may offer findings.
    pub(crate) fn offer_until(&self) -> Instant {
        self.offering
    }

    /// Until when a place may be offered what is to be parked.
    pub(crate) fn park_until(&self) -> Instant {
        // Its own words are worth more than that it was cut off.
        self.parking.checked_sub(ANSWER).unwrap_or(self.parking)
    }

    /// Waits while work may be taken.
    pub async fn taking<F: Future>(&self, work: F) -> Result<F::Output, Spent> {
        until(self.taking, work).await
    }

    /// Waits while work may be finished.
    pub async fn finishing<F: Future>(&self, work: F) -> Result<F::Output, Spent> {
        until(self.finishing, work).await
    }

    /// Waits while something may be parked.
    pub(crate) async fn parking<F: Future>(&self, work: F) -> Result<F::Output, Spent> {
        until(self.parking, work).await
    }
}

/// A timeout alone lets through what is ready at once, and so a whole object whose bytes came faster than we read.
async fn until<F: Future>(end: Instant, work: F) -> Result<F::Output, Spent> {
    if Instant::now() >= end {
        return Err(Spent);
    }
    timeout_at(end, work).await.map_err(|_| Spent)
}

/// The processor time of one delivery, evaluation and publishing alike: that of the thread while it works on it, so
/// that deliveries side by side are not counted for one another.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meter(Duration);

impl Meter {
    /// Runs work that only computes.
    pub(crate) fn over<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let before = thread_time();
        let done = work();
        self.0 += thread_time().saturating_sub(before);
        done
    }

    /// Runs work that also waits.
    pub(crate) async fn over_polls<F: Future>(&mut self, work: F) -> F::Output {
        let mut work = pin!(work);
        poll_fn(|context| self.over(|| work.as_mut().poll(context))).await
    }

    /// Adds what another meter showed.
    pub(crate) fn add(&mut self, other: Self) {
        self.0 += other.0;
    }

    /// In milliseconds; what was begun counts.
    pub(crate) fn millis(self) -> u64 {
        u64::try_from(self.0.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX)
    }
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}
