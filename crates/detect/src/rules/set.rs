//! The rules in force: found by name, and by the events they may match.

use trailhound_sigma::CompiledRule;

use super::correlated::{Correlated, Correlations, Feed};
use super::detection::Detection;
use super::index::Index;
use crate::event::{Event, LogType};

/// Everything that was loaded, ready to match.
#[derive(Default)]
pub struct RuleSet {
    detections: Vec<Detection>,
    correlations: Correlations,
    index: Index,
}

impl RuleSet {
    /// Indexes detections, which are sorted by name; those switched off are left out.
    pub(super) fn new(detections: Vec<Detection>, correlations: Correlations) -> Self {
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
        self.correlations.all.iter().find(|correlated| correlated.info.is_called(name))
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
        self.detections.iter().find(|detection| detection.info.is_called(name))
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
        let candidates = self.index.candidates(event).map(|at| &self.detections[at]);
        candidates.filter(|detection| detection.matches(event)).collect()
    }
}
