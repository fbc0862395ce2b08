//! The rules in force: found by name, and by the events they may match.

use std::sync::Arc;

use trailhound_sigma::CompiledRule;

use super::correlated::{Correlated, Correlations, Feed};
use super::detection::Detection;
use super::index::Index;
use super::lane::{Lane, RuleLanes};
use crate::event::{Event, LogType};

/// Everything that was loaded, ready to match.
#[derive(Default)]
pub struct RuleSet {
    detections: Arc<Vec<Detection>>,
    correlations: Arc<Correlations>,
    index: Arc<Index>,
    lanes: Arc<RuleLanes>,
    lane: Lane,
    digest: Arc<str>,
}

impl RuleSet {
    /// Indexes detections, which are sorted by name; those switched off are left out.
    pub(super) fn new(detections: Vec<Detection>, correlations: Correlations) -> Self {
        let index = Arc::new(Index::new(&detections));
        let rules = detections.iter().map(|own| (&own.info, &own.extension));
        let all = rules.chain(correlations.all.iter().map(|own| (&own.info, &own.extension)));
        let names =
            all.filter(|(_, extension)| extension.shadow).map(|(info, _)| info.name.clone()).collect();
        let lanes = Arc::new(RuleLanes::of(names, &correlations.all, correlations.feeds()));
        let (detections, correlations) = (Arc::new(detections), Arc::new(correlations));
        Self { detections, correlations, index, lanes, lane: Lane::All, digest: Arc::default() }
    }

    /// The same, known by the texts it was loaded from.
    pub(super) fn of_texts(self, digest: &str) -> Self {
        Self { digest: digest.into(), ..self }
    }

    /// What is another for rules of other texts, wherever those lie: a hash in hex, empty for no rules at all.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The same rules, of which those of a lane are told.
    #[must_use]
    pub fn in_lane(&self, lane: Lane) -> Self {
        let Self { detections, correlations, index, lanes, lane: _, digest } = self;
        Self {
            detections: Arc::clone(detections),
            correlations: Arc::clone(correlations),
            index: Arc::clone(index),
            lanes: Arc::clone(lanes),
            lane,
            digest: Arc::clone(digest),
        }
    }

    /// Is any rule or correlation in shadow?
    pub fn has_shadow(&self) -> bool {
        !self.lanes.is_empty()
    }

    /// Is a rule or correlation evaluated, and alerts nobody?
    pub fn is_shadow(&self, name: &str) -> bool {
        self.lanes.holds(name)
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
        self.lanes.fed_by(self.lane, name, self.correlations.fed_by(name))
    }

    /// Does a rule only serve correlations? Then its matches are no alerts of their own.
    pub fn is_silent(&self, name: &str) -> bool {
        (self.lane == Lane::Shadow && !self.is_shadow(name))
            || self.correlations.silences(name)
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
