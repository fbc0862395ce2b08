//! One thing that is replayed, and where it lies.

use jiff::Timestamp;

use crate::inputs::Input;

/// One thing that is replayed whole or not at all.
pub(super) struct Replayable {
    /// What a ledger knows it by.
    pub(super) id: String,
    pub(super) origin: String,
    /// Why it was parked.
    pub(super) reason: String,
    pub(super) received_at: Timestamp,
    /// What was sent or parked.
    pub(super) body: Vec<u8>,
    /// What is to be read instead of the body.
    pub(super) inputs: Vec<Input>,
    /// It tells of something that holds no records.
    pub(super) is_notice: bool,
    /// Why something in it is not known, beside what is read.
    pub(super) unknown: Option<String>,
    /// How many others it stands for, which lie in its source alone.
    pub(super) more: u64,
    pub(super) lies: Lies,
}

impl Replayable {
    /// Does its body hold the records, and not only name objects or tell of something?
    pub(super) fn holds_records(&self) -> bool {
        self.inputs.is_empty() && !self.is_notice && self.unknown.is_none()
    }
}

/// Where it lies until it was taken.
pub(super) enum Lies {
    /// In an object of rejects, by its name.
    #[cfg_attr(
        not(any(feature = "aws", feature = "azure")),
        allow(dead_code, reason = "nothing is taken from there without them")
    )]
    Parked(String),
    /// In a queue, from which this removes it.
    #[cfg(feature = "aws")]
    Queue { receipt: String },
    /// Where it belongs.
    Archive,
    /// With others in a file that Event Hubs Capture wrote.
    #[cfg(feature = "azure")]
    Captured,
}

#[cfg(feature = "aws")]
impl Replayable {
    /// What gives it back to its queue, or removes it.
    pub(super) fn receipt(&self) -> Option<String> {
        if let Lies::Queue { receipt } = &self.lies { Some(receipt.clone()) } else { None }
    }
}
