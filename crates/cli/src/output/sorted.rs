//! Findings by gravity and time, worst first. Those that say the same are told once, with how many there are: who says the
//! same is known before anything is written, as nothing is until all is found.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use trailhound_detect::describe::Finding;
use trailhound_detect::matched::Level;

use crate::ordered::{Ordered, Weighed};

/// So much is held in memory.
const HELD_BYTES: usize = 16 << 20;
/// So many sayings are counted; what is said for the first time after that is told each time.
const MOST_SAYINGS: usize = 200_000;
/// What a block takes beside its text.
const BLOCK_BYTES: usize = 120;

/// A finding as it will be written.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Block {
    grade: usize,
    time: Option<Timestamp>,
    /// Of equals the one that was found first comes first.
    found: u64,
    says: Option<u128>,
    text: String,
}

impl Block {
    fn place(&self) -> impl Ord + use<> {
        (Reverse(self.grade), self.time.is_none(), self.time, self.found)
    }
}

impl PartialOrd for Block {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Block {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl Weighed for Block {
    fn size(&self) -> usize {
        BLOCK_BYTES + self.text.len()
    }
}

/// How often something is said, and when for the last time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Again {
    pub(super) more: u64,
    pub(super) last: Option<Timestamp>,
}

pub(super) struct Sorted {
    blocks: Ordered<Block>,
    found: u64,
    /// Whether those that say the same are told once.
    joins: bool,
    keys: (RandomState, RandomState),
    sayings: HashMap<u128, Again>,
}

impl Sorted {
    pub(super) fn new(joins: bool) -> Self {
        let keys = (RandomState::new(), RandomState::new());
        Self { blocks: Ordered::within(HELD_BYTES), found: 0, joins, keys, sayings: HashMap::new() }
    }

    pub(super) fn add(&mut self, finding: &Finding, text: String) -> anyhow::Result<()> {
        self.found += 1;
        let (level, time) = (finding.level(), finding.matched.facts.time);
        let grade = Level::ALL.iter().position(|own| *own == level).unwrap_or_default();
        let says = self.joins.then(|| self.hear(finding, grade)).flatten();
        self.blocks.add(Block { grade, time, found: self.found, says, text })
    }

    /// Counts what a finding says: rule, level, sentence and reasons.
    fn hear(&mut self, finding: &Finding, grade: usize) -> Option<u128> {
        let said = (finding.matched.rule_id(), grade, finding.message(), finding.shown(), finding.reasons());
        let hash = u128::from(self.keys.0.hash_one(&said)) << 64 | u128::from(self.keys.1.hash_one(&said));
        let time = finding.matched.facts.time;
        if let Some(again) = self.sayings.get_mut(&hash) {
            again.more += 1;
            again.last = again.last.max(time);
            return Some(hash);
        }
        if self.sayings.len() >= MOST_SAYINGS {
            return None;
        }
        self.sayings.insert(hash, Again { more: 0, last: time });
        Some(hash)
    }

    /// Hands on the text of each, and how often the same is said beside it.
    pub(super) fn for_each(
        self,
        write: &mut dyn FnMut(&str, Again) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut sayings = self.sayings;
        self.blocks.for_each(&mut |block| match block.says {
            None => write(&block.text, Again::default()),
            Some(says) => match sayings.remove(&says) {
                Some(again) => write(&block.text, again),
                None => Ok(()),
            },
        })
    }
}
