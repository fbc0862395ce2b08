//! `rules promote`: what rules in shadow found, and the change that lets one alert.

mod change;
mod cost;
mod kept;
mod record;
mod text;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::rules::{Lane, Loaded};

use crate::args::{Promote, PromoteFormat};
use crate::exit::Exit;
use crate::output::marks;
use crate::rule_files;
use kept::Kept;
use record::Record;

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
    let pipeline = Pipeline::new(Arc::new(loaded.rules.in_lane(Lane::All)));
    let in_full = pipeline.unscreened();
    for record in records.values_mut() {
        let is_rule = loaded.rules.named(&record.rule).is_some();
        record.weigh(is_rule.then(|| in_full.contains(&record.rule.as_str())));
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
