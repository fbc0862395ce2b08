//! How much of each log there is, and how much of it the rules need that are looked at.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use trailhound_detect::event::Event;
use trailhound_detect::pipeline::Witness;
use trailhound_detect::rules::RuleSet;

use super::mine::Mine;

/// One log.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct OfLog {
    pub(super) records: u64,
    pub(super) bytes: u64,
    /// Does one of the rules read it?
    pub(super) is_read: bool,
    /// Records that one of them matches.
    pub(super) matched: u64,
}

/// What threads have seen so far.
#[derive(Clone, Default)]
pub(super) struct Volume(Arc<Mutex<BTreeMap<&'static str, OfLog>>>);

impl Volume {
    /// Looks at the events of one input; what it saw is added when it goes.
    pub(super) fn witness<'r>(&self, rules: &'r RuleSet, mine: &'r Mine) -> Witness<'r> {
        let mut seen = OfInput { own: BTreeMap::new(), all: self.clone() };
        Box::new(move |event: &Event<'_>, _: &str| {
            let of = seen.own.entry(event.log().as_str()).or_default();
            of.records += 1;
            of.bytes += event.raw().len() as u64;
            of.is_read = mine.logs.contains(&event.log());
            let is_mine = |own: &str| mine.rules.contains(own);
            of.matched += u64::from(rules.matching(event).iter().any(|own| is_mine(&own.info.name)));
        })
    }

    pub(super) fn told(&self) -> BTreeMap<String, OfLog> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(log, of)| ((*log).to_owned(), *of)).collect()
    }
}

/// What one input had.
struct OfInput {
    own: BTreeMap<&'static str, OfLog>,
    all: Volume,
}

impl Drop for OfInput {
    fn drop(&mut self) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (log, OfLog { records, bytes, is_read, matched }) in &self.own {
            let of = all.entry(log).or_default();
            of.records += records;
            of.bytes += bytes;
            of.is_read |= is_read;
            of.matched += matched;
        }
    }
}
