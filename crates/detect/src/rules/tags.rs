//! Whether a document's tags name what ATT&CK has.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use trailhound_sigma::diagnostic::nearest;
use trailhound_sigma::{Metadata, Report};

/// Technique numbers with those of their sub-techniques.
static TECHNIQUES: LazyLock<BTreeMap<u16, Vec<(u16, u16)>>> = LazyLock::new(|| {
    let lines = include_str!("techniques.txt").lines().filter(|line| !line.starts_with('#'));
    let technique = |line: &str| {
        let mut parts = line.split([' ', ',']);
        let number = parts.next()?.parse().ok()?;
        let subs = parts.filter_map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            Some((first.parse().ok()?, last.parse().ok()?))
        });
        Some((number, subs.collect()))
    };
    lines.filter_map(technique).collect()
});

/// As tags spell them; the last three came and went with a release.
const TACTICS: [&str; 17] = [
    "reconnaissance",
    "resource-development",
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
    "stealth",
    "defense-evasion",
    "defense-impairment",
    "defence-evasion",
];

/// Tells of tags that name nothing.
pub(super) fn check(meta: &Metadata, report: &mut Report) {
    for tag in &meta.tags {
        if let Some(help) = tag_fault(tag) {
            report.warning((meta.line, 1), format!("ATT&CK has nothing called `{tag}`")).help(help);
        }
    }
}

/// What to do about a tag of ATT&CK's that names nothing.
pub(crate) fn tag_fault(tag: &str) -> Option<String> {
    fault(tag.to_ascii_lowercase().strip_prefix("attack.")?)
}

/// What to do about a name behind `attack.` that ATT&CK does not have.
fn fault(name: &str) -> Option<String> {
    let is_number = |head: &str, digits: usize| {
        name.strip_prefix(head)
            .is_some_and(|rest| rest.len() == digits && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if ["g", "s", "c", "m", "ta", "ds", "det", "an", "dc"].iter().any(|head| is_number(head, 4)) {
        return None;
    }
    if let Some(number) = name.strip_prefix('t').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        let (technique, sub) =
            number.split_once('.').map_or((number, None), |(number, sub)| (number, Some(sub)));
        let known = (technique.len() == 4).then(|| TECHNIQUES.get(&technique.parse().ok()?)).flatten();
        return match (known, sub) {
            (None, _) => Some(
                "look the technique up at attack.mitre.org; its tag is `attack.t` and four digits".to_owned(),
            ),
            (Some(_), None) => None,
            (Some(subs), Some(sub)) => {
                let sub: Option<u16> = (sub.len() == 3).then(|| sub.parse().ok()).flatten();
                let is_known =
                    sub.is_some_and(|sub| subs.iter().any(|(first, last)| (*first..=*last).contains(&sub)));
                (!is_known).then(|| format!("technique T{technique} has no such sub-technique"))
            }
        };
    }
    let spelt = name.replace('_', "-");
    if TACTICS.contains(&spelt.as_str()) {
        return None;
    }
    Some(match nearest(&spelt, TACTICS) {
        Some(meant) => format!("did you mean `attack.{meant}`?"),
        None => "a tag names a tactic, a technique, a group or software".to_owned(),
    })
}
