//! What became of rule files: what is in force, what is wrong, what makes one wonder, what is left out.

use trailhound_sigma::{Diagnostic, Diagnostics, Severity};

/// What became of a file.
#[derive(Debug)]
pub struct FileReport {
    /// The file.
    pub path: String,
    /// The names of what it holds, or all that is wrong with it.
    pub outcome: Result<Vec<String>, Diagnostics>,
    /// What may not be as its author meant it.
    pub warnings: Vec<Diagnostic>,
    /// The rules in it about something that is not read.
    pub beyond: Vec<Beyond>,
}

impl FileReport {
    pub(super) fn new(path: &str) -> Self {
        Self { path: path.to_owned(), outcome: Ok(Vec::new()), warnings: Vec::new(), beyond: Vec::new() }
    }

    /// Leaves one of its documents out, which is no error.
    pub(super) fn leave_out(&mut self, name: Option<&String>, beyond: Beyond) {
        if let Ok(in_force) = &mut self.outcome {
            in_force.retain(|own| Some(own) != name);
        }
        self.beyond.push(beyond);
    }

    /// Adds what was told of it, errors and warnings.
    pub(super) fn tell(&mut self, told: impl IntoIterator<Item = Diagnostic>) {
        for told in told {
            match (told.severity, &mut self.outcome) {
                (Severity::Warning, Ok(_)) => self.warnings.push(told),
                (_, Err(earlier)) => earlier.0.push(told),
                (_, outcome) => *outcome = Err(Diagnostics(vec![told])),
            }
        }
    }
}

/// A rule about a log, or about events of one, that trailhound does not read. It is no error: it is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// The rule's title.
    pub rule: String,
    /// What is not read.
    pub reason: String,
}

/// A shipped rule that another took the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacedRule {
    /// The name of the shipped rule.
    pub shipped: String,
    /// The name of the other.
    pub by: String,
    /// The file that it is in.
    pub file: String,
}
