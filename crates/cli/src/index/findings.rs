//! Findings as an index keeps them: what `timeline`, `who`, `machine` and `pivot` tell and find of them, and nothing else.

use anyhow::Context as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use trailhound_detect::behind::Behind;
use trailhound_detect::describe::Finding;

use super::block;
use super::number::number;
use super::row::IndexRow;
use crate::records::{Glance, ListedFinding};
use crate::shown::Shown;

/// So many bytes of findings are packed together.
const MOST_BYTES: usize = 1 << 20;

/// A finding.
#[derive(Serialize, Deserialize)]
struct FindingRow<'r> {
    /// That of the record's place that it stands at.
    place: [u8; 8],
    rule: &'r str,
    level: &'r str,
    /// Names of whoever is behind it.
    #[serde(borrow)]
    behind: Vec<&'r str>,
    #[serde(borrow)]
    row: IndexRow<'r>,
}

/// What tells the time, place and action of a record from others, as they are shown.
pub(crate) fn number_of_place(time: Option<Timestamp>, origin: &str, action: &str) -> u64 {
    let time = time.map_or([0; 16], |time| time.as_nanosecond().to_le_bytes());
    number(&[&time, origin.as_bytes(), &[0], action.as_bytes()].concat())
}

/// Findings that are put by as they are made.
#[derive(Default)]
pub(crate) struct PutBy {
    rows: Vec<u8>,
    parts: Vec<Vec<u8>>,
    shown: Shown,
}

impl PutBy {
    pub(crate) fn add(&mut self, finding: &Finding) -> anyhow::Result<()> {
        let found = &finding.matched;
        let (facts, origin) = (&found.facts, &found.from.origin);
        let (told, action) = (self.shown.origin(origin), self.shown.of(&facts.action.key));
        let row = FindingRow {
            place: number_of_place(facts.time, &told, &action).to_le_bytes(),
            rule: &found.rule_id(),
            level: finding.level().as_str(),
            behind: found.behind.iter().flat_map(|behind| Behind::names(behind)).collect(),
            row: IndexRow::of(facts, origin),
        };
        block::add_row(&mut self.rows, &row)?;
        if self.rows.len() >= MOST_BYTES {
            self.parts.push(block::packed(&std::mem::take(&mut self.rows)));
        }
        Ok(())
    }

    /// All of them, packed.
    pub(super) fn parts(mut self) -> Vec<Vec<u8>> {
        if !self.rows.is_empty() {
            self.parts.push(block::packed(&self.rows));
        }
        self.parts
    }
}

/// Which findings are asked for.
pub(crate) enum Choosing<'c> {
    /// Those that may have the names that are looked for.
    ByNames(&'c Glance),
    /// Those at places with these numbers.
    ByPlaces(&'c dyn Fn(u64) -> bool),
}

impl Choosing<'_> {
    fn may_be(&self, row: &[u8]) -> bool {
        match self {
            Self::ByNames(glance) => glance.may_be_of(row),
            Self::ByPlaces(is_meant) => {
                row.first_chunk().is_some_and(|number| is_meant(u64::from_le_bytes(*number)))
            }
        }
    }
}

/// Hands on the findings of a part that are asked for.
pub(super) fn each(
    part: &[u8],
    choosing: &Choosing<'_>,
    take: &mut dyn FnMut(ListedFinding) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let rows = block::unpacked(part)?;
    block::each_row(&rows, &mut |bytes| {
        if !choosing.may_be(bytes) {
            return Ok(());
        }
        let FindingRow { rule, level, behind, row, .. } =
            postcard::from_bytes(bytes).context("a finding that cannot be read")?;
        take(ListedFinding {
            facts: row.facts(),
            origin: row.origin.to_owned(),
            behind: behind.into_iter().map(str::to_owned).collect(),
            rule: rule.to_owned(),
            level: level.to_owned(),
        })
    })
}
