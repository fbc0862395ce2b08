//! Whose document or extension a call names, and what it runs.

use serde::{Deserialize, Serialize};

/// Who owns a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DocumentOwner {
    /// AWS itself.
    Aws,
    /// The account that the call is made in.
    Account,
    /// Another account, which shares it.
    Foreign,
}

impl DocumentOwner {
    /// The word in `n.document_owner`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Account => "account",
            Self::Foreign => "foreign",
        }
    }
}

/// What the provider's own documents and extensions run, where that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// The caller's code.
    Code,
    /// Inventory, patching, agents.
    Upkeep,
}

impl Purpose {
    /// The word in `n.document_runs` and `n.extension_runs`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Upkeep => "upkeep",
        }
    }
}

/// What a step of a cluster runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StepRuns {
    /// A command of the caller's.
    Command,
    /// A job of data.
    Job,
}

impl StepRuns {
    /// The word in `n.steps_run`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Job => "job",
        }
    }
}
