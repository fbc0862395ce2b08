//! Matches into windows, and windows into matches.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::moment::{later, of_millis};
use super::newness::event_of;
use super::window::{self, Fired, Window};
use crate::digest;
use crate::facts::Facts;
use crate::log_type::LogType;
use crate::matched::{Episode, Match, Member, Provenance};
use crate::rules::{Correlated, FAMILY, Feed, RuleSet};
use crate::state::{ItemKind, Key, StateError};

/// One event counts in at most so many groups.
const MOST_GROUPS: usize = 50;
/// Most values of one event that are counted.
const MOST_VALUES: usize = 64;
/// A member keeps so many of its targets as have room here; none is cut, for half a name is another machine's.
const MOST_OF_TARGETS: usize = 1_024;
/// A longer value is counted by its digest, and a longer id is cut.
const MOST_CHARACTERS: usize = 128;
/// How long an alert that was not accepted yet is waited for.
const OWED: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Where the windows are that a match goes into, those of correlations over correlations included.
pub(crate) fn keys(rules: &RuleSet, found: &Match) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    let mut names = vec![found.rule.name.as_str()];
    let mut direct = true;
    while let Some(name) = names.pop() {
        for feed in rules.fed_by(name) {
            if direct && !feed.may_take(found) {
                continue;
            }
            let correlated = &rules.correlations()[feed.correlation];
            keys.extend(groups(correlated, feed, found));
            names.push(&correlated.info.name);
        }
        direct = false;
    }
    keys
}

/// The windows that a match goes into directly, with the correlations they belong to.
#[cfg(test)]
pub(crate) fn windows<'r>(rules: &'r RuleSet, found: &Match) -> Vec<(&'r Correlated, Key)> {
    let feeds = rules.fed_by(&found.rule.name).iter().filter(|feed| feed.takes(found));
    feeds
        .map(|feed| (&rules.correlations()[feed.correlation], feed))
        .flat_map(|(correlated, feed)| {
            groups(correlated, feed, found).into_iter().map(move |key| (correlated, key))
        })
        .collect()
}

/// What a match completes.
#[derive(Default)]
pub(crate) struct Completed {
    /// One for each episode that it begins.
    pub(crate) alerts: Vec<Match>,
    /// One for each moment at which a correlation that others look at is met: unlike the beginning of an episode, that
    /// does not depend on the order in which events come in.
    pub(crate) onward: Vec<Match>,
}

/// Puts a match into the windows it belongs to; answers with what that completes.
pub(crate) fn feed(
    desk: &mut Desk,
    rules: &RuleSet,
    found: &Match,
    now: Timestamp,
) -> Result<Completed, StateError> {
    let mut completed = Completed::default();
    for feed in rules.fed_by(&found.rule.name).iter().filter(|feed| feed.takes(found)) {
        let correlated = &rules.correlations()[feed.correlation];
        for key in groups(correlated, feed, found) {
            let member = member(feed, found, now);
            let at = member.at;
            let leads_on = !rules.fed_by(&correlated.info.name).is_empty();
            let (fired, met) = desk.amend(&key, |window: &mut Window| {
                let before = window.clone();
                let fired = window.add(member, &correlated.correlation);
                let met = if leads_on { window.met(at, &correlated.correlation) } else { Vec::new() };
                ((fired, met), (*window != before).then(|| expiry(window, correlated, now)))
            })?;
            completed.onward.extend(met.into_iter().map(|met| onward(correlated, &key, found, met)));
            completed.alerts.extend(fired.into_iter().map(|fired| alert(correlated, &key, found, fired)));
        }
    }
    Ok(completed)
}

/// Records that a correlation's alert needs no further keeping.
pub(crate) fn published(desk: &mut Desk, rules: &RuleSet, found: &Match, now: Timestamp) {
    let Some(episode) = &found.episode else { return };
    let correlated = rules.correlations().iter().find(|correlated| correlated.info.name == found.rule.name);
    if let (Some(correlated), Ok(Some(_))) = (correlated, desk.read::<Window>(&episode.window)) {
        // It was read.
        let _ = desk.amend(&episode.window, |window: &mut Window| {
            let before = window.clone();
            window.published(&episode.anchor, &correlated.correlation);
            ((), (*window != before).then(|| expiry(window, correlated, now)))
        });
    }
}

/// Until when a window is kept.
fn expiry(window: &Window, correlated: &Correlated, now: Timestamp) -> Timestamp {
    let latest = of_millis(window.latest()).max(now);
    let span = SignedDuration::from_millis(window::span(&correlated.correlation));
    let mut expires = later(later(latest, span), SignedDuration::from_millis(window::LATENESS));
    if window.owes() {
        expires = expires.max(later(latest, OWED));
    }
    expires
}

/// The windows of the groups a match belongs to; none if a field that keeps them apart has no value.
fn groups(correlated: &Correlated, feed: &Feed, found: &Match) -> Vec<Key> {
    let mut rows: Vec<Vec<String>> = vec![Vec::new()];
    for source in &feed.group_by {
        let values = source.values(found);
        rows = rows
            .iter()
            .flat_map(|row| values.iter().map(|value| [row.as_slice(), &[value.to_lowercase()]].concat()))
            .take(MOST_GROUPS)
            .collect();
    }
    let name = &correlated.info.name;
    rows.into_iter()
        .map(|row| {
            let parts: Vec<&str> =
                ["window", name].into_iter().chain(row.iter().map(String::as_str)).collect();
            // Groups reach across accounts unless they name them.
            Key { kind: ItemKind::Window, scope: String::new(), name: digest::of_parts(&parts) }
        })
        .collect()
}

fn member(feed: &Feed, found: &Match, now: Timestamp) -> window::Member {
    let facts = &found.facts;
    let event = match &found.episode {
        Some(episode) => episode.id.clone(),
        None => event_of(facts),
    };
    let values = match feed.fields.as_slice() {
        [] => Vec::new(),
        [one] => one.values(found),
        many => {
            let all: Vec<String> = many.iter().map(|source| source.values(found).join(",")).collect();
            if all.iter().any(String::is_empty) { Vec::new() } else { vec![all.join("|")] }
        }
    };
    window::Member {
        event,
        uid: cut(&facts.event_uid),
        at: facts.time.unwrap_or(now).as_millisecond(),
        log: facts.log,
        rule: feed.rule,
        values: values.into_iter().take(MOST_VALUES).map(|value| short(value.to_lowercase())).collect(),
        targets: targets(facts),
        actor: match &found.episode {
            Some(episode) => episode.members.first().map(|first| first.actor.clone()).unwrap_or_default(),
            None => cut(&facts.actor.display),
        },
    }
}

/// The machines of an event, as far as there is room. Whose identity was changed is no machine that was reached.
fn targets(facts: &Facts) -> Vec<String> {
    if facts.target.kind.starts_with("AWS::IAM::") {
        return Vec::new();
    }
    let mut room = MOST_OF_TARGETS;
    let fits = |target: &&String| {
        let left = room.checked_sub(target.len());
        room = left.unwrap_or_default();
        left.is_some()
    };
    facts.target.ids.iter().take_while(fits).cloned().collect()
}

/// A host goes by its bare name in its own log, and by a path that ends in that name in its cloud's: it is one machine.
fn drop_names_of_others(targets: &mut Vec<String>) {
    let paths: Vec<String> =
        targets.iter().filter(|id| id.contains('/')).map(|id| id.to_lowercase()).collect();
    let is_named = |id: &String| {
        let name = id.split('.').next().unwrap_or(id).to_lowercase();
        paths.iter().any(|path| path.rsplit('/').next() == Some(&name))
    };
    targets.retain(|id| id.contains('/') || !is_named(id));
}

/// Logs whose targets are applications and identities.
fn is_of_a_directory(log: LogType) -> bool {
    matches!(log, LogType::EntraSignIn | LogType::EntraAudit | LogType::EntraRisk)
}

/// The match that tells other correlations of the moment at which one was met.
fn onward(correlated: &Correlated, key: &Key, trigger: &Match, met: Fired) -> Match {
    let (end, uid) = met.members.last().map_or((0, String::new()), |last| (last.at, last.uid.clone()));
    let mut found = alert(correlated, key, trigger, met);
    found.facts.event_uid = uid;
    if let Some(episode) = &mut found.episode {
        episode.id = digest::of_parts(&["met", &key.name, &end.to_string()]);
        episode.id.truncate(32);
    }
    found.facts.time = Some(of_millis(end));
    found
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).collect()
}

/// A value that is told from any other, however long it is.
fn short(value: String) -> String {
    if value.len() <= MOST_CHARACTERS { value } else { digest::of_parts(&[&value]) }
}

/// The match that an episode is, told with the facts of the event that completed it.
fn alert(correlated: &Correlated, key: &Key, trigger: &Match, fired: Fired) -> Match {
    let rules = &correlated.correlation.rules;
    let mut facts = trigger.facts.clone();
    let mut targets: Vec<String> = Vec::new();
    let alike =
        |member: &&window::Member| !is_of_a_directory(member.log) || is_of_a_directory(trigger.facts.log);
    let earlier = fired.members.iter().filter(alike).flat_map(|member| &member.targets);
    for target in earlier.chain(&trigger.facts.target.ids) {
        if !targets.contains(target) {
            targets.push(target.clone());
        }
    }
    drop_names_of_others(&mut targets);
    facts.target.count = facts.target.count.max(u32::try_from(targets.len()).unwrap_or(u32::MAX));
    facts.target.names.clone_from(&targets);
    facts.target.ids = targets;
    let members = fired.members.iter().map(|member| Member {
        uid: member.uid.clone(),
        actor: member.actor.clone(),
        at: of_millis(member.at),
        log: member.log,
        rule: rules.get(member.rule).map_or_else(String::new, |rule| rule.name.clone()),
    });
    let mut fields = trigger.asked.fields.clone();
    if trigger.episode.is_none() {
        fields.push((FAMILY.to_owned(), vec![trigger.rule.family.clone()]));
    }
    let mut id = digest::of_parts(&["episode", &key.name, &fired.anchor]);
    id.truncate(32);
    let from = Provenance {
        origin: trigger.from.origin.clone(),
        delivery: trigger.from.delivery.clone(),
        raw_hash: trigger.from.raw_hash.clone(),
        raw_size: trigger.from.raw_size,
        unvouched: false,
    };
    let episode = Episode { id, window: key.clone(), anchor: fired.anchor, members: members.collect() };
    let mut alert = Match::of(Arc::clone(&correlated.info), facts, from);
    (alert.asked.fields, alert.episode) = (fields, Some(episode));
    alert
}
