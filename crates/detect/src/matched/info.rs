//! What the later stages need to know of a rule.

use trailhound_sigma::{Field, Level};

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
    /// Fields of the record by which the rule names the actor, the target, the object, and placeholders of its own.
    pub told: Vec<Field>,
    /// Name and id of the shipped rule whose place it takes.
    pub aliases: Vec<String>,
}

impl RuleInfo {
    /// Is it what somebody calls by this word: its name, its UUID in any case, its catalogue number, or either of the
    /// rule whose place it takes?
    pub fn is_called(&self, word: &str) -> bool {
        self.name == word
            || self.id.eq_ignore_ascii_case(word)
            || self.catalogue.as_deref() == Some(word)
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(word))
    }
}
