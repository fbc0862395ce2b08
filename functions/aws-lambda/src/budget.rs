//! The time an invocation has: what is begun must also be published, parked and answered for before the deadline.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// Kept back for the answer itself.
const ANSWER: Duration = Duration::from_millis(300);
const DAY: Duration = Duration::from_hours(24);

/// When to stop taking work, and when to stop altogether.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    take_until: Instant,
    finish_until: Instant,
}

/// The time is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent;

impl Budget {
    /// For the runtime's deadline, both times counted from the epoch. One within a day of the epoch is a duration:
    /// `cargo lambda watch` writes it so.
    pub fn until(deadline: Duration, now: Duration) -> Self {
        let is_duration = deadline <= DAY;
        Self::of(if is_duration { deadline } else { deadline.saturating_sub(now) })
    }

    /// For an invocation with so much time left: a tenth of it, one to five seconds, is kept for finishing.
    pub fn of(left: Duration) -> Self {
        let now = Instant::now();
        let reserve = (left / 10).clamp(Duration::from_secs(1), Duration::from_secs(5)).min(left / 2);
        Self {
            take_until: now + left.saturating_sub(reserve),
            finish_until: now + left.saturating_sub(ANSWER.min(left / 4)),
        }
    }

    /// May nothing new be begun?
    pub fn is_spent(&self) -> bool {
        Instant::now() >= self.take_until
    }

    /// Waits while work may be taken.
    pub async fn taking<F: Future>(&self, work: F) -> Result<F::Output, Spent> {
        until(self.take_until, work).await
    }

    /// Waits while work may be finished.
    pub async fn finishing<F: Future>(&self, work: F) -> Result<F::Output, Spent> {
        until(self.finish_until, work).await
    }
}

/// A timeout alone lets through what is ready at once, and so a whole object whose bytes came faster than we read.
async fn until<F: Future>(end: Instant, work: F) -> Result<F::Output, Spent> {
    if Instant::now() >= end {
        return Err(Spent);
    }
    timeout_at(end, work).await.map_err(|_| Spent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_stops_being_taken_before_it_stops_being_finished() {
        let budget = Budget::of(Duration::from_mins(1));
        assert_eq!(budget.taking(async { 1 }).await, Ok(1));
        assert_eq!(budget.taking(tokio::time::sleep(Duration::from_secs(58))).await, Err(Spent));
        assert!(budget.is_spent());
        assert_eq!(budget.taking(async { 1 }).await, Err(Spent), "not even what is there at once");
        assert_eq!(budget.finishing(tokio::time::sleep(Duration::from_secs(4))).await, Ok(()));
        assert_eq!(budget.finishing(tokio::time::sleep(Duration::from_secs(4))).await, Err(Spent));
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_gone_by_leaves_nothing() {
        assert!(Budget::of(Duration::ZERO).is_spent());
        let (before, now) = (Duration::from_hours(499_999), Duration::from_hours(500_000));
        assert!(Budget::until(before, now).is_spent());
        assert!(!Budget::until(now, before).is_spent());
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_is_a_duration_counts_from_now() {
        let budget = Budget::until(Duration::from_mins(10), Duration::from_hours(500_000));
        assert!(!budget.is_spent());
        tokio::time::sleep(Duration::from_mins(10)).await;
        assert!(budget.is_spent());
    }
}
