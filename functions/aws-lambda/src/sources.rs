//! Every way in, recognised by content and never by configuration.
//!
//! An invocation is a batch of queue messages, tasks of an engine, or one payload; each unfolds, through whatever envelopes it wears,
//! into [`Input`]s: objects to fetch, events to evaluate, the canary, notices known by name. What is none of these is
//! [`Input::Unreadable`], so that nothing vanishes. Envelopes are read leniently: a field that is absent or of an
//! unexpected type spoils only the entry that needs it.

mod canary;
mod cloudtrail_sns;
mod engines;
mod eventbridge;
mod input;
mod s3;
mod sns;
mod sqs;

use serde_json::Value;
use trailhound_detect::tally::{Notice, RejectReason};

pub use input::{Before, Engine, Handed, Input, Invocation, Message, Task, Tasks};
use input::{Contents, not_json, unreadable};

/// How many envelopes may wrap one another: SQS, SNS, S3 and one to spare.
const DEEPEST: u8 = 4;

/// Reads an invocation's payload. `request_id` names it where the payload has no name of its own.
pub fn recognise(payload: &str, request_id: &str) -> Invocation {
    let origin = format!("lambda://{request_id}");
    match serde_json::from_str::<Value>(payload) {
        Ok(value) => match sqs::messages(&value) {
            Some(messages) => Invocation::Queue(messages.into_iter().map(message).collect()),
            None => match engines::read(&value, &origin) {
                Some(tasks) => Invocation::Tasks(tasks),
                None => Invocation::Direct(unfold(&value, payload, &origin, 0)),
            },
        },
        Err(error) => Invocation::Direct(vec![not_json(payload, &origin, &error)]),
    }
}

fn message(message: sqs::Envelope) -> Message {
    let sqs::Envelope { id, sent_at, contents, before, replayed, handed } = message;
    Message { id, sent_at, inputs: unwrap(contents, 1), before, replayed, handed }
}

/// What an envelope holds, however deep.
fn unwrap(contents: Contents, depth: u8) -> Vec<Input> {
    match contents {
        Contents::Inputs(inputs) => inputs,
        Contents::Body { text, origin } => unfold_text(&text, &origin, depth),
    }
}

/// Reads a body that arrived inside another envelope.
fn unfold_text(body: &str, origin: &str, depth: u8) -> Vec<Input> {
    if cloudtrail_sns::is_validation_message(body) {
        return vec![Input::Notice { origin: origin.to_owned(), notice: Notice::Empty }];
    }
    match serde_json::from_str::<Value>(body) {
        Ok(value) => unfold(&value, body, origin, depth),
        Err(error) => vec![not_json(body, origin, &error)],
    }
}

/// Reads one JSON value, `body` being its bytes.
fn unfold(value: &Value, body: &str, origin: &str, depth: u8) -> Vec<Input> {
    if depth > DEEPEST {
        return vec![unreadable(
            body,
            origin,
            RejectReason::TooDeep,
            "more envelopes in one another than known",
        )];
    }
    None.or_else(|| canary::read(value, origin))
        .or_else(|| eventbridge::read(value, body, origin))
        .or_else(|| sns::envelope(value, origin).map(|contents| unwrap(contents, depth + 1)))
        .or_else(|| cloudtrail_sns::read(value, body, origin))
        .or_else(|| s3::test_event(value, origin))
        .or_else(|| eventbridge::detail(value, body, origin))
        .or_else(|| records(value, body, origin, depth))
        .unwrap_or_else(|| {
            vec![unreadable(body, origin, RejectReason::UnknownRecord, "no notice or event we know")]
        })
}

/// Reads `{"Records": […]}`, whose entries are S3's, SNS's or CloudTrail's.
fn records(value: &Value, body: &str, origin: &str, depth: u8) -> Option<Vec<Input>> {
    let entries = value.get("Records")?.as_array()?;
    if entries.is_empty() {
        return Some(vec![Input::Notice { origin: origin.to_owned(), notice: Notice::Empty }]);
    }
    if entries.iter().any(eventbridge::is_cloudtrail_record) {
        return Some(eventbridge::unvouched(body, origin));
    }
    let mut inputs = Vec::with_capacity(entries.len());
    for entry in entries {
        let notice = || sns::entry(entry, origin).map(|contents| unwrap(contents, depth + 1));
        match s3::entry(entry, body, origin).or_else(notice) {
            Some(read) => inputs.extend(read),
            None => inputs.push(unreadable(
                &entry.to_string(),
                origin,
                RejectReason::UnknownRecord,
                "an entry of Records that is no S3 or SNS notice",
            )),
        }
    }
    Some(inputs)
}

#[cfg(test)]
mod tests;
