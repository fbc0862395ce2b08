//! The rules that are looked at: those of the files that were named.

use std::collections::BTreeSet;

use trailhound_detect::event::LogType;
use trailhound_detect::rules::{RuleFile, RuleSet};

/// Rules by name, and the logs that they read.
pub(super) struct Mine {
    pub(super) rules: BTreeSet<String>,
    pub(super) logs: BTreeSet<LogType>,
}

impl Mine {
    pub(super) fn of(rules: &RuleSet, files: &[RuleFile]) -> Self {
        let is_mine = |file: &str| files.iter().any(|mine| mine.path == file);
        let mut mine = Self { rules: BTreeSet::new(), logs: BTreeSet::new() };
        for own in rules.detections().iter().filter(|own| is_mine(&own.rule.meta.file)) {
            mine.rules.insert(own.info.name.clone());
            mine.logs.extend(&own.logs);
        }
        let correlations = rules.correlations().iter();
        let correlations = correlations.filter(|own| is_mine(&own.correlation.meta.file));
        mine.rules.extend(correlations.map(|own| own.info.name.clone()));
        mine
    }
}
