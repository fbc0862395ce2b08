//! The case that a finding is of.

use serde::{Deserialize, Serialize};

/// So many digits of its first finding's id are a case's.
const DIGITS: usize = 12;

/// The id of the case that a finding is the first of.
pub fn case_of(finding: &str) -> &str {
    finding.get(..DIGITS).unwrap_or(finding)
}

/// How a finding stands in its case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InCase {
    /// The finding that opened the case.
    pub opened_by: String,
    /// When that happened, in milliseconds since the epoch.
    pub since: i64,
    /// What it is to the case.
    pub step: CaseStep,
    /// What no finding of the case had before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adds: Vec<CaseNews>,
    /// Other cases that it turned out to be of too, which end in this one; the first few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absorbed: Vec<String>,
}

impl InCase {
    /// The case's id.
    pub fn uid(&self) -> &str {
        case_of(&self.opened_by)
    }
}

/// What a finding is to its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStep {
    /// The first.
    Opened,
    /// Graver than all before.
    Raised,
    /// One more.
    Added,
}

impl CaseStep {
    /// The word in findings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Raised => "raised",
            Self::Added => "added",
        }
    }

    /// The word of a finding that is of no case.
    pub const ALONE: &str = "alone";
}

/// What a finding brings to its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseNews {
    /// A rule that had found nothing of it.
    Rule,
    /// An identity.
    Identity,
    /// A key.
    Key,
    /// A machine.
    Machine,
    /// An address.
    Address,
}

impl CaseNews {
    /// The word in findings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Identity => "identity",
            Self::Key => "key",
            Self::Machine => "machine",
            Self::Address => "address",
        }
    }
}
