//! Azure writes several records for one operation; here they become one match.
//!
//! The first record that says how it went makes the match; `Start` never does, but often it alone knows who called
//! and from where. A match that lacks its caller, or of which it is only known that it was taken on, waits for the rest
//! of its delivery, and what came after it waits behind it, so that matches leave in input order. What ended the
//! operation decides what becomes of it, in whatever order its records come. Which records can be of one operation,
//! [`OperationRuns`] says: the correlation id they share is the caller's.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::event::runs::OperationRuns;
use crate::event::{Caller, Facts, OutcomeKind};
use crate::matched::Match;

/// So many matches may wait; beyond that they go out as they are.
const MOST_WAITING: usize = 512;
/// So many operations are remembered within one delivery.
const MOST_OPERATIONS: usize = 65_536;

/// The operations of one delivery.
#[derive(Default)]
pub(super) struct Operations {
    callers: HashMap<String, Caller>,
    fresh_callers: Vec<(String, Caller)>,
    matched: HashSet<(String, String)>,
    /// Operations that failed, and the rules for which that is no match.
    failed: HashSet<(String, String)>,
    queue: VecDeque<Waiting>,
    runs: HashMap<String, OperationRuns>,
    joined: u64,
}

/// A match, the operation it is of, and which of those under one id that is.
struct Waiting {
    operation: Option<String>,
    run: Option<String>,
    found: Match,
}

impl Waiting {
    /// Could another record of the operation say more?
    fn is_open(&self) -> bool {
        self.operation.is_some()
            && (Caller::is_missing_in(&self.found.facts) || finality(self.found.facts.outcome.kind) < FAILED)
    }
}

const FAILED: u8 = 2;

/// How much a record says of the end of its operation. Of two ends success is the stronger: who can have an operation
/// fail under the same id must not hide one that went well.
fn finality(outcome: OutcomeKind) -> u8 {
    match outcome {
        OutcomeKind::Unknown | OutcomeKind::Pending => 0,
        OutcomeKind::Accepted => 1,
        OutcomeKind::Denied
        | OutcomeKind::Failed
        | OutcomeKind::Cancelled
        | OutcomeKind::Interrupted
        | OutcomeKind::DryRun
        | OutcomeKind::Throttled => FAILED,
        OutcomeKind::Success => 3,
    }
}

impl Operations {
    /// An operation began: its caller is worth keeping.
    pub(super) fn began(&mut self, facts: &Facts) {
        let Some(operation) = facts.operation_key() else { return };
        let Some(caller) = Caller::of(facts) else { return };
        self.learn(&operation, &caller);
        self.fresh_callers.push((operation, caller));
    }

    /// An operation failed in a way that is no match of a rule, so it is none of what was taken for one.
    pub(super) fn failed(&mut self, facts: &Facts, rule: &str) {
        let Some(operation) = facts.operation_key() else { return };
        if finality(facts.outcome.kind) != FAILED {
            return;
        }
        let run = self.run(&operation, facts);
        let is_undone = |waiting: &Waiting| {
            waiting.run.as_ref() == Some(&run)
                && waiting.found.rule.name == rule
                && finality(waiting.found.facts.outcome.kind) < FAILED
        };
        let undone = self.queue.iter().position(is_undone).and_then(|at| self.queue.remove(at));
        let key = (run, rule.to_owned());
        if undone.is_some() {
            self.matched.remove(&key);
        }
        remember(&mut self.failed, key);
    }

    /// Adds a match; if another record of its operation already made one, whichever says more of the end counts.
    pub(super) fn add(&mut self, mut found: Match) {
        let operation = found.facts.operation_key();
        let mut run = None;
        if let Some(operation) = &operation {
            if let Some(caller) = Caller::of(&found.facts) {
                self.learn(operation, &caller);
            }
            if let Some(caller) = self.callers.get(operation) {
                caller.fill(&mut found.facts);
            }
            let its = self.run(operation, &found.facts);
            let key = (its.clone(), found.rule.name.clone());
            if self.failed.contains(&key) && finality(found.facts.outcome.kind) < FAILED {
                return;
            }
            if !remember(&mut self.matched, key) {
                let Some(late) = self.decide(&its, found) else {
                    self.joined += 1;
                    return;
                };
                // What it would tell more about is out already; memory says what becomes of it.
                found = late;
            }
            run = Some(its);
        }
        self.queue.push_back(Waiting { operation, run, found });
    }

    /// Lets a further record of an operation say how it went; hands it back if no match of it waits any more.
    fn decide(&mut self, run: &str, found: Match) -> Option<Match> {
        let same = |waiting: &&mut Waiting| {
            waiting.run.as_deref() == Some(run) && waiting.found.rule.name == found.rule.name
        };
        let Some(waiting) = self.queue.iter_mut().find(same) else { return Some(found) };
        if finality(found.facts.outcome.kind) <= finality(waiting.found.facts.outcome.kind) {
            return None;
        }
        if waiting.found.verdict.attempt == found.verdict.attempt {
            waiting.found.facts.outcome = found.facts.outcome;
        } else {
            waiting.found = found;
        }
        None
    }

    /// Which operation a record is of.
    fn run(&mut self, operation: &str, facts: &Facts) -> String {
        if self.runs.len() >= MOST_OPERATIONS {
            self.runs.clear();
        }
        let runs = self.runs.entry(operation.to_owned()).or_default();
        format!("{operation}/{}", runs.join(facts).unwrap_or_default())
    }

    /// How many records were told with another of the same operation.
    pub(super) fn joined(&self) -> u64 {
        self.joined
    }

    fn learn(&mut self, operation: &str, caller: &Caller) {
        if self.callers.len() >= MOST_OPERATIONS {
            self.callers.clear();
        }
        let known = self.callers.entry(operation.to_owned()).or_insert_with(|| caller.clone());
        known.complete_with(caller);
        for waiting in &mut self.queue {
            if waiting.operation.as_deref() == Some(operation) && Caller::is_missing_in(&waiting.found.facts)
            {
                known.fill(&mut waiting.found.facts);
            }
        }
    }

    /// The matches at the head of the queue that wait for nothing.
    pub(super) fn take_ready(&mut self) -> Vec<Match> {
        let overdue = self.queue.len().saturating_sub(MOST_WAITING);
        let ready = self.queue.iter().position(Waiting::is_open).unwrap_or(self.queue.len());
        self.queue.drain(..ready.max(overdue)).map(|waiting| waiting.found).collect()
    }

    /// How many matches were not taken.
    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// All matches: nothing more will come.
    pub(super) fn take_all(&mut self) -> Vec<Match> {
        self.queue.drain(..).map(|waiting| waiting.found).collect()
    }

    /// Callers of operations under way, for deliveries to come.
    pub(super) fn take_callers(&mut self) -> Vec<(String, Caller)> {
        std::mem::take(&mut self.fresh_callers)
    }
}

/// Adds to what is remembered of a delivery, which is bounded; says whether it is new.
fn remember(known: &mut HashSet<(String, String)>, key: (String, String)) -> bool {
    if known.len() >= MOST_OPERATIONS {
        known.clear();
    }
    known.insert(key)
}
