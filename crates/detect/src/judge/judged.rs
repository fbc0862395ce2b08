//! What was decided about matches, and what that leaves to be done.

use jiff::Timestamp;

use crate::matched::Match;
use crate::remember::desk::Desk;

/// What is to become of matches.
#[derive(Default)]
pub struct Judged {
    /// To be published, in order.
    pub ready: Vec<Match>,
    /// What kept each of the others back: suppressions and the least level.
    pub suppressed: Vec<String>,
    /// Published before, or twice in the same hand.
    pub duplicates: u64,
    /// Another process is publishing them, as they were handed over.
    pub held: Vec<Match>,
    /// Until when at the latest.
    pub held_until: Option<Timestamp>,
    /// The store could not be asked, with its words.
    pub unavailable: Option<String>,
    /// What correlations are to hear of, where they are fed later.
    pub heard: Vec<Match>,
    /// What is left to do once findings are out.
    pub(super) pending: Pending,
}

impl Judged {
    /// Is there nothing to publish and nothing to record?
    pub fn is_done(&self) -> bool {
        self.ready.is_empty() && self.pending.matches.is_empty()
    }
}

/// What a decision leaves to be recorded.
#[derive(Default)]
pub(super) struct Pending {
    /// What was decided on.
    pub(super) desk: Desk,
    /// All matches, as they were handed over.
    pub(super) matches: Vec<Match>,
    /// Those that correlations have yet to hear of.
    pub(super) unheard: Vec<Match>,
}
