//! What is going on with one record while it is read.

use std::sync::Arc;

use trailhound_sigma::json::Scratch;

use super::bounds::Bounds;
use super::forms::Forms;
use super::reading::{Reading, Unreadable, Wanted};
use crate::context::Context;

/// The reading of one record.
pub(super) struct RecordReading<'w> {
    pub(super) scratch: &'w mut Vec<Scratch>,
    pub(super) forms: Forms,
    /// The record as delivered.
    pub(super) raw: &'w [u8],
    pub(super) wanted: &'w dyn Wanted,
    pub(super) visit: &'w mut dyn FnMut(Reading<'_, '_>),
    pub(super) bounds: Bounds,
    /// What is known beside the record.
    pub(super) context: Option<&'w Arc<Context>>,
}

/// How many readings came of something; why none did.
pub(super) type Readers = Result<usize, Unreadable>;
