//! A match as it can be kept and taken up again before it is judged.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Asked, Match, Provenance, RuleInfo, Verdict};
use crate::context::Context;
use crate::facts::Facts;

/// A match with no more of its record than its sentence tells, and without what is found out later: what memory, suppressions
/// and the links of sessions say, and what files beside the logs do.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptMatch {
    rule: String,
    facts: Facts,
    from: Provenance,
    asked: Asked,
    verdict: Verdict,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    told: Vec<(String, Value)>,
}

impl From<Match> for KeptMatch {
    fn from(found: Match) -> Self {
        let Match { rule, facts, from, asked, verdict, mut excerpt, .. } = found;
        excerpt.shown.retain(|(path, _)| rule.told.iter().any(|field| field.paths.contains(path)));
        Self { rule: rule.name.clone(), facts, from, asked, verdict, told: excerpt.shown }
    }
}

impl KeptMatch {
    /// The match, where its rule is still there by its name.
    pub fn taken_up(
        self,
        named: impl FnOnce(&str) -> Option<Arc<RuleInfo>>,
        context: Option<&Context>,
    ) -> Option<Match> {
        let Self { rule, mut facts, from, asked, verdict, told } = self;
        let rule = named(&rule)?;
        facts.known = context.and_then(|context| context.known(&facts));
        let mut found = Match::of(rule, facts, from).with(verdict);
        found.asked = asked;
        found.excerpt.shown = told;
        Some(found)
    }
}
