//! A suppression that covers just one match, ready to be reviewed: who, what, where, how it ended and on which machines.

use jiff::{SignedDuration, Timestamp};

use super::visible::visible;
use crate::matched::Match;

#[cfg(test)]
mod tests;

/// How long it holds unless somebody decides otherwise.
const DAYS: i64 = 30;
/// So many machines are named.
const MOST_MACHINES: usize = 50;

/// Keys of an entry with their values, as YAML's flow style has them; nothing where nothing that a suppression may go by
/// is known.
fn entry(found: &Match, now: Timestamp) -> Option<Vec<(&'static str, String)>> {
    let when = when(found);
    let names_someone =
        when.iter().any(|(key, _)| matches!(*key, "actor.key" | "actor.appid" | "source.cidr" | "account"));
    if !names_someone {
        return None;
    }
    let when: Vec<String> = when.into_iter().map(|(key, values)| format!("{key}: {values}")).collect();
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

/// What tells a match from others, by the keys that suppressions have for it.
fn when(found: &Match) -> Vec<(&'static str, String)> {
    let facts = &found.facts;
    let mut all = Vec::new();
    let mut add = |key, values: &[&str]| {
        // A star would be a pattern, and what was taken out or cannot be seen would match nothing.
        let is_literal = |value: &&str| {
            !value.is_empty()
                && !value.contains('*')
                && !value.contains("[REDACTED]")
                && value.len() <= 1_024
                && visible(value) == *value
        };
        if !values.is_empty() && values.iter().all(is_literal) {
            let values: Vec<String> = values.iter().map(|value| text(value)).collect();
            all.push((key, format!("[{}]", values.join(", "))));
        }
    };
    add("actor.key", &[&facts.actor.key]);
    add("account", &[&facts.scope.account]);
    if let Some(ip) = facts.source.ip {
        add("source.cidr", &[&ip.to_string()]);
    }
    add("action", &[&facts.action.key]);
    add("outcome", &[facts.outcome.kind.as_str()]);
    let document: Vec<&str> = facts.document.as_deref().into_iter().collect();
    add("document", &document);
    let machines: Vec<&str> = facts.target.ids.iter().map(String::as_str).take(MOST_MACHINES).collect();
    add("target.id", &machines);
    if !facts.target.wildcard && facts.target.count > 1 {
        let count = facts.target.count;
        all.push(("target.count", format!("{{gte: {count}, lte: {count}}}")));
    }
    all
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
