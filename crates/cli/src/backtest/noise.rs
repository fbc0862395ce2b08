//! How much the rules that are looked at would have said, day by day, with and without a baseline.

use std::collections::BTreeMap;

use serde::Serialize;
use trailhound_detect::matched::Level;

use super::difference::Findings;
use super::mine::Mine;

/// What one rule would have said.
#[derive(Debug, Default, Serialize)]
pub(super) struct Noise {
    pub(super) without_baseline: Said,
    /// Where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) with_baseline: Option<Said>,
}

/// Findings, attempts among them.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Said {
    pub(super) findings: u64,
    /// Those that are medium or above.
    pub(super) medium_or_above: u64,
    /// By day in UTC.
    pub(super) by_day: BTreeMap<String, u64>,
}

impl Said {
    pub(super) fn most(&self) -> u64 {
        self.by_day.values().copied().max().unwrap_or(0)
    }
}

impl Noise {
    /// By rule; `fresh` is what was found without the baseline, where there is one.
    pub(super) fn of(mine: &Mine, found: &Findings, fresh: Option<&Findings>) -> BTreeMap<String, Self> {
        let (known, without) = match fresh {
            Some(fresh) => (Some(said(found)), said(fresh)),
            None => (None, said(found)),
        };
        let of = |all: &BTreeMap<&str, Said>, name: &str| all.get(name).cloned().unwrap_or_default();
        let noise = |name: &String| Self {
            without_baseline: of(&without, name),
            with_baseline: known.as_ref().map(|known| of(known, name)),
        };
        mine.rules.iter().map(|name| (name.clone(), noise(name))).collect()
    }
}

fn said(found: &Findings) -> BTreeMap<&str, Said> {
    let mut all: BTreeMap<&str, Said> = BTreeMap::new();
    for found in found.values() {
        let said = all.entry(&found.name).or_default();
        said.findings += 1;
        said.medium_or_above += u64::from(found.level >= Level::Medium);
        *said.by_day.entry(found.day()).or_default() += 1;
    }
    all
}
