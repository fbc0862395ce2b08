//! Findings to SNS: batches within the service's limits, each entry's fate its own.
//!
//! An answer that is lost on its way counts as none, and its entries are offered again: SNS knows no idempotence.

mod batch;

use std::collections::VecDeque;
use std::time::Duration;

use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sns::operation::publish_batch::PublishBatchOutput;
use aws_sdk_sns::types::PublishBatchRequestEntry;
use tokio::time::{Instant, timeout_at};
use trailhound_courier::ports::Publisher;
use trailhound_detect::describe::Finding;
use trailhound_detect::ports::PublishError;

use crate::in_words;
use batch::{Entry, batches};

/// How often an entry is offered before its message is given back.
const ATTEMPTS: u32 = 3;
/// Wait before the second attempt; doubled before the third.
const PAUSE: Duration = Duration::from_millis(100);

/// All attempts together: one batch holds up its delivery no longer.
const WITHIN: Duration = Duration::from_millis(3_500);

/// What a topic's messages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The finding itself, with attributes for filter policies.
    Alert,
    /// An Amazon Q Developer custom notification.
    Chat,
    /// Plain text.
    Email,
}

/// A topic.
#[derive(Debug)]
pub struct SnsSink {
    /// Client, of the topic's region.
    pub client: aws_sdk_sns::Client,
    /// Its ARN.
    pub topic: String,
    /// What it takes.
    pub form: Form,
}

/// What was not taken.
enum Unsent {
    /// For what it is: a part of it may be.
    Whole(String),
    No(PublishError),
}

impl Publisher for SnsSink {
    const TOGETHER: usize = batch::MOST_ENTRIES;

    async fn publish_until(&self, findings: &[Finding], until: Instant) -> Vec<Result<(), PublishError>> {
        let entry = match self.form {
            Form::Alert => batch::alert,
            Form::Chat => batch::chat,
            Form::Email => batch::email,
        };
        self.offer(&findings.iter().map(entry).collect::<Vec<_>>(), until).await
    }
}

impl SnsSink {
    /// Offers entries, batch by batch, and again those that were not taken for now.
    async fn offer(&self, entries: &[Entry], until: Instant) -> Vec<Result<(), PublishError>> {
        let until = until.min(Instant::now() + WITHIN);
        let mut answers: Vec<Result<(), PublishError>> = entries
            .iter()
            .map(|entry| match entry.size() {
                size if size > batch::MOST_BYTES => {
                    Err(PublishError::Refused(format!("{size} bytes are more than a message may have")))
                }
                _ => Err(PublishError::Transient("not offered".to_owned())),
            })
            .collect();
        for attempt in 0..ATTEMPTS {
            let open: Vec<usize> = (0..entries.len())
                .filter(|&at| matches!(answers[at], Err(PublishError::Transient(_))))
                .collect();
            if open.is_empty() || Instant::now() >= until {
                break;
            }
            if attempt > 0 {
                tokio::time::sleep(PAUSE * 2_u32.pow(attempt - 1)).await;
            }
            let mut waiting: VecDeque<Vec<usize>> = batches(&open, entries).into();
            while let Some(mut batch) = waiting.pop_front() {
                let answer = timeout_at(until, self.send(&batch, entries)).await;
                let late =
                    || Err(Unsent::No(PublishError::Transient("SNS did not answer in time".to_owned())));
                let answer = match answer.unwrap_or_else(|_| late()) {
                    Err(Unsent::Whole(_)) if batch.len() > 1 => {
                        let rest = batch.split_off(batch.len() / 2);
                        waiting.extend([batch, rest]);
                        continue;
                    }
                    Err(Unsent::Whole(words)) => Err(PublishError::Refused(words)),
                    Err(Unsent::No(error)) => Err(error),
                    Ok(output) => Ok(output),
                };
                settle(&batch, answer, &mut answers);
            }
        }
        answers
    }

    async fn send(&self, batch: &[usize], entries: &[Entry]) -> Result<PublishBatchOutput, Unsent> {
        let requests: Vec<PublishBatchRequestEntry> =
            batch.iter().map(|&at| entries[at].request(at)).collect();
        let sent = self
            .client
            .publish_batch()
            .topic_arn(&self.topic)
            .set_publish_batch_request_entries(Some(requests))
            .send()
            .await;
        sent.map_err(|error| {
            let words = in_words(&error);
            if is_about_an_entry(error.code()) {
                Unsent::Whole(words)
            } else if is_final(error.code(), &error) {
                Unsent::No(PublishError::Refused(words))
            } else {
                Unsent::No(PublishError::Transient(words))
            }
        })
    }
}

/// Writes a batch's answer down: an entry that SNS names neither as taken nor as failed was not taken.
fn settle(
    batch: &[usize],
    answer: Result<PublishBatchOutput, PublishError>,
    answers: &mut [Result<(), PublishError>],
) {
    match answer {
        Err(error) => batch.iter().for_each(|&at| answers[at] = Err(error.clone())),
        Ok(output) => {
            for &at in batch {
                answers[at] = Err(PublishError::Transient("SNS did not answer for it".to_owned()));
            }
            let ours =
                |id: Option<&str>| id.and_then(|id| id.parse::<usize>().ok()).filter(|at| batch.contains(at));
            for taken in output.successful() {
                if let Some(at) = ours(taken.id()) {
                    answers[at] = Ok(());
                }
            }
            for failed in output.failed() {
                if let Some(at) = ours(Some(failed.id())) {
                    let words = format!("{}: {}", failed.code(), failed.message().unwrap_or("no message"));
                    let throttled = failed.code().contains("Throttl");
                    answers[at] = Err(if failed.sender_fault() && !throttled {
                        PublishError::Refused(words)
                    } else {
                        PublishError::Transient(words)
                    });
                }
            }
        }
    }
}

/// Is a batch refused for what one of its entries is? Then it is halved until that one stands alone.
fn is_about_an_entry(code: Option<&str>) -> bool {
    let code = code.unwrap_or_default();
    ["BatchRequestTooLong", "InvalidParameter", "ParameterValueInvalid", "TooManyEntriesInBatchRequest"]
        .iter()
        .any(|about| code.starts_with(about))
}

/// Is trying again within this delivery pointless? The message still goes back to its queue.
fn is_final<E, R>(code: Option<&str>, error: &SdkError<E, R>) -> bool {
    matches!(error, SdkError::ServiceError(_))
        && matches!(
            code,
            Some(
                "AuthorizationError"
                    | "AuthorizationErrorException"
                    | "NotFound"
                    | "NotFoundException"
                    | "EndpointDisabled"
                    | "KMSAccessDenied"
                    | "KMSDisabled"
                    | "KMSInvalidState"
                    | "KMSNotFound"
                    | "AccessDenied"
                    | "AccessDeniedException"
            )
        )
}

#[cfg(test)]
mod tests;
