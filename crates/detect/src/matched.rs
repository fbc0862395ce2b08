//! A rule that matched an event: owned, and all that the later stages need.

mod episode;
mod in_case;
mod info;
mod kept;
pub mod ties;
mod told;
mod verdict;

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use crate::behind::Behind;
use crate::digest;
use crate::facts::{Facts, OutcomeKind};
pub use episode::{Episode, EpisodeMember, WindowPlace};
pub use in_case::{CaseNews, CaseStep, InCase, case_of};
pub use info::RuleInfo;
pub use kept::KeptMatch;
pub(crate) use told::Told;
pub use trailhound_sigma::Level;
pub use verdict::{Adjustment, AppliedSuppression, Learning, Newness, Routine, Score, ScorePart, Verdict};

const DENIED: &str = "It was refused, so nothing came of this call. See what else the same actor tried, whether a later \
                      call went through, and whether the credentials are in the right hands.";
const FAILED: &str = "It failed, so nothing is known to have come of this call. See whether the same actor tried again and \
                      succeeded, and whether the credentials are in the right hands.";
const CANCELLED: &str = "It was cancelled before it was done, and what it had done by then is not known. See on the \
                         target whether anything ran, and who cancelled it.";
const DRY_RUN: &str = "It only asked whether the call would be allowed. See what the same actor called next.";

/// The texts of a value or of a list of them.
fn texts(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Array(all) => all.iter().flat_map(texts).collect(),
        serde_json::Value::String(text) => vec![text.clone()],
        serde_json::Value::Number(number) => vec![number.to_string()],
        serde_json::Value::Bool(is) => vec![is.to_string()],
        serde_json::Value::Null | serde_json::Value::Object(_) => Vec::new(),
    }
}

/// Where a match comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Where the record stands: `s3://bucket/key#3`.
    pub origin: String,
    /// The delivery it came in, without the record: `s3://bucket/key`.
    pub delivery: String,
    /// SHA-256 of the record's bytes, in hex.
    pub raw_hash: String,
    /// Their number.
    pub raw_size: u64,
    /// It came by a way that nobody vouches for: told, and neither learned from nor taken for another's copy.
    pub unvouched: bool,
    /// Somebody had it evaluated again, however long ago it happened.
    #[serde(skip)]
    pub replayed: bool,
}

/// The label of what somebody had evaluated again.
pub const REPLAYED: &str = "replayed";

impl Provenance {
    /// A verdict that says where its match comes from, where that matters to people.
    pub(crate) fn labelled(&self, mut verdict: Verdict) -> Verdict {
        if self.replayed {
            verdict.labels.push(REPLAYED.to_owned());
        }
        verdict
    }
}

/// A field that was left out, so that an analyst knows that it existed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// Its path in the record.
    pub path: String,
    /// `drop`, `hash` or `truncate`.
    pub action: &'static str,
    /// `trailhound`, or the provider that had already hidden it.
    pub by: &'static str,
}

/// What of the record a finding may carry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Excerpt {
    /// Allow-listed raw fields: path and value as JSON, secrets already taken out.
    pub shown: Vec<(String, serde_json::Value)>,
    /// What was left out.
    pub redactions: Vec<Redaction>,
}

/// What later stages will ask of the record, which is gone by then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The rule's baselines that are asked about it, by position.
    pub baselines: Vec<usize>,
    /// Of what the rule takes for a habit, what is asked about it, by position.
    pub known: Vec<usize>,
    /// Values of the record's fields that correlations ask for.
    pub fields: Vec<(String, Vec<String>)>,
}

/// A rule that matched an event.
#[derive(Clone, Debug)]
pub struct Match {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    /// What happened.
    pub facts: Facts,
    /// Where it comes from.
    pub from: Provenance,
    /// What of the record may be shown.
    pub excerpt: Excerpt,
    /// What is asked of it later.
    pub asked: Asked,
    /// Who is behind the session that did it, where that was asked.
    pub behind: Option<Box<Behind>>,
    /// What is made of it.
    pub verdict: Verdict,
    /// The events behind a correlation's match; nothing for a rule's.
    pub episode: Option<Episode>,
    uid: OnceLock<String>,
}

impl Match {
    /// Somebody had it evaluated again, as it turned out.
    pub fn mark_replayed(&mut self) {
        if !self.from.replayed {
            self.from.replayed = true;
            self.verdict = self.from.labelled(std::mem::take(&mut self.verdict));
        }
    }

    /// A match as its rule alone has it: a success at the rule's level, of which nothing is shown and nothing known.
    pub fn of(rule: Arc<RuleInfo>, facts: Facts, from: Provenance) -> Self {
        Self {
            verdict: Verdict::at(rule.level),
            rule,
            facts,
            from,
            excerpt: Excerpt::default(),
            asked: Asked::default(),
            behind: None,
            episode: None,
            uid: OnceLock::new(),
        }
    }

    /// The same with another verdict.
    #[must_use]
    pub fn with(mut self, verdict: Verdict) -> Self {
        self.verdict = verdict;
        self
    }

    /// The same event seen more closely, so that its finding has another id.
    pub(crate) fn identified(&self, by: impl FnOnce(&mut Facts)) -> Self {
        let mut found = Self { uid: OnceLock::new(), ..self.clone() };
        by(&mut found.facts);
        found
    }

    /// The same, of which nothing is shown: all that correlations ask for.
    #[must_use]
    pub fn without_excerpt(&self) -> Self {
        let Self { rule, facts, from, excerpt: _, asked, behind, verdict, episode, uid } = self;
        Self {
            rule: Arc::clone(rule),
            facts: facts.clone(),
            from: from.clone(),
            excerpt: Excerpt::default(),
            asked: asked.clone(),
            behind: behind.clone(),
            verdict: verdict.clone(),
            episode: episode.clone(),
            uid: uid.clone(),
        }
    }

    /// The id of its finding, `finding_info.uid`: the same for the same rule and event, whatever way the event came and
    /// however often.
    ///
    /// What the event is comes from the facts alone: never from the delivery, the product or the time, and from its
    /// place only when the record does not name itself. An attempt has its rule's id, so that the several records of
    /// one Azure operation stay one finding however it ends. Computed once; what it is made of must not change later.
    pub fn uid(&self) -> &str {
        self.uid.get_or_init(|| {
            let facts = &self.facts;
            if let Some(episode) = &self.episode {
                return digest::of_parts(&["finding", &self.rule.name, "episode", &episode.id]);
            }
            let identity = facts.identity();
            let mut parts =
                vec!["finding", &self.rule.name, facts.provider.as_str(), &facts.scope.account, &identity];
            if !facts.has_own_id() {
                parts.push(&self.from.origin);
            }
            digest::of_parts(&parts)
        })
    }

    /// The key of whom its session comes from, where somebody else is known to be behind it and will be whatever comes
    /// later: what one event is counted under must not change when it comes again.
    pub fn behind_known(&self) -> Option<&str> {
        let behind = self.behind.as_deref()?;
        let is_told = behind.is_final && behind.end.is_known() && !behind.links.is_empty();
        is_told.then_some(behind.root.key.as_str())
    }

    /// The rule's name, with `.attempt` where it was one.
    pub fn rule_id(&self) -> String {
        if self.verdict.attempt { format!("{}.attempt", self.rule.name) } else { self.rule.name.clone() }
    }

    /// What the record says of a name that the rule gave to a field of it; nothing for other names.
    pub fn told(&self, name: &str) -> Option<Vec<String>> {
        let field = self.rule.told.iter().find(|field| field.name == name)?;
        let values = field.paths.iter().map(|path| {
            if path.starts_with("n.") {
                return self.facts.texts(path);
            }
            let shown = self.excerpt.shown.iter().find(|(shown, _)| shown == path);
            shown.map(|(_, value)| texts(value)).unwrap_or_default()
        });
        Some(values.into_iter().find(|values| !values.is_empty()).unwrap_or_default())
    }

    /// What to check next. Of what was refused or failed there is nothing to look at on the target.
    pub fn check(&self) -> &str {
        if self.verdict.attempt {
            return match self.facts.outcome.kind {
                OutcomeKind::Denied => DENIED,
                OutcomeKind::DryRun => DRY_RUN,
                OutcomeKind::Cancelled => CANCELLED,
                _ => FAILED,
            };
        }
        self.verdict.check.as_deref().unwrap_or(&self.rule.check)
    }

    /// All techniques, the rule's first.
    pub fn techniques(&self) -> impl Iterator<Item = &str> {
        self.rule.techniques.iter().chain(&self.verdict.extra_techniques).map(String::as_str)
    }
}
