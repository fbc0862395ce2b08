//! When a message that failed comes again: soon at first, then every four minutes until its queue gives it up.
//!
//! Left alone it would be hidden for the queue's own visibility timeout, which is made for invocations that died. A queue
//! that gives up early keeps that: quicker tries would only be over sooner. Nothing here fails anything: what the queue
//! does not take, or what there is no time for, comes when the queue says.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use trailhound_courier::ports::{QueueError, Queues};
use trailhound_courier::time::Budget;

use crate::sources::Handed;

/// From a first failure to the second try, and so on. The last stands for all that follow: shorter than the five minutes
/// by which alarms count, so that a cause that lasts is heard of in each.
const STEPS: [Duration; 4] =
    [Duration::from_secs(30), Duration::from_mins(1), Duration::from_mins(2), Duration::from_mins(4)];

/// The least that a message is tried for.
const LEAST: Duration = Duration::from_mins(30);

/// How long a message waits that was handed out so often.
fn step(times: u32) -> Duration {
    let at = usize::try_from(times).unwrap_or(usize::MAX).clamp(1, STEPS.len());
    STEPS[at - 1]
}

/// From the first try until a queue gives a message up that it hands out so often at most.
fn lasts(tries: u32) -> Duration {
    let first: Duration = (1..=4).filter(|times| *times <= tries).map(step).sum();
    first + step(u32::MAX) * tries.saturating_sub(4)
}

/// Tells queues when to hand out again what failed.
#[derive(Debug)]
pub struct BackOff<Service> {
    queues: Service,
    /// Whether each queue that was asked is told: it does not give up early.
    told: Mutex<HashMap<String, bool>>,
    was_denied: AtomicBool,
}

impl<Service: Queues> BackOff<Service> {
    /// Tells these.
    pub fn new(queues: Service) -> Self {
        Self { queues, told: Mutex::default(), was_denied: AtomicBool::new(false) }
    }

    /// Has messages that failed handed out again by how often they were, within what is left of the time.
    pub async fn hide(&self, messages: &[Handed], budget: Budget) {
        if messages.is_empty() {
            return;
        }
        // On the heap, as the invocation is.
        if budget.finishing(Box::pin(self.hide_all(messages))).await.is_err() {
            tracing::info!("no time to say when what failed is to come again; it comes when its queue says");
        }
    }

    async fn hide_all(&self, messages: &[Handed]) {
        let mut by_queue: BTreeMap<&str, Vec<(&str, Duration)>> = BTreeMap::new();
        for Handed { queue, receipt, times } in messages {
            by_queue.entry(queue).or_default().push((receipt, step(*times)));
        }
        for (queue, messages) in by_queue {
            match self.is_told(queue).await {
                Ok(true) => {}
                Ok(false) => continue,
                Err(error) => {
                    self.refused(queue, &error);
                    continue;
                }
            }
            for some in messages.chunks(Service::TOGETHER) {
                let answers = self.queues.hide(queue, some).await;
                let mut errors = answers.into_iter().filter_map(Result::err);
                if let Some(error) = errors.next() {
                    self.refused(queue, &error);
                    if matches!(error, QueueError::Denied(_)) {
                        break;
                    }
                }
            }
        }
    }

    /// Does it try for long enough? It is asked once.
    async fn is_told(&self, queue: &str) -> Result<bool, QueueError> {
        let known = self.told.lock().unwrap_or_else(PoisonError::into_inner).get(queue).copied();
        if let Some(is_told) = known {
            return Ok(is_told);
        }
        let tries = self.queues.tries(queue).await?;
        let is_told = tries.is_none_or(|tries| lasts(tries) >= LEAST);
        if !is_told {
            tracing::info!(
                queue,
                tries,
                "the queue gives up too early for a back-off: what fails comes when it says"
            );
        }
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(queue.to_owned(), is_told);
        Ok(is_told)
    }

    /// What is not allowed is told once, as nothing but a change of permissions mends it.
    fn refused(&self, queue: &str, error: &QueueError) {
        const WHY: &str = "what failed comes again when its queue says, and no sooner";
        match error {
            QueueError::Denied(words) => {
                if !self.was_denied.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        error = words,
                        queue,
                        "{WHY}: it needs sqs:ChangeMessageVisibility and sqs:GetQueueAttributes"
                    );
                }
            }
            QueueError::Failed(words) => tracing::warn!(error = words, queue, "{WHY}"),
        }
    }
}

#[cfg(test)]
mod tests;
