//! What the screen leaves to be read.

use trailhound_sigma::json::Node;

use crate::decode::Record;
use crate::event::{Form, LogType, Wanted};
use crate::screen::Screen;

/// Records that the screen does not rule out.
pub(super) struct Candidates<'s> {
    pub(super) screen: Option<&'s Screen>,
}

impl Wanted for Candidates<'_> {
    fn by_bytes(&self, record: &Record<'_>) -> bool {
        self.screen.is_none_or(|screen| screen.is_candidate(record))
    }

    fn by_members(&self, log: LogType, form: Form, record: Node<'_>) -> bool {
        self.screen.is_none_or(|screen| screen.may_match(log, form, record))
    }
}
