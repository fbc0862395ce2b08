//! The one sentence: who did what to which machine, from where, and whether that is new.
//!
//! A rule's sentence is filled with the event's facts, each made visible and kept short; the rest is added only where
//! it is known. A call that did not succeed is told as tried, never as done.

use std::borrow::Cow;
use std::fmt::Write;

use jiff::Timestamp;

use super::names::short_name;
use super::visible::{cut, one_line, visible_within};
use crate::event::{Facts, OutcomeKind, Target};
use crate::matched::{Episode, Match};

mod known;
mod several;
mod tense;

#[cfg(test)]
mod tests;

/// Longest message, in characters; the alert schema's limit.
const MOST: usize = 500;
/// So much of it says who is behind the actor.
const MOST_BEHIND: usize = 240;
/// For a rule that brings none.
const SENTENCE: &str = "{actor} called {action} on {target}";

/// The sentence.
pub(super) fn of(found: &Match) -> String {
    let facts = &found.facts;
    let sentence = one_line(found.verdict.sentence.as_deref().unwrap_or(&found.rule.sentence));
    let sentence = if sentence.is_empty() { SENTENCE } else { sentence.trim_end_matches('.') };
    let late = several::late(found);
    let sentence = several::of_one_call(found, late.as_deref().unwrap_or(sentence));
    let sentence = sentence.as_ref();
    let sentence = known::only(sentence, &|placeholder| known::names(found, placeholder));
    let sentence = sentence.as_ref();
    let (sentence, told) = match attempt_word(found) {
        None => (Cow::Borrowed(sentence), None),
        Some(word) => match tense::tried(sentence) {
            Some(tried) => (Cow::Owned(tried), Some(word)),
            None => (Cow::Owned(format!("{word} attempt: {sentence}")), None),
        },
    };
    let mut out = fill(&sentence, found);
    let from = source(facts).filter(|_| !sentence.contains("{source}"));
    let tells_factor = ["second factor", "single factor", "MFA"].iter().any(|word| sentence.contains(word));
    let lacks_factor = facts.actor.mfa == Some(false) && facts.actor.is_human && !tells_factor;
    let of_one = several::of_one(found, &sentence);
    if from.is_some() || lacks_factor {
        out.push_str(of_one.unwrap_or_default());
    }
    if let Some(from) = from {
        match known::ends_in(&sentence) {
            _ if of_one.is_some() => out.push_str(" from "),
            known::SentenceEnd::Main => out.push_str(" from "),
            known::SentenceEnd::Clause => out.push_str(", from "),
            known::SentenceEnd::From => out.push_str(" ("),
        }
        out.push_str(&from);
        if of_one.is_none() && known::ends_in(&sentence) == known::SentenceEnd::From {
            out.push(')');
        }
    }
    if lacks_factor {
        out.push_str(" without MFA");
    }
    if let Some(ending) = ending(found, told) {
        out.push_str(&ending);
    }
    out.push('.');
    if let Some(behind) =
        found.behind.as_ref().filter(|behind| behind.names_somebody()).and_then(|b| b.words())
    {
        let _ = write!(out, " Behind it: {}.", visible_within(&behind, MOST_BEHIND));
    }
    if let Some(newness) = newness(found) {
        out.push(' ');
        out.push_str(&newness);
    }
    cut(Cow::Owned(out), MOST).into_owned()
}

/// How a call that did not succeed ended, in a word; nothing for one that did.
pub(super) fn attempt_word(found: &Match) -> Option<&'static str> {
    found.verdict.attempt.then_some(match found.facts.outcome.kind {
        OutcomeKind::Denied => "Denied",
        OutcomeKind::DryRun => "Dry-run",
        OutcomeKind::Interrupted => "Interrupted",
        OutcomeKind::Cancelled => "Cancelled",
        _ => "Failed",
    })
}

/// `Denied: AccessDenied`, for `status_detail`.
pub(super) fn attempt_detail(found: &Match) -> Option<String> {
    let word = attempt_word(found)?;
    Some(match code(&found.facts) {
        Some(code) => format!("{word}: {code}"),
        None => word.to_owned(),
    })
}

fn ending(found: &Match, told: Option<&str>) -> Option<String> {
    let code = || found.verdict.attempt.then(|| code(&found.facts)).flatten();
    match (told, code()) {
        (Some(word), Some(code)) => Some(format!(": {} ({code})", word.to_lowercase())),
        (Some(word), None) => Some(format!(": {}", word.to_lowercase())),
        (None, Some(code)) => Some(format!(" ({code})")),
        (None, None) if found.facts.outcome.kind == OutcomeKind::Unknown => {
            let record = match &found.episode {
                None => "the record",
                Some(episode) if episode.is_in_order => "the last record",
                Some(_) => "one of the records",
            };
            Some(format!(" ({record} does not say how it ended)"))
        }
        (None, None) => None,
    }
}

fn code(facts: &Facts) -> Option<Cow<'_, str>> {
    facts.outcome.code.as_deref().filter(|code| !code.is_empty()).map(|code| visible_within(code, 60))
}

/// A sentence with its placeholders filled; one that names nothing known stays as it is written.
fn fill(sentence: &str, found: &Match) -> String {
    let mut out = String::with_capacity(sentence.len() + 64);
    let mut rest = sentence;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.find('}') else { break };
        match placeholder(&rest[1..end], found) {
            // "The service principal {actor}" has said it already.
            Some(text) if out.ends_with("service principal ") => {
                out.push_str(text.strip_prefix(several::SERVICE_PRINCIPAL).unwrap_or(&text));
            }
            Some(text) => out.push_str(&text),
            None => out.push_str(&rest[..=end]),
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

fn placeholder<'f>(name: &str, found: &'f Match) -> Option<Cow<'f, str>> {
    let facts = &found.facts;
    let or = |text: Option<&'f str>, other: &'static str| match text.filter(|text| !text.is_empty()) {
        Some(text) => visible_within(text, 80),
        None => Cow::Borrowed(other),
    };
    let entra = facts.entra.as_ref();
    Some(match name {
        "actor" => several::actor(facts),
        "actors" => several::actors(found),
        "values" => several::values(found),
        "target" | "targets" => target(&facts.target),
        "source" => source(facts).unwrap_or(Cow::Borrowed("an unknown address")),
        "document" => or(facts.document.as_deref(), "a document that the record does not name"),
        "account" => or(Some(&facts.scope.account), "an unknown account"),
        "region" => or(facts.scope.region.as_deref(), "an unknown region"),
        "action" => or(Some(&facts.action.operation), "an unknown operation"),
        "count" => Cow::Owned(found.episode.as_ref().map_or_else(|| "1".to_owned(), count)),
        "first_actor" => {
            let first = found.episode.as_ref().and_then(|episode| episode.actors.first());
            or(first.map(String::as_str), "Somebody unknown")
        }
        "span" => Cow::Owned(found.episode.as_ref().map_or_else(|| "a moment".to_owned(), span)),
        "outcome" => Cow::Borrowed(facts.outcome.kind.as_str()),
        "remote" => remote(facts),
        "app" => {
            or(entra.and_then(|e| e.app_name.as_deref().or(e.app_id.as_deref())), "an unknown application")
        }
        "reason" => match facts.reason.as_deref().map(super::redact::free_text) {
            Some(text) if !text.is_empty() => Cow::Owned(visible_within(&text, 80).into_owned()),
            _ => Cow::Borrowed("no reason given"),
        },
        "object" => match found.told(name).unwrap_or_default().as_slice() {
            [] => or(
                facts.document.as_deref().or(facts.extension_type.as_deref()),
                "something that it does not name",
            ),
            values => Cow::Owned(joined(values)),
        },
        _ => match found.told(name)?.as_slice() {
            // By the name that the rule has for it.
            [] => Cow::Owned(format!("no {}", name.rsplit('.').next().unwrap_or(name))),
            values => Cow::Owned(joined(values)),
        },
    })
}

/// As many values as a sentence can hold.
fn joined(values: &[String]) -> String {
    let shown: Vec<_> = values.iter().take(3).map(|value| visible_within(value, 80)).collect();
    let more = values.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// Who did it, for a column of its own.
pub(super) fn who(found: &Match) -> String {
    match several::all(found) {
        [] | [_] => visible_within(&found.facts.actor.display, 200).into_owned(),
        _ => several::actors(found).into_owned(),
    }
}

fn source(facts: &Facts) -> Option<Cow<'_, str>> {
    match (facts.source.ip, facts.source.service.as_deref()) {
        (Some(ip), _) => Some(Cow::Owned(ip.to_string())),
        (None, Some(service)) if !service.is_empty() => Some(visible_within(service, 80)),
        _ => None,
    }
}

fn remote(facts: &Facts) -> Cow<'_, str> {
    let Some(tunnel) = super::redact::tunnel(facts) else { return Cow::Borrowed("an unknown host") };
    let port = tunnel.port.as_deref().map(|port| visible_within(port, 16));
    match (tunnel.host.as_deref().map(|host| visible_within(host, 100)), port) {
        (Some(host), Some(port)) if host.contains(':') => Cow::Owned(format!("[{host}]:{port}")),
        (Some(host), Some(port)) => Cow::Owned(format!("{host}:{port}")),
        (Some(host), None) => host,
        (None, Some(port)) => Cow::Owned(format!("port {port}")),
        (None, None) => Cow::Borrowed("an unknown host"),
    }
}

/// The target, or as many as a sentence can hold.
pub(super) fn target(target: &Target) -> Cow<'_, str> {
    let ids = if target.names.len() == target.ids.len() { &target.names } else { &target.ids };
    let names = apart(ids);
    let count = usize::try_from(target.count).unwrap_or(usize::MAX).max(names.len());
    match names.as_slice() {
        [name] if count == 1 => Cow::Owned(visible_within(name, 100).into_owned()),
        [] if !target.selectors.is_empty() => {
            let selectors =
                target.selectors.iter().take(3).map(|s| visible_within(s, 60)).collect::<Vec<_>>();
            Cow::Owned(format!("every machine chosen by {}", selectors.join(", ")))
        }
        [] if target.wildcard => Cow::Borrowed("every machine"),
        [] if count > 1 => Cow::Owned(format!("{count} {}", known::word_for_several(&target.kind))),
        [] => Cow::Borrowed("a target the record does not name"),
        [first, rest @ ..] => {
            let mut shown = visible_within(first, 60).into_owned();
            for name in rest.iter().take(2) {
                shown.push_str(", ");
                shown.push_str(&visible_within(name, 60));
            }
            let more = count - names.len().min(3);
            if more > 0 {
                let _ = write!(shown, " and {more} more");
            }
            Cow::Owned(format!("{count} {} ({shown})", known::word_for_several(&target.kind)))
        }
    }
}

/// Names of machines; of those that go by one name the first goes by it, and the others by where they are too.
fn apart(ids: &[String]) -> Vec<Cow<'_, str>> {
    let mut names: Vec<Cow<'_, str>> = Vec::with_capacity(ids.len());
    for id in ids {
        let name = short_name(id);
        let like = |other: &&String| short_name(other).eq_ignore_ascii_case(&name);
        // A sentence names three.
        let other = ids.iter().take(3).take_while(|other| *other != id).find(like);
        let place = other.and_then(|other| {
            let differs = |(own, its): &(&str, &str)| !own.eq_ignore_ascii_case(its);
            id.split('/').zip(other.split('/')).find(differs).map(|(own, _)| own)
        });
        match place {
            Some(place) => names.push(Cow::Owned(format!("{place}/{name}"))),
            None if name.is_empty() => {}
            None => names.push(name),
        }
    }
    names
}

/// What memory knows: what is new, else when the oldest of it was seen last.
fn newness(found: &Match) -> Option<String> {
    let newness = &found.verdict.newness;
    if !newness.first.is_empty() {
        let facts: Vec<_> = newness.first.iter().take(4).map(|fact| fact.replace('-', " and ")).collect();
        let within = newness.within.map_or(0, |within| within.as_secs());
        // Memory forgets what lies further back.
        return Some(format!("Not seen {}: {}.", before(within), facts.join(", ")));
    }
    if let Some((fact, since)) = newness.recent.iter().min_by_key(|(_, since)| *since)
        && found.facts.time.is_some_and(|time| time >= *since)
    {
        return Some(format!(
            "New since {}: {}.",
            ago(found.facts.time?, *since),
            fact.replace('-', " and ")
        ));
    }
    if let Some(learning) = newness.learning.as_ref().filter(|learning| learning.level > found.verdict.level)
    {
        let until = learning.until.map(|until| until.strftime(" until %Y-%m-%d").to_string());
        let until = until.unwrap_or_default();
        return Some(format!("Still learning this account{until}; would be {}.", learning.level));
    }
    if let Some(routine) = newness.routine {
        return Some(format!("A{}.", &routine.to_string()[1..]));
    }
    let (fact, at) = newness.last_seen.iter().min_by_key(|(_, at)| *at)?;
    // What was learned of later days was not seen before.
    found.facts.time.filter(|time| time >= at)?;
    let fact = fact.replace('-', " and ");
    Some(format!("Last seen {}: {fact}.", ago(found.facts.time?, *at)))
}

/// In what time nothing was seen.
fn before(seconds: i64) -> String {
    match seconds {
        ..86_400 => "before, as far as it is remembered".to_owned(),
        86_400..172_800 => "in the day before".to_owned(),
        _ => format!("in the {} before", length(seconds)),
    }
}

/// How long before `now`.
fn ago(now: Timestamp, then: Timestamp) -> String {
    match now.duration_since(then).as_secs() {
        ..60 => "moments ago".to_owned(),
        seconds => format!("{} ago", length(seconds)),
    }
}

/// How many events an episode has.
fn count(episode: &Episode) -> String {
    let Episode { count, or_more, .. } = episode;
    if *or_more { format!("at least {count}") } else { count.to_string() }
}

/// From the first event of an episode to its last.
fn span(episode: &Episode) -> String {
    let Some((first, last)) = episode.span else { return "a moment".to_owned() };
    match last.duration_since(first).as_secs() {
        ..1 => "a moment".to_owned(),
        seconds => whole_length(seconds),
    }
}

/// A length of time in two units, of which the second is rounded up: it is no longer than told.
fn whole_length(seconds: i64) -> String {
    let (unit, part): (i64, i64) = match seconds {
        ..60 => return length(seconds),
        60..3_600 => (60, 1),
        3_600..86_400 => (3_600, 60),
        _ => (86_400, 3_600),
    };
    let parts = (seconds + part - 1) / part * part;
    match parts % unit {
        0 => length(parts),
        rest => format!("{} {}", length(parts - rest), length(rest)),
    }
}

/// A length of time in the one unit that says most.
fn length(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}
