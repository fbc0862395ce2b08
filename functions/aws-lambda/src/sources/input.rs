//! What an invocation comes to, and what is put together of the same pieces whatever the envelope.

use jiff::Timestamp;
use serde_json::Value;
use trailhound_courier::gathering::Job;
use trailhound_courier::ports::ObjectRef;
use trailhound_detect::tally::{Notice, RejectReason};

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
        /// A service of AWS vouches for it: its envelope is one that nobody else can make.
        vouched: bool,
    },
    /// Send a sign of life down the whole path.
    Canary {
        /// Where it came from; one finding for each.
        origin: String,
        /// What it knows.
        key: Option<String>,
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

impl Input {
    /// The object that it names, or why it names none.
    pub fn as_object(&self) -> Result<&ObjectRef, &str> {
        match self {
            Self::Object { object, .. } => Ok(object),
            Self::Unreadable { detail, .. } => Err(detail),
            _ => Err("it names no object"),
        }
    }
}

/// How a queue knows a message that it handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// The queue's ARN.
    pub queue: String,
    /// What it calls this handing-out.
    pub receipt: String,
    /// How often it handed the message out, this time included.
    pub times: u32,
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
    /// It, where it came before.
    pub before: Option<Before>,
    /// Somebody sent it again, however long ago it happened.
    pub replayed: bool,
    /// How its queue knows it; `None` where the record does not say all of it.
    pub handed: Option<Handed>,
}

/// A message that came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// Its address.
    pub origin: String,
    /// Its body.
    pub body: String,
}

/// One invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invocation {
    /// From a queue, where each message succeeds or fails alone.
    Queue(Vec<Message>),
    /// From an engine that goes through an inventory, where each object has its result.
    Tasks(Tasks),
    /// From anything else: it succeeds or fails whole.
    Direct(Vec<Input>),
}

/// An engine that goes through an inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// S3 Batch Operations.
    S3Batch {
        /// Of its invocations' schema.
        version: String,
        /// The invocation's id.
        invocation: String,
    },
    /// A Distributed Map of Step Functions.
    DistributedMap,
}

/// What an engine asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tasks {
    /// Which.
    pub engine: Engine,
    /// What is to be done with each.
    pub job: Job,
    /// Objects to evaluate.
    pub tasks: Vec<Task>,
}

/// One object of an inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// As the engine calls it.
    pub id: String,
    /// What to do.
    pub input: Input,
}

pub(super) fn unreadable(body: &str, origin: &str, reason: RejectReason, detail: impl Into<String>) -> Input {
    Input::Unreadable { origin: origin.to_owned(), reason, detail: detail.into(), body: body.to_owned() }
}

pub(super) fn not_json(body: &str, origin: &str, error: &serde_json::Error) -> Input {
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
pub(super) fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
}

/// What an envelope holds.
pub(super) enum Contents {
    /// Things to do.
    Inputs(Vec<Input>),
    /// A body that another service wrapped, to be recognised in turn.
    Body {
        /// It.
        text: String,
        /// Where it came from.
        origin: String,
    },
}
