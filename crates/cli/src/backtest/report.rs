//! All that is told.

use std::collections::BTreeMap;

use serde::Serialize;

use super::difference::Difference;
use super::kept_back::KeptBack;
use super::noise::Noise;
use super::volume::OfLog;

#[derive(Debug, Serialize)]
pub(super) struct BacktestReport {
    #[serde(flatten)]
    pub(super) difference: Difference,
    /// By rule.
    pub(super) noise: BTreeMap<String, Noise>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kept_back: Option<KeptBack>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) volume: Option<BTreeMap<String, OfLog>>,
}
