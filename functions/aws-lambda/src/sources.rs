//! Every way in, recognised by content and never by configuration.
//!
//! An invocation is a batch of queue messages or one payload; each unfolds, through whatever envelopes it wears,
//! into [`Input`]s: objects to fetch, events to evaluate, the canary, notices known by name. What is none of these is
//! [`Input::Unreadable`], so that nothing vanishes. Envelopes are read leniently: a field that is absent or of an
//! unexpected type spoils only the entry that needs it.

mod canary;
mod cloudtrail_sns;
mod eventbridge;
mod s3;
mod sns;
mod sqs;

use jiff::Timestamp;
use serde_json::Value;
pub use trailhound_courier::ports::ObjectRef;
use trailhound_detect::tally::{Notice, RejectReason};

/// How many envelopes may wrap one another: SQS, SNS, S3 and one to spare.
const DEEPEST: u8 = 4;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Fetch an object and evaluate its records. The notice is kept for the day the object cannot be read.
    Object {
        /// Which.
        object: ObjectRef,
        /// The bytes that named it.
        notice: String,
    },
    /// Evaluate a body that holds its records itself.
    Event {
        /// Where it came from.
        origin: String,
        /// The body.
        body: String,
    },
    /// Send a sign of life down the whole path.
    Canary {
        /// Where it came from; one finding for each.
        origin: String,
    },
    /// Nothing to evaluate, and known by name.
    Notice {
        /// Where it came from.
        origin: String,
        /// Which.
        notice: Notice,
    },
    /// To be parked.
    Unreadable {
        /// Where it came from.
        origin: String,
        /// Why.
        reason: RejectReason,
        /// What exactly.
        detail: String,
        /// The bytes.
        body: String,
    },
}

/// One queue message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id, for `batchItemFailures`; `None` when the record has none, which only the whole batch can answer for.
    pub id: Option<String>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// What it asks for.
    pub inputs: Vec<Input>,
}

/// One invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invocation {
    /// From a queue, where each message succeeds or fails alone.
    Queue(Vec<Message>),
    /// From anything else: it succeeds or fails whole.
    Direct(Vec<Input>),
}

/// Reads an invocation's payload. `request_id` names it where the payload has no name of its own.
pub fn recognise(payload: &str, request_id: &str) -> Invocation {
    let origin = format!("lambda://{request_id}");
    match serde_json::from_str::<Value>(payload) {
        Ok(value) => match sqs::messages(&value) {
            Some(messages) => Invocation::Queue(messages),
            None => Invocation::Direct(unfold(&value, payload, &origin, 0)),
        },
        Err(error) => Invocation::Direct(vec![not_json(payload, &origin, &error)]),
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
        .or_else(|| sns::envelope(value, origin, depth))
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
        return Some(vec![Input::Event { origin: origin.to_owned(), body: body.to_owned() }]);
    }
    let mut inputs = Vec::with_capacity(entries.len());
    for entry in entries {
        match s3::entry(entry, body, origin).or_else(|| sns::entry(entry, origin, depth)) {
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

fn unreadable(body: &str, origin: &str, reason: RejectReason, detail: impl Into<String>) -> Input {
    Input::Unreadable { origin: origin.to_owned(), reason, detail: detail.into(), body: body.to_owned() }
}

fn not_json(body: &str, origin: &str, error: &serde_json::Error) -> Input {
    let detail = error.to_string();
    let reason = if detail.contains("recursion limit") {
        RejectReason::TooDeep
    } else if error.is_eof() {
        RejectReason::Truncated
    } else {
        RejectReason::NotJson
    };
    unreadable(body, origin, reason, detail)
}

/// The text of a field, where it has one.
fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
