//! SQS: a batch of messages, each with the body another service put there.
//!
//! Whatever a body turns out to be, its message keeps its id, so that it can be returned as failed alone.

use jiff::Timestamp;
use serde_json::Value;
use trailhound_detect::tally::RejectReason;

use super::input::{Before, Contents, Handed, text, unreadable};

/// The attribute that `trailhound replay` sends beside what it hands over.
const REPLAYED: &str = "/messageAttributes/trailhound-replay/stringValue";

/// A message as it stands in the batch.
pub(super) struct Envelope {
    pub(super) id: Option<String>,
    pub(super) sent_at: Option<Timestamp>,
    pub(super) contents: Contents,
    pub(super) before: Option<Before>,
    pub(super) replayed: bool,
    pub(super) handed: Option<Handed>,
}

/// The messages of a queue's batch; `None` when the payload is none.
pub(super) fn messages(payload: &Value) -> Option<Vec<Envelope>> {
    let records = payload.get("Records")?.as_array()?;
    if !records.iter().any(is_message) {
        return None;
    }
    Some(records.iter().map(message).collect())
}

fn is_message(record: &Value) -> bool {
    text(record, "/eventSource") == Some("aws:sqs")
        || (record.get("receiptHandle").is_some() && record.get("body").is_some())
}

fn message(record: &Value) -> Envelope {
    let id = text(record, "/messageId").map(str::to_owned);
    let queue = text(record, "/eventSourceARN").and_then(|arn| arn.rsplit(':').next()).unwrap_or("unknown");
    let origin = format!("sqs://{queue}/{}", id.as_deref().unwrap_or("unknown"));
    // Without an id nobody could say which message it was that came before.
    let came_before = id.is_some() && received(record).is_some_and(|times| times > 1);
    let before = came_before.then(|| Before {
        origin: origin.clone(),
        body: text(record, "/body").map_or_else(|| record.to_string(), str::to_owned),
    });
    let contents = match record.get("body") {
        Some(Value::String(text)) => Contents::Body { text: text.clone(), origin },
        _ => Contents::Inputs(vec![unreadable(
            &record.to_string(),
            &origin,
            RejectReason::UnknownRecord,
            "a queue message without a text body",
        )]),
    };
    let replayed = text(record, REPLAYED).is_some();
    Envelope { id, sent_at: sent_at(record), contents, before, replayed, handed: handed(record) }
}

fn handed(record: &Value) -> Option<Handed> {
    let queue = text(record, "/eventSourceARN").filter(|arn| arn.split(':').nth(2) == Some("sqs"))?;
    let receipt = text(record, "/receiptHandle")?;
    let times = u32::try_from(received(record)?).ok()?;
    Some(Handed { queue: queue.to_owned(), receipt: receipt.to_owned(), times })
}

/// How often it was received, this time included.
fn received(record: &Value) -> Option<u64> {
    let count = record.pointer("/attributes/ApproximateReceiveCount")?;
    count.as_u64().or_else(|| count.as_str()?.parse().ok())
}

fn sent_at(record: &Value) -> Option<Timestamp> {
    let sent = record.pointer("/attributes/SentTimestamp")?;
    let millis = sent.as_i64().or_else(|| sent.as_str()?.parse().ok())?;
    Timestamp::from_millisecond(millis).ok()
}
