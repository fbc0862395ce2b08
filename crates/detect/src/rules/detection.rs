//! A Sigma rule as trailhound runs it.

use std::sync::Arc;

use trailhound_sigma::{CompiledRule, Rule};

use super::extension::Extension;
use super::words::log_source_name;
use crate::event::LogType;
use crate::matched::RuleInfo;

/// One detection: a Sigma rule, compiled, and how trailhound treats its matches.
pub struct Detection {
    /// What findings say of it.
    pub info: Arc<RuleInfo>,
    /// The rule as written.
    pub rule: Rule,
    /// The rule, ready to match.
    pub compiled: CompiledRule,
    /// What the `trailhound:` mapping says.
    pub extension: Extension,
    /// The logs it reads.
    pub logs: Vec<LogType>,
}

impl Detection {
    /// The log source as people write it: `aws/cloudtrail`.
    pub fn log_source(&self) -> String {
        log_source_name(&self.rule.logsource)
    }
}
