//! Matches into windows, and windows into matches.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::moment::{later, of_millis};
use super::newness::event_of;
use super::window::{self, Added, Counted, EventId, Fired, Measure, Told, Window};
use crate::digest;
use crate::facts::Facts;
use crate::log_type::LogType;
use crate::matched::{Episode, Match, Member, Provenance};
use crate::rules::{Correlated, Demand, FAMILY, Feed, RuleSet};
use crate::state::{ItemKind, Key, StateError};

/// One event counts in at most so many groups of a correlation: EC2 takes a thousand machines in a call.
const MOST_GROUPS: usize = 1_000;
/// So many values of one event are kept, or as many as the correlation looks for.
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
    let told = Arc::new(told(found));
    for feed in rules.fed_by(&found.rule.name).iter().filter(|feed| feed.takes(found)) {
        let correlated = &rules.correlations()[feed.correlation];
        for key in groups(correlated, feed, found) {
            let member = member(feed, &correlated.demand, found, &told, now);
            let measure = measure(correlated);
            let leads_on = !rules.fed_by(&correlated.info.name).is_empty();
            let Added { fired, met, .. } = desk.amend(&key, |window: &mut Window| {
                let added = window.add(member, &measure, leads_on);
                let expires = added.changed.then(|| expiry(window, &measure, now));
                (added, expires)
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
        let measure = measure(correlated);
        let _ = desk.amend(&episode.window, |window: &mut Window| {
            let changed = window.published(&episode.anchor, &measure);
            ((), changed.then(|| expiry(window, &measure, now)))
        });
    }
}

fn measure(correlated: &Correlated) -> Measure<'_> {
    Measure { correlation: &correlated.correlation, demand: &correlated.demand }
}

/// Until when a window is kept.
fn expiry(window: &Window, measure: &Measure<'_>, now: Timestamp) -> Timestamp {
    let latest = of_millis(window.latest()).max(now);
    let span = SignedDuration::from_millis(measure.span());
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

fn member(feed: &Feed, demand: &Demand, found: &Match, told: &Arc<Told>, now: Timestamp) -> window::Member {
    let facts = &found.facts;
    let event = match &found.episode {
        Some(episode) => EventId::of(&episode.id),
        None => EventId::of(&event_of(facts)),
    };
    let values = match feed.fields.as_slice() {
        [] => Vec::new(),
        [one] => one.values(found),
        many => {
            let all: Vec<String> = many.iter().map(|source| source.values(found).join(",")).collect();
            if all.iter().any(String::is_empty) { Vec::new() } else { vec![all.join("|")] }
        }
    };
    let values = values.into_iter().take(demand.most.max(MOST_VALUES));
    let values: Vec<Counted> = values.map(|value| Counted::of(&short(value.to_lowercase()))).collect();
    window::Member {
        event,
        at: facts.time.unwrap_or(now).as_millisecond(),
        rule: feed.rule,
        values: (!values.is_empty()).then(|| values.into()),
        told: Arc::clone(told),
    }
}

fn told(found: &Match) -> Told {
    let facts = &found.facts;
    Told {
        uid: cut(&facts.event_uid),
        log: facts.log,
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
    let last_part = |id: &String| Some(id.to_lowercase().rsplit_once('/')?.1.to_owned());
    let named: HashSet<String> = targets.iter().filter_map(last_part).collect();
    if named.is_empty() {
        return;
    }
    targets
        .retain(|id| id.contains('/') || !named.contains(&id.split('.').next().unwrap_or(id).to_lowercase()));
}

/// Logs whose targets are applications and identities.
fn is_of_a_directory(log: LogType) -> bool {
    matches!(log, LogType::EntraSignIn | LogType::EntraAudit | LogType::EntraRisk)
}

/// The match that tells other correlations of the moment at which one was met.
fn onward(correlated: &Correlated, key: &Key, trigger: &Match, met: Fired) -> Match {
    let (end, uid) = met.members.last().map_or((0, String::new()), |last| (last.at, last.told.uid.clone()));
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
    let alike = |member: &&window::Member| {
        !is_of_a_directory(member.told.log) || is_of_a_directory(trigger.facts.log)
    };
    let earlier = fired.members.iter().filter(alike).flat_map(|member| &member.told.targets);
    let mut known: HashSet<&str> = HashSet::new();
    let all = earlier.chain(&trigger.facts.target.ids);
    let mut targets: Vec<String> = all.filter(|target| known.insert(target)).cloned().collect();
    drop_names_of_others(&mut targets);
    facts.target.count = facts.target.count.max(u32::try_from(targets.len()).unwrap_or(u32::MAX));
    facts.target.names.clone_from(&targets);
    facts.target.ids = targets;
    let members = fired.members.iter().map(|member| Member {
        uid: member.told.uid.clone(),
        actor: member.told.actor.clone(),
        at: of_millis(member.at),
        log: member.told.log,
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
    let episode = Episode {
        id,
        window: key.clone(),
        anchor: fired.anchor,
        members: members.collect(),
        count: fired.count.members,
        or_more: fired.count.or_more,
    };
    let mut alert = Match::of(Arc::clone(&correlated.info), facts, from);
    (alert.asked.fields, alert.episode) = (fields, Some(episode));
    alert
}
