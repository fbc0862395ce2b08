//! Which rules an event is worth trying: those of its log whose texts it has.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use trailhound_sigma::Field;
use trailhound_sigma::index::Index as Literals;

use super::detection::Detection;
use crate::event::{Event, LogType};
use crate::logs;

/// Rules by log type.
#[derive(Default)]
pub(super) struct Index {
    logs: HashMap<LogType, LogRules>,
}

/// The rules of one log type.
struct LogRules {
    literals: Literals,
    /// The rules, by their number among those of this log.
    rules: Vec<usize>,
}

impl Index {
    pub(super) fn new(detections: &[Detection]) -> Self {
        let mut by_log: HashMap<LogType, Vec<usize>> = HashMap::new();
        for (at, detection) in detections.iter().enumerate().filter(|(_, d)| d.extension.enabled) {
            for &log in &detection.logs {
                by_log.entry(log).or_default().push(at);
            }
        }
        let shelf = |log: LogType, rules: Vec<usize>| {
            let compiled = rules.iter().map(|at| &detections[*at].compiled);
            LogRules { literals: Literals::over(compiled, &|field| rank(log, field)), rules }
        };
        Self { logs: by_log.into_iter().map(|(log, rules)| (log, shelf(log, rules))).collect() }
    }

    /// The rules worth trying on an event, in order; none is left out that could match.
    pub(super) fn candidates(&self, event: &Event<'_>) -> impl Iterator<Item = usize> {
        let shelf = self.logs.get(&event.log());
        shelf.into_iter().flat_map(|shelf| {
            shelf.literals.candidates(event).into_iter().map(|candidate| shelf.rules[candidate])
        })
    }
}

/// Facts are computed, for all of a record at once, so they are left to the rules that ask for them.
fn rank(log: LogType, field: Option<&Field>) -> Option<u32> {
    let Some(field) = field else { return Some(0) };
    let common = logs::of(log).found_by.common;
    let is_written = !field.paths.iter().any(|path| path.starts_with("n."));
    is_written.then(|| u32::from(field.paths.iter().any(|path| common.contains(&path.as_str()))))
}
