//! Why a correlation was met: what it asks for, in which group, and by which events.

use trailhound_detect::describe::{Finding, clean, tells, visible};
use trailhound_detect::matched::{Episode, EpisodeMember};
use trailhound_detect::rules::{Correlated, RuleSet};

use crate::group::group;
use crate::rules::condition;
use crate::words::{clock, counted};

/// So many events are told,
const MOST_EVENTS: usize = 20;
/// and so many of the values that were counted.
const MOST_VALUES: usize = 8;

/// The lines of it; none for what is no correlation's.
pub(super) fn met(rules: &RuleSet, finding: &Finding) -> Vec<String> {
    let found = &finding.matched;
    let own = rules.correlation(&found.rule.name);
    let (Some(episode), Some(own)) = (&found.episode, own) else { return Vec::new() };
    let mut lines = vec![format!("met: {}", condition(own))];
    lines.extend(in_group(rules, own, finding, episode).map(|group| format!("in the group {group}")));
    lines.push(came_to(own, finding, episode));
    let events = episode.members.iter().take(MOST_EVENTS);
    lines.extend(events.map(|member| {
        let EpisodeMember { uid, actor, at, rule, .. } = member;
        format!("+ {} {rule} by {actor}, event {uid}", clock(Some(*at)))
    }));
    let more = episode.members.len().saturating_sub(MOST_EVENTS);
    if more > 0 {
        lines.push(format!("and {}", counted(more as u64, "event more", "events more")));
    }
    lines.iter().map(|line| visible(&clean(line)).into_owned()).collect()
}

/// The group, by the fields that keep groups apart, as the event that completed it has them.
fn in_group(rules: &RuleSet, own: &Correlated, finding: &Finding, episode: &Episode) -> Option<String> {
    let completing = |member: &&EpisodeMember| member.uid == finding.matched.facts.event_uid;
    let member = episode.members.iter().rev().find(completing).or(episode.members.last())?;
    let name = rules.find(&member.rule).map_or(member.rule.as_str(), |rule| &rule.info.name);
    let feed = rules
        .fed_by(name)
        .iter()
        .find(|feed| rules.correlations()[feed.correlation].info.name == own.info.name)?;
    Some(group(own, feed, &finding.matched, &|value| tells(finding, value)))
}

/// What was counted.
fn came_to(own: &Correlated, finding: &Finding, episode: &Episode) -> String {
    let events = counted(episode.count as u64, "event", "events");
    let events = if episode.or_more { format!("at least {events}") } else { events };
    if own.correlation.fields.is_empty() || episode.values.is_empty() {
        return format!("came to {events}");
    }
    let values = episode.values.iter().take(MOST_VALUES);
    let values: Vec<&str> =
        values.map(|value| if tells(finding, value) { value.as_str() } else { "held back" }).collect();
    format!("came to {events} with {}: {}", own.correlation.fields.join(", "), values.join(", "))
}
