//! Queues of SQS. One for people: what lies in it is taken out one message at a time, and what is to be delivered again is
//! put in. Those that wake a function: Lambda brings it their messages, and it says when what failed is to come again.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{Config, Region};
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, MessageAttributeValue, MessageSystemAttributeName,
    QueueAttributeName,
};
use jiff::Timestamp;
use serde_json::Value;
use trailhound_courier::ports::{QueueError, Queues};

use crate::address::{QueueArn, queue_arn};
use crate::clients::Clients;
use crate::in_words;

/// Most messages that SQS hands out at once.
const TOGETHER: i32 = 10;

/// A queue.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

/// A message that was taken out, and comes back unless it is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its id, the same however often it is taken out.
    pub id: String,
    /// What somebody sent.
    pub body: String,
    /// When.
    pub sent_at: Option<Timestamp>,
    /// What removes it.
    pub receipt: String,
}

impl Queue {
    /// The queue at an address: `https://sqs.eu-west-1.amazonaws.com/111122223333/name`.
    pub fn new(clients: &Clients, url: impl Into<String>) -> Self {
        Self { client: clients.patient_sqs(), url: url.into() }
    }

    /// Its name, as messages are named by it.
    pub fn name(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or(&self.url)
    }

    /// Puts a message in, marked by text attributes; it is the queue's once this is done. Errors are SQS's words.
    pub async fn send(&self, body: &str, marks: &[(&str, &str)]) -> Result<(), String> {
        let mut request = self.client.send_message().queue_url(&self.url).message_body(body);
        for (name, value) in marks {
            let value = MessageAttributeValue::builder().data_type("String").string_value(*value).build();
            request = request.message_attributes(*name, value.map_err(|error| error.to_string())?);
        }
        request.send().await.map(drop).map_err(|error| in_words(&error))
    }

    /// Takes some messages out, ten at most, and keeps them from others for so long. None once there are none, or all are
    /// taken.
    pub async fn receive(&self, hidden: Duration) -> Result<Vec<Received>, String> {
        let hidden = i32::try_from(hidden.as_secs()).unwrap_or(i32::MAX).min(43_200);
        let request = self.client.receive_message().queue_url(&self.url).max_number_of_messages(TOGETHER);
        let request = request
            .visibility_timeout(hidden)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp);
        // Asked for a moment, all its servers are; else some, and what lies elsewhere would be missed.
        let answer = request.wait_time_seconds(2).send().await.map_err(|error| in_words(&error))?;
        let messages = answer.messages.unwrap_or_default().into_iter();
        Ok(messages
            .map(|message| {
                let sent = message
                    .attributes
                    .as_ref()
                    .and_then(|told| told.get(&MessageSystemAttributeName::SentTimestamp))
                    .and_then(|millis| millis.parse().ok());
                Received {
                    id: message.message_id.unwrap_or_default(),
                    body: message.body.unwrap_or_default(),
                    sent_at: sent.and_then(|millis| Timestamp::from_millisecond(millis).ok()),
                    receipt: message.receipt_handle.unwrap_or_default(),
                }
            })
            .collect())
    }

    /// Removes a message that was taken out.
    pub async fn remove(&self, receipt: &str) -> Result<(), String> {
        let request = self.client.delete_message().queue_url(&self.url).receipt_handle(receipt);
        request.send().await.map(drop).map_err(|error| in_words(&error))
    }

    /// Gives a message back, to be had again at once.
    pub async fn give_back(&self, receipt: &str) -> Result<(), String> {
        let request = self.client.change_message_visibility().queue_url(&self.url).receipt_handle(receipt);
        request.visibility_timeout(0).send().await.map(drop).map_err(|error| in_words(&error))
    }

    /// Is there such a queue, and may it be asked? About how many messages wait in it.
    pub async fn waiting(&self) -> Result<u64, String> {
        let name = QueueAttributeName::ApproximateNumberOfMessages;
        let request = self.client.get_queue_attributes().queue_url(&self.url).attribute_names(name.clone());
        let answer = request.send().await.map_err(|error| in_words(&error))?;
        Ok(answer.attributes.and_then(|told| told.get(&name)?.parse().ok()).unwrap_or(0))
    }
}

/// The queues that wake a function.
#[derive(Clone, Debug)]
pub struct SqsQueues {
    client: Client,
}

impl SqsQueues {
    /// Those that these clients may ask.
    pub fn new(clients: &Clients) -> Self {
        Self { client: clients.sqs() }
    }
}

impl Queues for SqsQueues {
    const TOGETHER: usize = 10;

    async fn tries(&self, queue: &str) -> Result<Option<u32>, QueueError> {
        let QueueArn { region, url } = queue_arn(queue).map_err(QueueError::Failed)?;
        let name = QueueAttributeName::RedrivePolicy;
        let request = self.client.get_queue_attributes().queue_url(url).attribute_names(name.clone());
        let answer = request.customize().config_override(of(region)).send().await;
        let told = answer.map_err(|error| refused(&error))?.attributes;
        let Some(policy) = told.and_then(|mut told| told.remove(&name)) else { return Ok(None) };
        most(&policy)
            .map(Some)
            .ok_or_else(|| QueueError::Failed(format!("a redrive policy unlike any: {policy}")))
    }

    async fn hide(&self, queue: &str, messages: &[(&str, Duration)]) -> Vec<Result<(), QueueError>> {
        let all = |error: QueueError| vec![Err(error); messages.len()];
        let QueueArn { region, url } = match queue_arn(queue) {
            Ok(queue) => queue,
            Err(words) => return all(QueueError::Failed(words)),
        };
        let mut request = self.client.change_message_visibility_batch().queue_url(url);
        for (at, (receipt, wait)) in messages.iter().enumerate() {
            let entry = ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(at.to_string())
                .receipt_handle(*receipt)
                .visibility_timeout(i32::try_from(wait.as_secs()).unwrap_or(i32::MAX));
            match entry.build() {
                Ok(entry) => request = request.entries(entry),
                Err(error) => return all(QueueError::Failed(error.to_string())),
            }
        }
        let answer = match request.customize().config_override(of(region)).send().await {
            Ok(answer) => answer,
            Err(error) => return all(refused(&error)),
        };
        let mut answers = all(QueueError::Failed("SQS did not answer for it".to_owned()));
        let ours = |id: &str| id.parse::<usize>().ok().filter(|at| *at < messages.len());
        for done in answer.successful() {
            if let Some(at) = ours(done.id()) {
                answers[at] = Ok(());
            }
        }
        for failed in answer.failed() {
            if let Some(at) = ours(failed.id()) {
                let words = format!("{}: {}", failed.code(), failed.message().unwrap_or("no message"));
                answers[at] = Err(QueueError::Failed(words));
            }
        }
        answers
    }
}

/// A queue is known in its own region alone.
fn of(region: String) -> aws_sdk_sqs::config::Builder {
    Config::builder().region(Region::new(region))
}

/// `maxReceiveCount`, a number or written as one.
fn most(policy: &str) -> Option<u32> {
    let policy: Value = serde_json::from_str(policy).ok()?;
    let most = &policy["maxReceiveCount"];
    let number = most.as_u64().or_else(|| most.as_str()?.parse().ok())?;
    Some(u32::try_from(number).unwrap_or(u32::MAX))
}

fn refused<E, R>(error: &SdkError<E, R>) -> QueueError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let words = in_words(error);
    match error.code() {
        Some("AccessDenied" | "AccessDeniedException") => QueueError::Denied(words),
        _ => QueueError::Failed(words),
    }
}

#[cfg(test)]
mod tests;
