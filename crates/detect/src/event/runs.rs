//! Records of one Azure operation, told from those of others under the same correlation id.
//!
//! The caller may choose that id, and Terraform keeps one for all it does. So records belong together only where they
//! also lie near each other in time, name no two callers, and can be one operation: taken on once and ended once, each from
//! one address. A success after a failure is the same try come to its end; a failure after a success is another.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::facts::{Facts, OutcomeKind};

/// How far a record may lie from the others of its operation: a run command may take 90 minutes, a deployment hours.
pub(crate) const NEAR: SignedDuration = SignedDuration::from_hours(4);
/// Copies of one record are written to other precisions, and the clocks of two machines differ.
const ALIKE: i64 = 2_000;
/// So many runs are told apart under one id; then the oldest are forgotten, and what comes of them is told again.
const MOST_RUNS: usize = 32;
/// A caller goes by so many names at most.
const MOST_NAMES: usize = 4;

/// The runs of what is one operation by its subscription, correlation id, action and resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OperationRuns {
    runs: Vec<OperationRun>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct OperationRun {
    /// Tells it from the first under its id, which has none: the record that began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anchor: Option<String>,
    /// Digests of the caller's ids, and of the name those ids go by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ids: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    names: Vec<String>,
    /// When it was taken on, when it failed and when it was done, in milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accepted: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    done: Option<i64>,
    /// When a record told of it that does not say how it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told: Option<i64>,
    /// Digests of the addresses that these records name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    from: BTreeMap<OperationStep, String>,
}

/// How an operation stands by one of its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OperationStep {
    Accepted,
    Failed,
    Done,
    Told,
}

impl OperationStep {
    fn of(outcome: OutcomeKind) -> Option<Self> {
        match outcome {
            OutcomeKind::Pending => None,
            OutcomeKind::Accepted => Some(Self::Accepted),
            OutcomeKind::Success => Some(Self::Done),
            OutcomeKind::Unknown => Some(Self::Told),
            OutcomeKind::Denied
            | OutcomeKind::Failed
            | OutcomeKind::Cancelled
            | OutcomeKind::Interrupted
            | OutcomeKind::DryRun
            | OutcomeKind::Throttled => Some(Self::Failed),
        }
    }
}

impl OperationRuns {
    pub(crate) fn len(&self) -> usize {
        self.runs.len()
    }

    /// Puts a record where it belongs. Answers with what tells its run from the first under the same id.
    pub(crate) fn join(&mut self, facts: &Facts) -> Option<String> {
        let step = OperationStep::of(facts.outcome.kind)?;
        let Some(at) = facts.time.map(jiff::Timestamp::as_millisecond) else {
            return Some(anchor(facts));
        };
        let near = self.runs.iter_mut().filter(|run| run.may_take(step, at, facts));
        let from = address(facts);
        let is_elsewhere =
            |run: &OperationRun| from.as_ref().is_some_and(|from| run.from.values().all(|one| one != from));
        if let Some(run) = near.min_by_key(|run| (is_elsewhere(run), run.distance(at))) {
            run.take(step, at, facts);
            return run.anchor.clone();
        }
        let mut run = OperationRun {
            anchor: (!self.runs.is_empty()).then(|| anchor(facts)),
            ..OperationRun::default()
        };
        run.take(step, at, facts);
        let anchor = run.anchor.clone();
        self.runs.push(run);
        if self.runs.len() > MOST_RUNS {
            self.runs.remove(0);
        }
        anchor
    }
}

/// Half of the record's id.
fn anchor(facts: &Facts) -> String {
    facts.event_uid.chars().take(32).collect()
}

impl OperationRun {
    fn steps(&self) -> impl Iterator<Item = i64> {
        [self.accepted, self.failed, self.done, self.told].into_iter().flatten()
    }

    /// How far the record is from the nearest other.
    fn distance(&self, at: i64) -> i64 {
        self.steps()
            .map(|step| step.abs_diff(at))
            .min()
            .map_or(i64::MAX, |far| i64::try_from(far).unwrap_or(i64::MAX))
    }

    fn may_take(&self, step: OperationStep, at: i64, facts: &Facts) -> bool {
        let alike = |there: i64| there.abs_diff(at) <= ALIKE.unsigned_abs();
        let not_before =
            |earlier: Option<i64>, later: i64| earlier.is_none_or(|earlier| earlier <= later + ALIKE);
        let not_after = |later: Option<i64>, earlier: i64| later.is_none_or(|later| earlier <= later + ALIKE);
        let free = |slot: Option<i64>| slot.is_none_or(alike);
        let fits = match step {
            OperationStep::Accepted => free(self.accepted) && not_after(self.done, at),
            OperationStep::Failed => free(self.failed) && not_after(self.done, at),
            OperationStep::Done => {
                free(self.done) && not_before(self.accepted, at) && not_before(self.failed, at)
            }
            OperationStep::Told => true,
        };
        fits && self.is_from(step, facts)
            && i128::from(self.distance(at)) <= NEAR.as_millis()
            && self.is_by(facts)
    }

    /// Copies of one record do not differ in its address.
    fn is_from(&self, step: OperationStep, facts: &Facts) -> bool {
        let there = self.from.get(&step);
        there.is_none_or(|there| address(facts).is_none_or(|from| from == *there))
    }

    /// Does nothing say that somebody else called? A record may lack its caller, and name it by its id or by its name.
    fn is_by(&self, facts: &Facts) -> bool {
        let (id, name) = caller(facts);
        if self.ids.is_empty() || id.is_none() {
            return true;
        }
        let has = |list: &[String], one: &Option<String>| one.as_ref().is_some_and(|one| list.contains(one));
        // A name vouches for one id, not for the next that goes by it.
        has(&self.ids, &id) || has(&self.names, &id) || (self.ids.len() == 1 && has(&self.ids, &name))
    }

    fn take(&mut self, step: OperationStep, at: i64, facts: &Facts) {
        let slot = match step {
            OperationStep::Accepted => &mut self.accepted,
            OperationStep::Failed => &mut self.failed,
            OperationStep::Done => &mut self.done,
            OperationStep::Told => &mut self.told,
        };
        slot.get_or_insert(at);
        if let Some(from) = address(facts) {
            self.from.entry(step).or_insert(from);
        }
        let (id, name) = caller(facts);
        for (list, one) in [(&mut self.ids, id), (&mut self.names, name)] {
            if let Some(one) = one
                && list.len() < MOST_NAMES
                && !list.contains(&one)
            {
                list.push(one);
            }
        }
    }
}

/// Digests of the id that a caller is known by, and of the name beside it.
fn caller(facts: &Facts) -> (Option<String>, Option<String>) {
    let digest = |text: &str| {
        let text = text.trim().to_lowercase();
        (!text.is_empty()).then(|| digest::of_parts(&["caller", &text])[..16].to_owned())
    };
    (digest(&facts.actor.key), digest(&facts.actor.display))
}

fn address(facts: &Facts) -> Option<String> {
    facts.source.ip.map(|ip| digest::of_parts(&["address", &ip.to_string()])[..8].to_owned())
}
