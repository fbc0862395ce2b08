//! `takes:`, which matches of its rules a correlation is fed with.

use trailhound_sigma::Report;
use trailhound_sigma::yaml::Yaml;

use super::words::unknown_word;
use crate::matched::Match;

/// Which matches of its rules a correlation takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Takes {
    /// What succeeded, was accepted, or matched a rule that asks how it ended.
    #[default]
    Successes,
    /// What was denied or failed.
    Attempts,
    /// Both.
    Both,
}

impl Takes {
    pub(super) const WORDS: [(&'static str, Self); 3] =
        [("successes", Self::Successes), ("attempts", Self::Attempts), ("both", Self::Both)];

    pub(super) fn read(node: &Yaml, report: &mut Report) -> Self {
        let Some(word) = node.expect_str(report) else { return Self::default() };
        if let Some((_, takes)) = Self::WORDS.iter().find(|(known, _)| *known == word) {
            return *takes;
        }
        unknown_word(node, "kind of match", word, &Self::WORDS.map(|(word, _)| word), report);
        Self::default()
    }

    pub(super) fn takes(self, found: &Match) -> bool {
        match self {
            Self::Successes => !found.verdict.attempt,
            Self::Attempts => found.verdict.attempt || found.facts.outcome.kind.is_failure(),
            Self::Both => true,
        }
    }
}
