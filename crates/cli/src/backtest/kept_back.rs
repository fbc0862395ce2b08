//! What suppressions would have kept back of what the new rules find, correlations included.

use std::collections::BTreeMap;

use serde::Serialize;

use super::difference::{Compared, Difference, Findings, Moved};

#[derive(Debug, Serialize)]
pub(super) struct KeptBack {
    /// Of so many findings.
    pub(super) of: u64,
    /// Matches that each suppression kept back, those that only serve correlations among them.
    pub(super) by_suppression: BTreeMap<String, u64>,
    pub(super) findings: Vec<Compared>,
    /// Findings whose level is another.
    pub(super) moved: Vec<Moved>,
}

impl KeptBack {
    /// Of all findings, where with the suppressions these are left.
    pub(super) fn of(all: &Findings, left: Findings, by_suppression: BTreeMap<String, u64>) -> Self {
        let Difference { gone: findings, level_changed: moved, .. } = Difference::between(all.clone(), left);
        Self { of: all.len() as u64, by_suppression, findings, moved }
    }
}
