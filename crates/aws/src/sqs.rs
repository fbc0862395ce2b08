//! A queue of SQS, for people: what lies in it is taken out one message at a time, and what is to be delivered again is put
//! in. A function has its messages brought by Lambda and never asks.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName};
use jiff::Timestamp;

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
        Self { client: clients.sqs(), url: url.into() }
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
