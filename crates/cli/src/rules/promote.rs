//! `rules promote`: what rules in shadow found, and the change that lets one alert.

mod change;
mod kept;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use anyhow::Context as _;
use serde::Serialize;
use trailhound_detect::describe::Shadowed;
use trailhound_detect::rules::Loaded;

use crate::args::{Promote, PromoteFormat};
use crate::exit::Exit;
use crate::output::marks::{self, Marks, Opinion};
use crate::rule_files;
use kept::Kept;

/// What one rule found.
#[derive(Debug, Default, Serialize)]
struct Record {
    rule: String,
    /// Where it is written; nothing where it is not among the rules at hand.
    file: Option<String>,
    findings: u64,
    /// Beyond those, matches that were only counted.
    only_counted: u64,
    attempts: u64,
    by_level: BTreeMap<String, u64>,
    /// By day in UTC.
    by_day: BTreeMap<String, u64>,
    accounts: BTreeSet<String>,
    actors: BTreeSet<String>,
    marks: Thoughts,
    /// How many events a rule that alerts tells as well.
    doubles: BTreeMap<String, u64>,
    /// Findings of events that no rule tells that alerts.
    alone: u64,
}

/// What people thought of its findings.
#[derive(Debug, Default, Serialize)]
struct Thoughts {
    escalate: u64,
    benign: u64,
    seen: u64,
    none: u64,
}

impl Thoughts {
    /// Of a hundred findings that somebody decided on, how many were worth it.
    fn precision(&self) -> Option<u64> {
        let decided = self.escalate + self.benign;
        (decided > 0).then(|| (self.escalate * 100 + decided / 2) / decided)
    }
}

impl Record {
    fn add(&mut self, found: &Shadowed, marks: &Marks) {
        self.findings += 1;
        self.attempts += u64::from(found.attempt);
        *self.by_level.entry(found.level.clone()).or_default() += 1;
        *self.by_day.entry(found.time.unwrap_or(found.found_at).strftime("%F").to_string()).or_default() += 1;
        self.accounts.insert(found.account.clone());
        self.actors.insert(found.actor.clone());
        for rule in &found.beside {
            *self.doubles.entry(rule.clone()).or_default() += 1;
        }
        self.alone += u64::from(found.beside.is_empty());
        let count = match marks.get(&found.uid).map_or(Opinion::None, |thought| thought.mark) {
            Opinion::Escalate => &mut self.marks.escalate,
            Opinion::Benign => &mut self.marks.benign,
            Opinion::Seen => &mut self.marks.seen,
            Opinion::None => &mut self.marks.none,
        };
        *count += 1;
    }
}

pub(super) fn promote(arguments: &Promote) -> anyhow::Result<Exit> {
    let loaded = rule_files::load_rules(&arguments.rules)?;
    let exit = rule_files::tell_errors(&loaded);
    let marks = arguments.triage.as_deref().map(marks::read).transpose()?.unwrap_or_default();
    let Kept { found, more } = kept::read(&arguments.paths)?;
    let mut records: BTreeMap<String, Record> = BTreeMap::new();
    // One in shadow that found nothing is told as well.
    let all = in_shadow(&loaded).into_iter().chain(found.values().map(|found| found.rule.clone()));
    for rule in all.chain(more.keys().cloned()) {
        let file = file_of(&loaded, &rule);
        records.entry(rule.clone()).or_insert_with(|| Record { rule, file, ..Record::default() });
    }
    for found in found.values() {
        records.entry(found.rule.clone()).or_default().add(found, &marks);
    }
    for (rule, more) in more {
        records.entry(rule).or_default().only_counted += more;
    }
    let named = arguments.rule.as_deref().map(|word| named(&loaded, word)).transpose()?;
    if let Some(name) = &named {
        records.retain(|rule, _| rule == name);
    }
    let records: Vec<Record> = records.into_values().collect();
    let mut out = anstream::stdout().lock();
    match arguments.format {
        PromoteFormat::Json => writeln!(out, "{}", serde_json::json!({ "rules": records }))?,
        PromoteFormat::Text => text::write(&mut out, &records, arguments.triage.is_some())?,
    }
    let Some(name) = named.filter(|_| arguments.go) else { return Ok(exit) };
    let file = file_of(&loaded, &name).with_context(|| format!("the file of {name} is not at hand"))?;
    change::write(&arguments.rules, &file, &name)?;
    anstream::eprintln!("{file}: {name} alerts from now on");
    Ok(exit)
}

/// Whatever is in shadow among the rules at hand.
fn in_shadow(loaded: &Loaded) -> Vec<String> {
    let rules = loaded.rules.detections().iter().map(|own| &own.info.name);
    let all = rules.chain(loaded.rules.correlations().iter().map(|own| &own.info.name));
    all.filter(|name| loaded.rules.is_shadow(name)).cloned().collect()
}

/// The name of a rule in shadow that somebody calls by a word.
fn named(loaded: &Loaded, word: &str) -> anyhow::Result<String> {
    let rules = &loaded.rules;
    let info = rules.find(word).map(|own| &own.info);
    let info = info.or_else(|| rules.correlation(word).map(|own| &own.info));
    let info = info.ok_or_else(|| super::unknown(rules, word))?;
    anyhow::ensure!(
        rules.is_shadow(&info.name),
        "{} is not in shadow: it alerts already; name one with `trailhound: {{shadow: true}}`",
        info.name
    );
    Ok(info.name.clone())
}

/// The file in which a rule or a correlation is written.
fn file_of(loaded: &Loaded, name: &str) -> Option<String> {
    let rule = loaded.rules.named(name).map(|own| own.rule.meta.file.clone());
    rule.or_else(|| loaded.rules.correlation(name).map(|own| own.correlation.meta.file.clone()))
}
