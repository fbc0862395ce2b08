//! What an episode's sentence says of several events: who they were, and what is known of one alone.

use std::borrow::Cow;

use super::super::visible::visible_within;
use crate::facts::{ActorKind, Facts};
use crate::matched::Match;

/// Stands before the id of one, which by itself says little.
pub(super) const SERVICE_PRINCIPAL: &str = "Service principal ";
/// So many values are named,
const MOST_NAMED: usize = 3;
/// and so many people.
const MOST_PEOPLE: usize = 2;

/// Everybody who did some of it, as far as they are told.
pub(super) fn all(found: &Match) -> &[String] {
    found.episode.as_ref().map_or(&[], |episode| &episode.actors)
}

/// The same in words.
pub(super) fn actors(found: &Match) -> Cow<'_, str> {
    let all = all(found);
    if all.len() < 2 {
        return actor(&found.facts);
    }
    let name = |(at, name): (usize, &String)| match (name.is_empty(), at) {
        (false, _) => visible_within(name, 60).into_owned(),
        (true, 0) => "Somebody unknown".to_owned(),
        (true, _) => "somebody unknown".to_owned(),
    };
    let mut names: Vec<String> = all.iter().take(MOST_PEOPLE).enumerate().map(name).collect();
    let last = match all.len() - names.len() {
        0 => names.pop().unwrap_or_default(),
        1 => "another".to_owned(),
        _ => "others".to_owned(),
    };
    Cow::Owned(format!("{} and {last}", names.join(", ")))
}

/// What was counted.
pub(super) fn values(found: &Match) -> Cow<'_, str> {
    let all = found.episode.as_ref().map_or(&[][..], |episode| &episode.values);
    let named: Vec<_> = all.iter().take(MOST_NAMED).map(|value| visible_within(value, 80)).collect();
    let others = if all.len() > MOST_NAMED { " and others" } else { "" };
    Cow::Owned(format!("{}{others}", named.join(", ")))
}

/// Who did it, where it is one.
pub(super) fn actor(facts: &Facts) -> Cow<'_, str> {
    let actor = &facts.actor;
    let names = [Some(&actor.display), actor.name.as_ref(), actor.uid.as_ref()];
    let Some(name) = names.into_iter().flatten().find(|name| !name.is_empty()) else {
        return Cow::Borrowed("Somebody unknown");
    };
    let name = visible_within(name, 100);
    match actor.kind {
        ActorKind::ServicePrincipal => Cow::Owned(format!("{SERVICE_PRINCIPAL}{name}")),
        ActorKind::ManagedIdentity => Cow::Owned(format!("Managed identity {name}")),
        _ => name,
    }
}

/// Stands before what only the event it is told with says, where the sentence is about several.
pub(super) fn of_one(found: &Match, sentence: &str) -> Option<&'static str> {
    let episode = found.episode.as_ref().filter(|episode| episode.count > 1)?;
    let is_of_several = ["{actors}", "{targets}", "{count}"].iter().any(|all| sentence.contains(all));
    is_of_several.then_some(match episode.is_in_order {
        true if sentence.contains("the last of them") => "",
        true => ", last",
        false => ", once",
    })
}

/// What one event does is done in no time: `within {span}` is said of several.
pub(super) fn of_one_call<'s>(found: &Match, sentence: &'s str) -> Cow<'s, str> {
    let is_one = found.episode.as_ref().is_some_and(|episode| episode.count == 1);
    if is_one {
        let sentence = sentence.replace(" within {span}", " in one call");
        Cow::Owned(sentence.replace("{count} events", "{count} event"))
    } else {
        Cow::Borrowed(sentence)
    }
}

/// A sentence for events of which another than the last came late: what is at hand tells of that one, and the rule's own
/// sentence of the last.
pub(super) fn late(found: &Match) -> Option<String> {
    let tells_of_one = ["{actor}", "{action}"].iter().any(|one| found.rule.sentence.contains(one));
    let episode = found.episode.as_ref().filter(|episode| !episode.is_in_order)?;
    if !episode.is_sequence && !tells_of_one {
        return None;
    }
    let title = found.rule.title.replace(['{', '}'], "");
    let title = title.trim_end_matches('.');
    let events = if episode.count == 1 { "event" } else { "events" };
    Some(format!("{title}: {{count}} {events} of {{actors}} within {{span}}"))
}
