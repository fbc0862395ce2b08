//! The facts that decide what a finding says, as digests, so that two records under one id can be compared.
//!
//! Copies of one event hold more or less of it; each fact is compared only where both hold it.

#[cfg(test)]
mod tests;

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::digest;

/// Action, actor, target, source, outcome, account, region, and second of the event, in that order; zero for what the
/// record does not hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deciding([u64; 8]);

impl Deciding {
    pub(crate) fn of(facts: &Facts) -> Self {
        let mut targets: Vec<String> = facts.target.ids.iter().map(|id| id.to_lowercase()).collect();
        targets.sort_unstable();
        targets.dedup();
        let source = facts.source.ip.map(|ip| ip.to_string());
        let second = facts.time.map(|time| time.as_second().to_string());
        let one = |text: &str| vec![text.to_lowercase()];
        let maybe = |text: Option<&str>| text.map(one).unwrap_or_default();
        let all = [
            one(&facts.action.key),
            one(&facts.actor.key),
            targets,
            maybe(source.as_deref()),
            one(facts.outcome.kind.as_str()),
            one(&facts.scope.account),
            maybe(facts.scope.region.as_deref()),
            maybe(second.as_deref()),
        ];
        Self(all.map(|parts| short(&parts)))
    }

    /// Do two records say different things?
    pub(crate) fn contradicts(self, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(one, other)| *one != other && *one != 0 && other != 0)
    }

    /// All of it in one word.
    pub(crate) fn word(self) -> String {
        self.0.iter().fold(String::new(), |mut word, part| {
            let _ = write!(word, "{part:016x}");
            word
        })
    }
}

fn short(parts: &[String]) -> u64 {
    if parts.iter().all(String::is_empty) {
        return 0;
    }
    digest::word_of_parts(parts.iter().map(String::as_str)).max(1)
}
