//! How far a memory reaches, and who else there is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::matched::Told;

/// What may be taken for known, and against whom findings are claimed.
pub(crate) enum Mode {
    /// The store outlives the process, and other processes publish from the same source.
    Lasting,
    /// The store is gone with the process: duplicates and bursts can be told, but not what is new.
    Fleeting,
    /// As lasting, for what nobody is told of.
    Apart,
    /// One run over records in any order, which publishes alone and whose matches are correlated once all can be had in
    /// order of time.
    OneRun(TakenForKnown, PublishedHere),
}

/// What a run may take for known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TakenForKnown {
    /// What a baseline holds.
    Baseline,
    /// Nothing, so that nothing counts as new.
    Nothing,
}

impl Mode {
    /// The same for one run.
    pub(super) fn in_one_run(&self) -> Self {
        let known = if self.tells_news() { TakenForKnown::Baseline } else { TakenForKnown::Nothing };
        Self::OneRun(known, PublishedHere::default())
    }

    /// Can it tell what is new?
    pub(crate) fn tells_news(&self) -> bool {
        matches!(self, Self::Lasting | Self::Apart | Self::OneRun(TakenForKnown::Baseline, _))
    }

    /// Does somebody else publish, so that findings must be claimed?
    pub(crate) fn has_others(&self) -> bool {
        !matches!(self, Self::OneRun(..))
    }

    /// Are findings joined to cases as they go out?
    pub(crate) fn keeps_cases(&self) -> bool {
        matches!(self, Self::Lasting | Self::Fleeting)
    }

    /// Is it kept who was handed which session, since not all hand-outs are at hand?
    pub(crate) fn keeps_sessions(&self) -> bool {
        matches!(self, Self::Lasting | Self::Fleeting)
    }

    /// Do matches come in any order, to be correlated last?
    pub(crate) fn correlates_last(&self) -> bool {
        matches!(self, Self::OneRun(..))
    }

    /// What this run published of a finding.
    pub(crate) fn published_here(&self, finding: &str) -> Option<Told> {
        match self {
            Self::OneRun(_, published) => published.of(finding),
            Self::Lasting | Self::Fleeting | Self::Apart => None,
        }
    }

    /// Notes that a finding was published.
    pub(crate) fn note(&self, finding: &str, told: Told) {
        if let Self::OneRun(_, published) = self {
            published.note(finding, told);
        }
    }
}

/// What a run published itself, by half of each finding's id.
#[derive(Default)]
pub(crate) struct PublishedHere(Mutex<HashMap<u128, Told>>);

impl PublishedHere {
    fn of(&self, finding: &str) -> Option<Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&half(finding)).copied()
    }

    fn note(&self, finding: &str, told: Told) {
        let mut published = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        published.entry(half(finding)).and_modify(|before| *before = before.and(told)).or_insert(told);
    }
}

fn half(finding: &str) -> u128 {
    finding.get(..32).and_then(|half| u128::from_str_radix(half, 16).ok()).unwrap_or_default()
}
