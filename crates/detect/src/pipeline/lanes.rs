//! Matches of rules that alert, and apart from them those of rules in shadow: none waits for one of the other.

use super::operations::Operations;
use crate::event::Caller;
use crate::matched::Match;
use crate::rules::Detection;

/// The operations of one delivery.
#[derive(Default)]
pub(super) struct Lanes {
    live: Operations,
    shadow: Operations,
}

impl Lanes {
    /// Where a rule's matches go.
    pub(super) fn of(&mut self, detection: &Detection) -> &mut Operations {
        if detection.extension.shadow { &mut self.shadow } else { &mut self.live }
    }

    /// How many records were told with another of the same operation.
    pub(super) fn joined(&self) -> u64 {
        self.live.joined()
    }

    /// The matches that wait for nothing, those in shadow last.
    pub(super) fn take_ready(&mut self) -> Vec<Match> {
        let mut ready = self.live.take_ready();
        ready.append(&mut self.shadow.take_ready());
        ready
    }

    /// How many matches that alert were not taken.
    pub(super) fn waiting(&self) -> usize {
        self.live.waiting()
    }

    /// All matches: nothing more will come.
    pub(super) fn take_all(&mut self) -> Vec<Match> {
        let mut all = self.live.take_all();
        all.append(&mut self.shadow.take_all());
        all
    }

    /// Callers of operations under way. Of those that only rules in shadow look at nothing is kept.
    pub(super) fn take_callers(&mut self) -> Vec<(String, Caller)> {
        self.live.take_callers()
    }
}
