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
    /// How many others it stands for, which lie in its source alone.
    pub(super) more: u64,
    pub(super) lies: Lies,
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
