//! One rule for what is asked again: whatever passes, whoever said so or did not answer, for as long as there is time.

#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::time::Instant;

/// The longest wait between two tries that nobody asked for.
const LONGEST: Duration = Duration::from_secs(5);

/// Tries at one thing, until a moment.
#[derive(Clone, Copy, Debug)]
pub struct Tries {
    until: Instant,
    pause: Duration,
}

impl Tries {
    /// Until that moment, the first wait being this long; each that follows is twice as long.
    pub fn until(until: Instant, pause: Duration) -> Self {
        Self { until, pause }
    }

    /// How long the next try may take: no longer than `most`, and nothing where the time is up.
    pub fn next(&self, most: Duration) -> Option<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| left.min(most))
    }

    /// Waits before another try, no less than the service asked for; `false`, at once, where that would take all the time.
    pub async fn again(&mut self, asked: Option<Duration>) -> bool {
        let wait = asked.unwrap_or_default().max(self.pause);
        self.pause = (self.pause * 2).min(LONGEST);
        if Instant::now() + wait >= self.until {
            return false;
        }
        tokio::time::sleep(wait).await;
        true
    }
}

/// Is this a status that passes?
pub fn passes(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}
