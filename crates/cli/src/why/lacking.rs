//! What a group lacks for its correlation to be met: of all stretches of the time span the one that comes nearest.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use trailhound_detect::rules::RuleSet;
use trailhound_sigma::{Comparison, Correlation, CorrelationKind, Threshold};

use crate::words::counted;

/// Says so; nothing where it lacks nothing, or where more than events and their rules decides.
pub(super) fn lacking(
    rules: &RuleSet,
    correlation: &Correlation,
    came: &[(Timestamp, String)],
) -> Option<String> {
    if correlation.kind == CorrelationKind::EventCount {
        let Threshold::Figure(comparisons) = &correlation.condition else { return None };
        let least = comparisons.iter().find_map(|(comparison, bound)| match comparison {
            Comparison::AtLeast => Some(bound.ceil()),
            Comparison::Greater => Some(bound.floor() + 1.0),
            _ => None,
        })?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ten thousand at most")]
        let least = least as u64;
        let most = stretches(correlation, came, &mut |there| there.values().sum::<u64>()).max().unwrap_or(0);
        return (most < least).then(|| {
            let more = counted(least - most, "event", "events");
            format!("{most} of {least} came within the time span; {more} more would have to come")
        });
    }
    if !correlation.kind.is_temporal() {
        return None;
    }
    let wanted: BTreeSet<&str> = correlation
        .rules
        .iter()
        .map(|rule| rules.find(&rule.name).map_or(rule.name.as_str(), |own| own.info.name.as_str()))
        .collect();
    let absent = |there: &BTreeMap<&str, u64>| -> Vec<&str> {
        wanted.iter().copied().filter(|rule| there.get(rule).is_none_or(|count| *count == 0)).collect()
    };
    let missing = stretches(correlation, came, &mut |there| absent(there)).min_by_key(Vec::len)?;
    if missing.is_empty() {
        return None;
    }
    // An expression may do with some of them.
    let or =
        if matches!(correlation.condition, Threshold::Rules(_)) { ", as its condition has it" } else { "" };
    Some(format!("within the time span nothing came of {}{or}", missing.join(", ")))
}

/// From each event on, what comes within the time span, looked at by how often each rule is there.
fn stretches<'c, T: 'c>(
    correlation: &'c Correlation,
    came: &'c [(Timestamp, String)],
    look: &'c mut dyn FnMut(&BTreeMap<&'c str, u64>) -> T,
) -> impl Iterator<Item = T> {
    let mut came: Vec<_> = came.iter().collect();
    came.sort();
    let (mut there, mut end) = (BTreeMap::new(), 0);
    (0..came.len()).map(move |first| {
        let from = came[first].0;
        while came
            .get(end)
            .is_some_and(|(at, _)| at.duration_since(from).unsigned_abs() <= correlation.timespan)
        {
            *there.entry(came[end].1.as_str()).or_default() += 1;
            end += 1;
        }
        let seen = look(&there);
        if let Some(count) = there.get_mut(came[first].1.as_str()) {
            *count -= 1;
        }
        seen
    })
}
