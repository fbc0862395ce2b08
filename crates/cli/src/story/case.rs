//! A case: one headline, one level with its reason, the story, who and what it is about, what is not known, what to do.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use trailhound_detect::matched::{Level, case_of};

use super::told::Told;
use crate::words::counted;

/// So much advice is given.
const MOST_ADVICE: usize = 4;

/// Findings that belong together.
#[derive(Debug, Serialize)]
pub(crate) struct Case {
    /// The same as long as its first finding is.
    #[serde(rename = "case")]
    id: String,
    #[serde(serialize_with = "word")]
    pub(crate) level: Level,
    pub(crate) because: String,
    pub(crate) headline: String,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    pub(crate) who: Vec<String>,
    pub(crate) actors: Vec<Seen>,
    pub(crate) accounts: Vec<Seen>,
    pub(crate) machines: Vec<Seen>,
    pub(crate) addresses: Vec<Seen>,
    pub(crate) keys: Vec<Seen>,
    pub(crate) techniques: Vec<Seen>,
    pub(crate) story: Vec<Step>,
    pub(crate) unknown: Vec<Seen>,
    pub(crate) next: Vec<String>,
    pub(crate) contain: Vec<Contain>,
}

/// Something that findings of a case are about, and how many.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) findings: usize,
}

/// One finding of the story.
#[derive(Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) time: Option<Timestamp>,
    #[serde(serialize_with = "word")]
    pub(crate) level: Level,
    pub(crate) rule: String,
    pub(crate) message: String,
    pub(crate) origin: String,
    pub(crate) finding: String,
}

/// A command that contains some of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Contain {
    pub(crate) what: Cow<'static, str>,
    pub(crate) command: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn word<S: serde::Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(level.as_str())
}

impl Case {
    /// Of findings in order of time; there is one at least.
    pub(crate) fn of(findings: Vec<Told>) -> Self {
        let gravest = gravest(&findings);
        let times: Vec<Timestamp> = findings.iter().filter_map(|told| told.time).collect();
        let (first, last) = (times.iter().min().copied(), times.iter().max().copied());
        let who = who(&findings);
        let machines = seen(findings.iter().flat_map(|told| told.machines.iter().cloned()));
        let (level, because, headline, case) = match gravest {
            Some(gravest) => (
                gravest.level,
                because(gravest),
                headline(gravest, &who, findings.len(), machines.len()),
                findings.first().map_or_else(String::new, |told| case_of(&told.uid).to_owned()),
            ),
            None => (Level::Informational, String::new(), String::new(), String::new()),
        };
        let of = |look: &dyn Fn(&Told) -> Option<String>| seen(findings.iter().filter_map(look));
        let by_gravity = || {
            let mut all: Vec<&Told> = findings.iter().collect();
            all.sort_by_key(|told| Reverse(told.level));
            all
        };
        let mut next: Vec<String> = Vec::new();
        let mut contain: Vec<Contain> = Vec::new();
        for told in by_gravity() {
            if next.len() < MOST_ADVICE && !next.contains(&told.check) && !told.check.is_empty() {
                next.push(told.check.clone());
            }
            for (what, command) in &told.contains {
                let own = Contain { what: what.clone(), command: command.clone() };
                if contain.len() < MOST_ADVICE && !contain.contains(&own) {
                    contain.push(own);
                }
            }
        }
        Self {
            id: case,
            level,
            because,
            headline,
            first,
            last,
            actors: of(&|told| Some(told.actor.clone())),
            accounts: of(&|told| Some(told.account.clone())),
            addresses: of(&|told| told.address.map(|ip| ip.to_string())),
            keys: of(&|told| told.key.clone()),
            techniques: seen(findings.iter().flat_map(|told| told.techniques.iter().cloned())),
            unknown: seen(findings.iter().flat_map(|told| told.unknown.iter().map(ToString::to_string))),
            who,
            machines,
            next,
            contain,
            story: findings.into_iter().map(Step::of).collect(),
        }
    }

    /// The gravest first, then as they began.
    pub(crate) fn place(&self) -> (Reverse<Level>, bool, Option<Timestamp>, String) {
        (Reverse(self.level), self.first.is_none(), self.first, self.id.clone())
    }

    /// Its id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

impl Step {
    fn of(told: Told) -> Self {
        let Told { time, level, rule, message, origin, uid, .. } = told;
        Self { time, level, rule, message, origin, finding: uid }
    }
}

/// The gravest finding, of several the first.
fn gravest(findings: &[Told]) -> Option<&Told> {
    let highest = findings.iter().map(|told| told.level).max()?;
    findings.iter().find(|told| told.level == highest)
}

/// Whom all of it comes from, the most frequent first; with the way where there is one.
fn who(findings: &[Told]) -> Vec<String> {
    let names = findings.iter().map(|told| told.behind.clone().unwrap_or_else(|| told.who.clone()));
    seen(names).into_iter().map(|seen| seen.name).collect()
}

fn because(gravest: &Told) -> String {
    let level = gravest.level.as_str();
    let moved = gravest.because.last().map_or_else(String::new, |moved| format!(" ({moved})"));
    format!("{level}, as its gravest finding {} is{moved}", gravest.rule)
}

fn headline(gravest: &Told, who: &[String], findings: usize, machines: usize) -> String {
    let name = match gravest.behind.as_ref().unwrap_or(&gravest.who) {
        name if name.is_empty() => "Somebody unknown",
        name => name,
    };
    let others = match who.len() {
        0 | 1 => String::new(),
        2 => " and another".to_owned(),
        many => format!(" and {} others", many - 1),
    };
    let more = match findings {
        1 => String::new(),
        many => format!(", with {}", counted(many as u64 - 1, "finding more", "findings more")),
    };
    let on = match machines {
        0 => String::new(),
        many => format!(" on {}", counted(many as u64, "machine", "machines")),
    };
    format!("{name}{others}: {}{more}{on}", gravest.title)
}

/// How often each, the most frequent first; what differs by case alone is one, by the first spelling.
fn seen(names: impl Iterator<Item = String>) -> Vec<Seen> {
    let mut counts: BTreeMap<String, Seen> = BTreeMap::new();
    for name in names.filter(|name| !name.is_empty()) {
        let seen = counts.entry(name.to_ascii_lowercase()).or_insert(Seen { name, findings: 0 });
        seen.findings += 1;
    }
    let mut all: Vec<Seen> = counts.into_values().collect();
    all.sort_by_key(|seen| Reverse(seen.findings));
    all
}
