//! Detections: Sigma rules with what `trailhound:` adds, compiled and indexed.
//!
//! Rules are found by log type and, within it, by the one field that most rules name (`eventName`,
//! `operationName`), so that adding rules does not slow the records they are not about.

mod correlated;
mod embedded;
mod extension;
mod index;
mod load;
pub mod testing;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use trailhound_sigma::{CompiledRule, LogSource, Rule};

pub(crate) use correlated::FAMILY;
pub use correlated::{Correlated, Feed, Source, Takes};
pub use embedded::{EMBEDDED, EMBEDDED_TESTS, EmbeddedFile};
pub(crate) use extension::unknown_key;
pub use extension::{Adjust, Baseline, Extension, FirstFact, Guard, LevelChange, duration};
pub use load::{FileReport, Loaded, RuleFile, load, load_embedded};

use crate::event::{Event, LogType};
use crate::matched::RuleInfo;
use correlated::Correlations;
use index::Index;

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

/// A log source as people write it: `aws/cloudtrail`, `windows/process_creation`.
pub fn log_source_name(source: &LogSource) -> String {
    [&source.product, &source.category, &source.service]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .collect::<Vec<_>>()
        .join("/")
}

/// Everything that was loaded, ready to match.
#[derive(Default)]
pub struct RuleSet {
    detections: Vec<Detection>,
    correlations: Correlations,
    index: Index,
}

impl RuleSet {
    /// Indexes detections, which are sorted by name; those switched off are left out.
    fn new(detections: Vec<Detection>, correlations: Correlations) -> Self {
        let index = Index::new(&detections);
        Self { detections, correlations, index }
    }

    /// All detections, by name.
    pub fn detections(&self) -> &[Detection] {
        &self.detections
    }

    /// Correlations over them.
    pub fn correlations(&self) -> &[Correlated] {
        &self.correlations.all
    }

    /// A correlation by its name, UUID or catalogue number.
    pub fn correlation(&self, name: &str) -> Option<&Correlated> {
        self.correlations.all.iter().find(|correlated| {
            let info = &correlated.info;
            info.name == name || info.id.eq_ignore_ascii_case(name) || info.catalogue.as_deref() == Some(name)
        })
    }

    /// The correlations that a rule, or another correlation, feeds.
    pub fn fed_by(&self, name: &str) -> &[Feed] {
        self.correlations.fed_by(name)
    }

    /// Does a rule only serve correlations? Then its matches are no alerts of their own.
    pub fn is_silent(&self, name: &str) -> bool {
        self.correlations.silences(name)
            || self.named(name).is_some_and(|detection| !detection.extension.alone)
    }

    /// A detection by its name.
    pub fn named(&self, name: &str) -> Option<&Detection> {
        let at = self.detections.binary_search_by(|detection| detection.info.name.as_str().cmp(name)).ok()?;
        self.detections.get(at)
    }

    /// A detection by its name, UUID or catalogue number.
    pub fn find(&self, name: &str) -> Option<&Detection> {
        self.detections.iter().find(|detection| {
            let info = &detection.info;
            info.name == name || info.id.eq_ignore_ascii_case(name) || info.catalogue.as_deref() == Some(name)
        })
    }

    /// The enabled rules with the logs they read, for the screen.
    pub fn compiled(&self) -> Vec<(&[LogType], &str, &CompiledRule)> {
        self.detections
            .iter()
            .filter(|detection| detection.extension.enabled)
            .map(|d| (d.logs.as_slice(), d.info.name.as_str(), &d.compiled))
            .collect()
    }

    /// The detections whose rule matches an event, in the order loaded.
    pub fn matching<'r>(&'r self, event: &Event<'_>) -> Vec<&'r Detection> {
        let mut found: Vec<usize> =
            self.index.candidates(event).filter(|&at| self.detections[at].compiled.matches(event)).collect();
        found.sort_unstable();
        found.into_iter().map(|at| &self.detections[at]).collect()
    }
}
