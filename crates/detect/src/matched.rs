//! A rule that matched an event: owned, small, and all that the later stages need.

use std::sync::{Arc, OnceLock};

use crate::digest;
use crate::event::{Facts, LogType};
use crate::state::Key;

pub use trailhound_sigma::Level;

/// What the later stages need to know of a rule.
#[derive(Clone, Debug, Default)]
pub struct RuleInfo {
    /// Slug: `aws-ssm-session-shell`.
    pub name: String,
    /// UUID.
    pub id: String,
    /// Catalogue number: `AWS-01`.
    pub catalogue: Option<String>,
    /// One line.
    pub title: String,
    /// A paragraph.
    pub description: String,
    /// `stable`, `test`, `experimental`.
    pub status: String,
    /// Date of the last change; the analytic's version.
    pub version: String,
    /// Level on success, before anything adjusts it.
    pub level: Level,
    /// ATT&CK techniques, `T1021.008` spelling, the first the leading one.
    pub techniques: Vec<String>,
    /// ATT&CK tactics, as in the tags: `lateral-movement`.
    pub tactics: Vec<String>,
    /// Primary documentation.
    pub references: Vec<String>,
    /// Known false positives.
    pub false_positives: Vec<String>,
    /// Action family for baselines and correlations.
    pub family: String,
    /// The message, with placeholders.
    pub sentence: String,
    /// Why it matters.
    pub why: String,
    /// What to check next.
    pub check: String,
    /// What is normal.
    pub normal: String,
    /// How to tune it.
    pub tune: String,
    /// Raw fields that the finding may carry.
    pub show: Vec<String>,
}

impl RuleInfo {
    /// Is it what somebody calls by this word: its name, its UUID in any case, or its catalogue number?
    pub fn is_called(&self, word: &str) -> bool {
        self.name == word || self.id.eq_ignore_ascii_case(word) || self.catalogue.as_deref() == Some(word)
    }
}

/// Something that moved the level, for the analyst to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// The level before.
    pub from: Level,
    /// The level after.
    pub to: Level,
    /// Why, in a few words.
    pub because: String,
}

/// One part of the risk score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScorePart {
    /// What it is for.
    pub because: String,
    /// Points, positive or negative.
    pub points: i32,
}

/// Risk, 0 to 100, with its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// The sum, capped.
    pub value: u8,
    /// The base by level first, then every modifier that acted.
    pub parts: Vec<ScorePart>,
}

/// A suppression that acted on a match without dropping it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedSuppression {
    /// Its id.
    pub id: String,
    /// `downgrade` or `tag`.
    pub action: &'static str,
    /// Why, in its owner's words.
    pub reason: String,
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

/// What memory says about a match; empty without memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Newness {
    /// Facts seen for the first time: `actor-action`, `network`.
    pub first: Vec<String>,
    /// Facts known already, with when they were last seen.
    pub last_seen: Vec<(String, jiff::Timestamp)>,
    /// Facts whose first sighting lately raised an alert, with its time: neither new nor normal.
    pub recent: Vec<(String, jiff::Timestamp)>,
    /// The account is still being learned: what would be new, until when, and the level it would have raised to.
    pub learning: Option<Learning>,
    /// The store could not be asked.
    pub unavailable: bool,
}

impl Newness {
    /// Is a fact new, or new so lately that it is not yet taken for normal?
    pub fn is_news(&self, fact: &str) -> bool {
        self.first.iter().any(|first| first == fact) || self.recent.iter().any(|(recent, _)| recent == fact)
    }

    /// Does memory say anything?
    pub fn knows_anything(&self) -> bool {
        !(self.first.is_empty()
            && self.last_seen.is_empty()
            && self.recent.is_empty()
            && self.learning.is_none())
    }
}

/// What is held back while an account is learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learning {
    /// Facts seen for the first time.
    pub first: Vec<String>,
    /// When learning ends at the earliest, where it is a matter of time.
    pub until: Option<jiff::Timestamp>,
    /// The level that the match would have had.
    pub level: Level,
}

/// Events that a correlation found to belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// What the episode is: a digest of correlation, group and first member.
    pub id: String,
    /// Where its window is kept.
    pub window: Key,
    /// The first member, as the window knows it.
    pub anchor: String,
    /// The members, oldest first.
    pub members: Vec<Member>,
}

/// One of the events of an episode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The event's own id.
    pub uid: String,
    /// Who did it, for people; untrusted.
    pub actor: String,
    /// When.
    pub at: jiff::Timestamp,
    /// The log it stands in.
    pub log: LogType,
    /// The rule that matched it.
    pub rule: String,
}

/// A rule that matched an event.
#[derive(Clone, Debug)]
pub struct Match {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    /// The call was denied or failed: this is the rule's `.attempt`.
    pub attempt: bool,
    /// Level as it stands.
    pub level: Level,
    /// What moved it, in order.
    pub adjustments: Vec<Adjustment>,
    /// Labels that adjustments and suppressions added.
    pub labels: Vec<String>,
    /// Techniques that adjustments added.
    pub extra_techniques: Vec<String>,
    /// Risk.
    pub score: Score,
    /// What happened.
    pub facts: Facts,
    /// Allow-listed raw fields: path and value as JSON, secrets already taken out.
    pub shown: Vec<(String, serde_json::Value)>,
    /// What was left out.
    pub redactions: Vec<Redaction>,
    /// SHA-256 of the record's bytes, in hex.
    pub raw_hash: String,
    /// Their number.
    pub raw_size: u64,
    /// Where the record stands: `s3://bucket/key#3`.
    pub origin: String,
    /// The delivery it came in, without the record: `s3://bucket/key`.
    pub delivery: String,
    /// Suppressions that acted.
    pub suppressions: Vec<AppliedSuppression>,
    /// What memory says.
    pub newness: Newness,
    /// The rule's baselines that are asked about it, by position.
    pub asks: Vec<usize>,
    /// Values of the record's fields that correlations ask for.
    pub fields: Vec<(String, Vec<String>)>,
    /// The events behind a correlation's match; nothing for a rule's.
    pub episode: Option<Episode>,
    uid: OnceLock<String>,
}

/// Where a match comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Where the record stands: `s3://bucket/key#3`.
    pub origin: String,
    /// The delivery it came in, without the record: `s3://bucket/key`.
    pub delivery: String,
    /// SHA-256 of the record's bytes, in hex.
    pub raw_hash: String,
    /// Their number.
    pub raw_size: u64,
}

impl Match {
    /// A match as its rule alone has it: a success at the rule's level, of which nothing is shown and nothing known.
    pub fn of(rule: Arc<RuleInfo>, facts: Facts, from: Provenance) -> Self {
        Self {
            attempt: false,
            level: rule.level,
            rule,
            adjustments: Vec::new(),
            labels: Vec::new(),
            extra_techniques: Vec::new(),
            score: Score::default(),
            facts,
            shown: Vec::new(),
            redactions: Vec::new(),
            raw_hash: from.raw_hash,
            raw_size: from.raw_size,
            origin: from.origin,
            delivery: from.delivery,
            suppressions: Vec::new(),
            newness: Newness::default(),
            asks: Vec::new(),
            fields: Vec::new(),
            episode: None,
            uid: OnceLock::new(),
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
                parts.push(&self.origin);
            }
            digest::of_parts(&parts)
        })
    }

    /// The rule's name, with `.attempt` where it was one.
    pub fn rule_id(&self) -> String {
        if self.attempt { format!("{}.attempt", self.rule.name) } else { self.rule.name.clone() }
    }

    /// All techniques, the rule's first.
    pub fn techniques(&self) -> impl Iterator<Item = &str> {
        self.rule.techniques.iter().chain(&self.extra_techniques).map(String::as_str)
    }
}
