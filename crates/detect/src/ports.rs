//! What the core asks of the world outside; implemented by the functions, the command and the testkit.
//!
//! Traits are async without choosing a runtime: a store on a laptop answers at once, one in a cloud when it can.

use std::future::Future;
use std::ops::Range;

use jiff::Timestamp;

pub use crate::clock::{Clock, SystemClock};
use crate::describe::Finding;
use crate::tally::RejectReason;

/// What became of one finding handed to a sink.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// Worth another try: throttled, timed out, the other side is down.
    #[error("not accepted for now: {0}")]
    Transient(String),
    /// Will fail again as it is: no permission, no such topic, refused as malformed.
    #[error("refused: {0}")]
    Refused(String),
}

/// Where findings go.
pub trait FindingSink: Send + Sync {
    /// Offers findings; answers for each, in order, whether it was accepted. Retries within reason are the sink's.
    fn publish(&self, findings: &[Finding]) -> impl Future<Output = Vec<Result<(), PublishError>>> + Send;
}

/// One thing that could not be read, to be kept with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Why.
    pub reason: RejectReason,
    /// What exactly, for people.
    pub detail: String,
    /// Where it came from: `s3://bucket/key#3`.
    pub origin: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Its bytes.
    pub body: Vec<u8>,
    /// What its source calls the content that it was read from, where the source tells one content under a name from
    /// another.
    pub version: Option<String>,
    /// Where the others stand that it stands for; none for one that stands for itself.
    pub pointers: Vec<Pointer>,
}

/// A stretch of records, to be read again: all that are not kept each by itself stand in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// The first that was rejected: `s3://bucket/key#1001`, `eventhub://namespace/hub/partition@sequence#1`.
    pub first: String,
    /// The last.
    pub last: String,
    /// From the first byte of the first to behind the last of the last, in the text as unpacked; only where both are of one
    /// text, and stand there as they are.
    pub bytes: Option<Range<u64>>,
    /// How many were rejected for this reason.
    pub rejected: u64,
    /// How many records stand there; those that were not rejected among them.
    pub records: u64,
}

/// Rejects could not be parked, so the source must not be acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("could not park {count} rejected records at {place}: {detail}")]
pub struct ParkError {
    /// How many.
    pub count: usize,
    /// Where they were to go.
    pub place: String,
    /// What went wrong.
    pub detail: String,
}

/// Where rejects are parked.
pub trait RejectSink: Send + Sync {
    /// Keeps all rejects of one delivery, or none.
    fn park(&self, rejects: &[Reject]) -> impl Future<Output = Result<(), ParkError>> + Send;
}
