//! What is kept of a finding in shadow: a line that says who did what, small enough to keep all of them for months.
//!
//! It holds what a finding's own line in a log holds and what promoting asks for, all of it past the gates that a finding
//! passes; no field of the record beside.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::clean;
use super::finding::Finding;
use super::visible::visible;

/// A finding in shadow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shadowed {
    /// The id that its finding has where its rule is promoted.
    pub uid: String,
    /// The rule's name.
    pub rule: String,
    /// The level it would have been told at.
    pub level: String,
    /// Only tried.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub attempt: bool,
    /// When its event happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// When it was found.
    pub found_at: Timestamp,
    /// `aws`, `azure`.
    pub provider: String,
    /// The account, subscription or tenant.
    pub account: String,
    /// Who did it.
    pub actor: String,
    /// To what.
    pub target: String,
    /// From where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The sentence.
    pub message: String,
    /// Where the record stands.
    pub origin: String,
    /// Rules that alert by the same record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<String>,
}

impl Shadowed {
    /// What is kept of a finding, beside which these rules alerted.
    pub fn of(finding: &Finding, beside: Vec<String>) -> Self {
        let found = &finding.matched;
        let facts = &found.facts;
        let plain = |text: &str| visible(&clean(text)).into_owned();
        let source = facts.source.ip.map(|ip| ip.to_string()).or_else(|| facts.source.service.clone());
        Self {
            uid: finding.uid.clone(),
            rule: found.rule.name.clone(),
            level: finding.level().to_string(),
            attempt: found.verdict.attempt,
            time: facts.time,
            found_at: finding.at,
            provider: facts.provider.as_str().to_owned(),
            account: plain(&facts.scope.account),
            actor: plain(&finding.who()),
            target: plain(&finding.target()),
            source: source.map(|source| plain(&source)),
            message: plain(&finding.message()),
            origin: plain(&found.from.origin),
            beside,
        }
    }
}

/// A line of what is kept: a finding in shadow, or how many more there were than one delivery keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ShadowLine {
    /// One finding.
    Found(Box<Shadowed>),
    /// Matches of a rule that were only counted.
    More {
        /// The rule's name.
        rule: String,
        /// How many.
        more: u64,
        /// When they were found.
        found_at: Timestamp,
    },
}
