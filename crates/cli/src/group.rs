//! What keeps a match's group of a correlation apart, told by the names of the fields.

use trailhound_detect::describe::{clean, visible};
use trailhound_detect::matched::Match;
use trailhound_detect::rules::{Correlated, Feed};

/// `n.actor.key=…`; values that may not be told are held back, unless they are facts.
pub(crate) fn group(own: &Correlated, feed: &Feed, found: &Match, may_tell: &dyn Fn(&str) -> bool) -> String {
    let fields = own.correlation.group_by.iter().zip(&feed.group_by);
    let about = found.episode.as_ref().and_then(|episode| episode.window.about.clone());
    let parts: Vec<String> = fields
        .map(|(name, source)| {
            // An alert has the machines of all of its events.
            let values = match about.clone().filter(|_| source.is_target()) {
                Some(machine) => vec![machine],
                None => source.values(found),
            };
            let is_raw = !source.is_fact();
            let told =
                |value: String| if is_raw && !may_tell(&value) { "held back".to_owned() } else { value };
            let values: Vec<String> = values.into_iter().map(told).collect();
            let told = if values.is_empty() { "unknown".to_owned() } else { values.join("|") };
            format!("{name}={told}")
        })
        .collect();
    if parts.is_empty() {
        return "of all".to_owned();
    }
    visible(&clean(&parts.join(" "))).into_owned()
}
