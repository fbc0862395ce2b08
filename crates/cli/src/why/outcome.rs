//! What is made of a match: adjustments, and what memory knew.

use trailhound_detect::describe::visible;
use trailhound_detect::matched::{Newness, Verdict};

/// A line for each thing that moved the level or that memory said.
pub(super) fn of(verdict: &Verdict) -> Vec<String> {
    let adjustments = verdict.adjustments.iter();
    let mut lines: Vec<String> = adjustments
        .map(|moved| format!("{} instead of {} because {}", moved.to, moved.from, visible(&moved.because)))
        .collect();
    let Newness { first, within: _, last_seen, recent, learning, routine, unavailable } = &verdict.newness;
    lines.extend((!first.is_empty()).then(|| format!("new to memory: {}", first.join(", "))));
    lines.extend(last_seen.iter().map(|(fact, at)| format!("known to memory: {fact}, last seen {at}")));
    lines.extend(recent.iter().map(|(fact, at)| format!("new since {at}, when it raised an alert: {fact}")));
    if let Some(learning) = learning {
        let until = learning.until.map_or_else(String::new, |until| format!(" until {until}"));
        let facts = learning.first.join(", ");
        lines.push(format!(
            "memory still learns this account{until}: {facts} would be new, and {}",
            learning.level
        ));
    }
    lines.extend(routine.map(|routine| format!("known to memory: {routine}")));
    lines.extend(unavailable.then(|| "memory could not be asked".to_owned()));
    lines
}
