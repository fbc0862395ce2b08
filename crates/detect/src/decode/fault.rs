//! What is wrong with the source of the bytes, rather than with a record.

use crate::tally::RejectReason;

/// A fault of the bytes' source, told with the record it cut off.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) reason: RejectReason,
    pub(super) detail: String,
    /// Bytes of its own.
    pub(super) bytes: Vec<u8>,
}

impl Fault {
    pub(super) fn new(reason: RejectReason, detail: String) -> Self {
        Self { reason, detail, bytes: Vec::new() }
    }
}
