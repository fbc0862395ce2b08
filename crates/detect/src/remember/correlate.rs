//! Matches into windows, and windows into matches.

mod telling;
mod ways;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::group::{Group, WindowId};
use super::moment::{later, of_millis};
use super::newness::event_of;
use super::window::{self, Added, Counted, EventId, Fired, Measure, MemberTold, OWED, Window};
use crate::behind::Behind;
use crate::digest;
use crate::facts::{Facts, Target};
use crate::matched::{Episode, EpisodeMember, Match, Provenance, WindowPlace};
use crate::rules::{Correlated, Demand, FAMILY, Feed, RuleSet};
use crate::state::StateError;
use telling::{Telling, is_tried};
use ways::MatchValues;
pub(crate) use ways::Ways;

/// So many values of one event are kept, or as many as the correlation looks for.
const MOST_VALUES: usize = 64;
/// A member keeps so many of its targets as have room here; none is cut, for half a name is another machine's.
const MOST_OF_TARGETS: usize = 1_024;
/// A longer value is counted by its digest, and a longer id is cut.
const MOST_CHARACTERS: usize = 128;
/// The windows that a match goes into directly, with the correlations they belong to.
#[cfg(test)]
pub(crate) fn windows<'r>(rules: &'r RuleSet, found: &Match) -> Vec<(&'r Correlated, WindowPlace)> {
    let ways = Ways::of(rules, found).direct.into_iter().filter(|(feed, _)| feed.takes(found));
    ways.map(|(feed, place)| (&rules.correlations()[feed.correlation], place)).collect()
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
    ways: &Ways<'_>,
    now: Timestamp,
) -> Result<Completed, StateError> {
    let mut completed = Completed::default();
    let mut values = MatchValues::of(found);
    let event = match &found.episode {
        Some(episode) => EventId::of(&episode.id),
        None => EventId::of(&event_of(&found.facts)),
    };
    let at = found.facts.time.unwrap_or(now).as_millisecond();
    let told = Arc::new(told(found));
    let mut members: Option<(&Feed, window::Member)> = None;
    for (feed, place) in ways.direct.iter().filter(|(feed, _)| feed.takes(found)) {
        let correlated = &rules.correlations()[feed.correlation];
        let leads_on = !rules.fed_by(&correlated.info.name).is_empty();
        // The same in all groups of a correlation.
        let member = match &members {
            Some((of, member)) if std::ptr::eq(*of, *feed) => member.clone(),
            _ => {
                let (rule, values) = (feed.rule, counted(feed, &correlated.demand, &mut values));
                let member = window::Member { event, at, rule, values, told: Arc::clone(&told) };
                members.insert((feed, member)).1.clone()
            }
        };
        let id = WindowId::of(&place.window);
        let Added { fired, met, .. } = desk.amend(&place.item, |group: &mut Group| {
            let measure = measure(correlated, group, id);
            group.amend(id, now, |window| {
                let added = window.add(member, &measure, leads_on);
                let expires = added.changed.then(|| expiry(window, &measure, now));
                (added, expires)
            })
        })?;
        let by = (found, event);
        completed.onward.extend(met.into_iter().map(|met| onward(correlated, place, by, met)));
        completed
            .alerts
            .extend(fired.into_iter().map(|fired| alert(correlated, place, by, fired, usize::MAX)));
    }
    Ok(completed)
}

/// Records that a correlation's alert needs no further keeping.
pub(crate) fn published(desk: &mut Desk, rules: &RuleSet, found: &Match, now: Timestamp) {
    let Some(episode) = &found.episode else { return };
    let correlated = rules.correlations().iter().find(|correlated| correlated.info.name == found.rule.name);
    let WindowPlace { item, window, .. } = &episode.window;
    let id = WindowId::of(window);
    let is_there = |group: Option<&Group>| group.is_some_and(|group| group.get(id).is_some());
    if let (Some(correlated), true) = (correlated, desk.read(item).is_ok_and(is_there)) {
        // It was read.
        let _ = desk.amend(item, |group: &mut Group| {
            let measure = measure(correlated, group, id);
            group.amend(id, now, |window| {
                let changed = window.published(&episode.anchor, &measure);
                ((), changed.then(|| expiry(window, &measure, now)))
            })
        });
    }
}

fn measure<'c>(correlated: &'c Correlated, group: &Group, id: WindowId) -> Measure<'c> {
    Measure { correlation: &correlated.correlation, demand: &correlated.demand, room: group.room(id) }
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

/// The values that a correlation counts or computes with.
fn counted<'m, 's: 'm>(
    feed: &'s Feed,
    demand: &Demand,
    values: &mut MatchValues<'m>,
) -> Option<Arc<[Counted]>> {
    let most = demand.most.max(MOST_VALUES);
    let counted: Vec<Counted> = match feed.fields.as_slice() {
        [] => return None,
        [one] => values.get(one).iter().take(most).map(|value| Counted::of(&short(value))).collect(),
        many => {
            let all: Vec<String> = many.iter().map(|source| values.get(source).join(",")).collect();
            if all.iter().any(String::is_empty) {
                return None;
            }
            vec![Counted::of(&short(&all.join("|")))]
        }
    };
    (!counted.is_empty()).then(|| counted.into())
}

fn told(found: &Match) -> MemberTold {
    let facts = &found.facts;
    let (actor, others) = match &found.episode {
        Some(episode) => {
            let mut actors = episode.actors.iter().cloned();
            (actors.next().unwrap_or_default(), actors.collect())
        }
        None => (cut(&facts.actor.display), Vec::new()),
    };
    let (uid, tried) = (cut(&facts.event_uid), is_tried(found));
    let several = found.episode.as_ref().map(|episode| {
        let before = episode.span.map_or(0, |(first, last)| last.duration_since(first).as_millis());
        (episode.count, i64::try_from(before).unwrap_or(i64::MAX))
    });
    MemberTold::new(uid, facts.log, targets(facts), actor, tried).of_several(others, several)
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
    written(&facts.target).take_while(fits).cloned().collect()
}

/// Targets in the log's own case, where it has it. A name that says something else is none of an id.
fn written(target: &Target) -> impl Iterator<Item = &String> {
    let Target { ids, names, .. } = target;
    ids.iter().enumerate().map(|(at, id)| {
        names.get(at).filter(|name| names.len() == ids.len() && name.to_lowercase() == *id).unwrap_or(id)
    })
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

/// The match that tells other correlations of the moment at which one was met. They ask for its first actor, and for none
/// of its other members.
fn onward(correlated: &Correlated, place: &WindowPlace, by: (&Match, EventId), met: Fired) -> Match {
    let (end, uid) = met.members.last().map_or((0, String::new()), |last| (last.at, last.told.uid.clone()));
    let mut found = alert(correlated, place, by, met, 1);
    found.facts.event_uid = uid;
    if let Some(episode) = &mut found.episode {
        episode.id = digest::of_parts(&["met", &place.window, &end.to_string()]);
        episode.id.truncate(32);
    }
    found.facts.time = Some(of_millis(end));
    found
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).collect()
}

/// A value that is told from any other, however long it is.
fn short(value: &str) -> Cow<'_, str> {
    if value.len() <= MOST_CHARACTERS { value.into() } else { digest::of_parts(&[value]).into() }
}

/// The match that an episode is, told with the facts of the event that completed it.
fn alert(
    correlated: &Correlated,
    place: &WindowPlace,
    (trigger, event): (&Match, EventId),
    fired: Fired,
    most: usize,
) -> Match {
    let rules = &correlated.correlation.rules;
    let mut facts = trigger.facts.clone();
    let telling = Telling::of(correlated, &fired.members, event);
    let target = &mut facts.target;
    let is_told = telling.has_targets_of(trigger);
    if !is_told || place.about.is_some() {
        (target.count, target.wildcard) = (0, false);
        target.selectors.clear();
    }
    let own = is_told.then(|| written(&trigger.facts.target)).into_iter().flatten();
    let mut all = telling.targets().chain(own);
    let names: Vec<String> = if let Some(machine) = &place.about {
        // Its records may name others beside it.
        vec![all.find(|name| name.to_lowercase() == *machine).unwrap_or(machine).clone()]
    } else {
        let mut known: HashSet<String> = HashSet::new();
        let mut names: Vec<String> = all.filter(|name| known.insert(name.to_lowercase())).cloned().collect();
        drop_names_of_others(&mut names);
        names
    };
    target.count = target.count.max(u32::try_from(names.len()).unwrap_or(u32::MAX));
    target.ids = names.iter().map(|name| name.to_lowercase()).collect();
    target.names = names.into();
    let members = fired.members.iter().take(most).map(|member| EpisodeMember {
        uid: member.told.uid.clone(),
        actor: member.told.actor.clone(),
        at: of_millis(member.at),
        log: member.told.log,
        rule: rules.get(member.rule).map_or_else(String::new, |rule| rule.name.clone()),
    });
    let span = telling.span(&fired.members).map(|(first, last)| (of_millis(first), of_millis(last)));
    let mut fields = trigger.asked.fields.clone();
    if trigger.episode.is_none() {
        fields.push((FAMILY.to_owned(), vec![trigger.rule.family.clone()]));
    }
    let mut id = digest::of_parts(&["episode", &place.window, &fired.anchor]);
    id.truncate(32);
    let from = Provenance {
        origin: trigger.from.origin.clone(),
        delivery: trigger.from.delivery.clone(),
        raw_hash: trigger.from.raw_hash.clone(),
        raw_size: trigger.from.raw_size,
        unvouched: false,
        replayed: false,
    };
    let events = Telling::events(&fired.members);
    let episode = Episode {
        id,
        window: place.clone(),
        anchor: fired.anchor,
        members: members.collect(),
        count: events.or(fired.count.events).unwrap_or_else(|| Telling::apart(fired.members.iter())),
        or_more: fired.count.or_more || events.is_some() && fired.count.members > fired.members.len(),
        actors: telling.actors(),
        values: telling.values(),
        span,
        is_sequence: telling.is_sequence,
        is_in_order: telling.is_in_order,
        is_tried: telling.is_tried,
    };
    let mut alert = Match::of(Arc::clone(&correlated.info), facts, from);
    // Of several people one's is not the others', and names of sessions tell people neither apart nor together.
    let is_of_one = |behind: &Behind| {
        episode.count == 1 || correlated.is_of_one_actor() && (behind.is_final || behind.links.is_empty())
    };
    alert.behind = trigger.behind.clone().filter(|behind| is_of_one(behind));
    (alert.asked.fields, alert.episode) = (fields, Some(episode));
    alert
}
