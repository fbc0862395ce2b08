//! A suppression that covers just one match, ready to be reviewed: who, what, where, how it ended and on which machines; of
//! several machines any of them. A value that could only be written as a pattern, or not at all, would make it cover
//! others, so there is none then.

use jiff::{SignedDuration, Timestamp};

use super::visible::visible;
use crate::matched::Match;
use crate::settle::is_a_class;

#[cfg(test)]
mod tests;

/// How long it holds unless somebody decides otherwise.
const DAYS: i64 = 30;
/// So many machines are named.
const MOST_MACHINES: usize = 50;

/// Keys of an entry with their values, as YAML's flow style has them; nothing where it would cover others too.
fn entry(found: &Match, now: Timestamp) -> Option<Vec<(&'static str, String)>> {
    let when: Vec<String> =
        when(found)?.into_iter().map(|(key, values)| format!("{key}: {values}")).collect();
    let expires = now.checked_add(SignedDuration::from_hours(24 * DAYS)).ok()?;
    Some(vec![
        ("id", format!("expected-{}", &found.uid()[..12])),
        ("rules", format!("[{}]", text(&found.rule.name))),
        ("when", format!("{{{}}}", when.join(", "))),
        ("action", "downgrade".to_owned()),
        ("to", "informational".to_owned()),
        ("reason", text("write here why this is expected")),
        ("owner", text("write here who answers for it")),
        ("expires", expires.strftime("%Y-%m-%d").to_string()),
    ])
}

/// What tells a match from others, by the keys that suppressions have for it; nothing where that names nobody, or where a
/// value cannot be written.
fn when(found: &Match) -> Option<Vec<(&'static str, String)>> {
    let facts = &found.facts;
    let (scope, target) = (&facts.scope, &facts.target);
    let tunnel = facts.tunnel.as_ref();
    let some = |value: Option<&String>| value.filter(|value| !value.is_empty()).cloned();
    let one = |key, value: Option<&String>| (key, some(value).into_iter().collect::<Vec<_>>());
    let who = [
        one("actor.key", Some(&facts.actor.key)),
        one("account", Some(&scope.account)),
        one("source.cidr", facts.source.ip.map(|ip| ip.to_string()).as_ref()),
    ];
    // An actor that is a whole class only narrows; to see whether it is takes longer than all else here.
    let [actor, places @ ..] = &who;
    let is_placed = places.iter().any(|(_, values)| !values.is_empty());
    if !is_placed && (actor.1.is_empty() || is_a_class(&facts.actor.key)) {
        return None;
    }
    let kind = facts.source.kind().filter(|_| facts.source.ip.is_none()).map(str::to_owned);
    let what = [
        one("source.kind", kind.as_ref()),
        one("region", scope.region.as_ref()),
        one("action", Some(&facts.action.key)),
        one("outcome", Some(&facts.outcome.kind.as_str().to_owned())),
        one("document", facts.document.as_ref()),
        one("document_account", facts.document_account.as_ref()),
        one("extension_type", facts.extension_type.as_ref()),
        one("tunnel.host", tunnel.and_then(|tunnel| tunnel.host.as_ref())),
        one("tunnel.port", tunnel.and_then(|tunnel| tunnel.port.as_ref())),
        one("entra.app_id", facts.entra.as_ref().and_then(|entra| entra.app_id.as_ref())),
        ("target.id", target.ids.iter().take(MOST_MACHINES).cloned().collect()),
        ("target.tag", target.selectors.clone()),
        ("target.wildcard", vec![target.wildcard.to_string()]),
    ];
    let mut all = Vec::new();
    for (key, values) in who.into_iter().chain(what).filter(|(_, values)| !values.is_empty()) {
        let values: Option<Vec<String>> = values.iter().map(|value| literal(value)).collect();
        all.push((key, format!("[{}]", values?.join(", "))));
    }
    if !target.wildcard {
        let count = target.count;
        all.push(("target.count", format!("{{gte: {count}, lte: {count}}}")));
    }
    Some(all)
}

/// A value that suppressions take as it is. A star would be a pattern and a question mark is refused, and what was taken
/// out, cut or cannot be seen would match nothing.
fn literal(value: &str) -> Option<String> {
    let is_literal = (!value.contains('*') || is_star(value))
        && !value.contains('?')
        && value.trim() == value
        && !value.contains("[REDACTED]")
        && value.len() <= 1_024
        && visible(value) == value;
    is_literal.then(|| text(value))
}

/// Whatever there is, `InstanceIds=*`: a pattern that meets itself alone, as an id that is written out chooses nothing.
fn is_star(selector: &str) -> bool {
    ["instanceids=*", "instanceid=*"].contains(&selector.to_ascii_lowercase().as_str())
}

/// A string as JSON has it, which YAML reads too.
fn text(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

/// A file with one entry, line by line.
pub(super) fn file(found: &Match, now: Timestamp) -> Option<String> {
    let lines: Vec<String> =
        entry(found, now)?.into_iter().map(|(key, value)| format!("    {key}: {value}")).collect();
    Some(format!("version: 1\nsuppressions:\n  -{}\n", lines.join("\n").trim_start_matches("   ")))
}

/// The same in one line.
pub(super) fn line(found: &Match, now: Timestamp) -> Option<String> {
    let parts: Vec<String> =
        entry(found, now)?.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
    Some(format!("{{version: 1, suppressions: [{{{}}}]}}", parts.join(", ")))
}
