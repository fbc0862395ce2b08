//! Azure writes several records for one operation; here they become one match.
//!
//! The first record that says how it went makes the match; `Start` never does, but often it alone knows who called
//! and from where. A match that lacks its caller waits for the rest of the delivery, and what came after it waits
//! behind it, so that matches leave in input order.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::event::{Caller, Facts};
use crate::matched::Match;

/// So many matches may wait; beyond that they go out without their caller.
const MOST_WAITING: usize = 512;
/// So many operations are remembered within one delivery.
const MOST_OPERATIONS: usize = 65_536;

/// The operations of one delivery.
#[derive(Default)]
pub(super) struct Operations {
    callers: HashMap<String, Caller>,
    fresh_callers: Vec<(String, Caller)>,
    matched: HashSet<(String, String)>,
    queue: VecDeque<Match>,
}

impl Operations {
    /// An operation began: its caller is worth keeping.
    pub(super) fn began(&mut self, facts: &Facts) {
        let Some(operation) = facts.operation_key() else { return };
        let Some(caller) = Caller::of(facts) else { return };
        self.learn(&operation, &caller);
        self.fresh_callers.push((operation, caller));
    }

    /// Adds a match, unless another record of its operation already made one.
    pub(super) fn add(&mut self, mut found: Match) {
        if let Some(operation) = found.facts.operation_key() {
            if let Some(caller) = Caller::of(&found.facts) {
                self.learn(&operation, &caller);
            }
            if self.matched.len() >= MOST_OPERATIONS {
                self.matched.clear();
            }
            if !self.matched.insert((operation.clone(), found.rule.name.clone())) {
                return;
            }
            if let Some(caller) = self.callers.get(&operation) {
                caller.fill(&mut found.facts);
            }
        }
        self.queue.push_back(found);
    }

    fn learn(&mut self, operation: &str, caller: &Caller) {
        if self.callers.len() >= MOST_OPERATIONS {
            self.callers.clear();
        }
        let known = self.callers.entry(operation.to_owned()).or_insert_with(|| caller.clone());
        known.complete_with(caller);
        for waiting in &mut self.queue {
            if Caller::is_missing_in(&waiting.facts)
                && waiting.facts.operation_key().as_deref() == Some(operation)
            {
                known.fill(&mut waiting.facts);
            }
        }
    }

    /// The matches at the head of the queue that wait for nothing.
    pub(super) fn take_ready(&mut self) -> Vec<Match> {
        let waits =
            |found: &Match| Caller::is_missing_in(&found.facts) && found.facts.operation_key().is_some();
        let overdue = self.queue.len().saturating_sub(MOST_WAITING);
        let ready = self.queue.iter().position(waits).unwrap_or(self.queue.len());
        self.queue.drain(..ready.max(overdue)).collect()
    }

    /// How many matches were not taken.
    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// All matches: nothing more will come.
    pub(super) fn take_all(&mut self) -> Vec<Match> {
        self.queue.drain(..).collect()
    }

    /// Callers of operations under way, for deliveries to come.
    pub(super) fn take_callers(&mut self) -> Vec<(String, Caller)> {
        std::mem::take(&mut self.fresh_callers)
    }
}
