//! A Sigma rule as trailhound runs it.

use std::sync::Arc;

use trailhound_sigma::{CompiledRule, Rule};

use super::extension::Extension;
use super::presence;
use super::words::log_source_name;
use crate::event::{Event, LogType, Reads};
use crate::logs::{self, FoundBy, SigmaSource};
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
    /// Which of their records.
    pub(super) reads: Reads,
}

impl Detection {
    /// Does an event match that is of the rule's log source?
    pub fn matches(&self, event: &Event<'_>) -> bool {
        self.compiled.matches(event) && self.reads.meets(event)
    }

    /// The facts that it asks for by name, `n.source.asn` and its kin.
    pub fn facts_asked(&self) -> Vec<String> {
        let mut names = Vec::new();
        for search in presence::searches(&self.rule, &self.extension) {
            presence::walk(search, &mut |item| {
                names.extend(item.field.clone().filter(|name| name.starts_with("n.")));
            });
        }
        names
    }

    /// The log sources it asks for, and the logs they are of.
    pub(crate) fn sources(&self) -> &[(LogType, &'static SigmaSource)] {
        self.reads.sources()
    }

    /// Does it leave records to be read in full that name nothing it looks for? A rule is found by values of telling
    /// fields, and where a log is screened in its raw bytes by those of a few of them.
    pub fn is_costly(&self) -> bool {
        self.logs.iter().any(|log| {
            let FoundBy { raw, common, .. } = &logs::of(*log).found_by;
            let is_telling = |path: &str| {
                if raw.is_empty() {
                    !path.starts_with("n.") && !common.contains(&path)
                } else {
                    raw.contains(&path)
                }
            };
            self.compiled.necessary_fields(&|path| is_telling(path).then_some(0)).is_none()
        })
    }

    /// The log source as people write it: `aws/cloudtrail`.
    pub fn log_source(&self) -> String {
        log_source_name(&self.rule.logsource)
    }
}
