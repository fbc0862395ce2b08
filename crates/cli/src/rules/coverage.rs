//! Which techniques are looked for in which logs, by which rules, shown by how many tests.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use trailhound_detect::proving;
use trailhound_detect::rules::{Correlated, Loaded, RuleFile};

use crate::args::CoverageFormat;
use crate::exit::Exit;
use crate::navigator::{TechniqueSeen, layer};

pub(super) fn coverage(
    loaded: &Loaded,
    own_tests: &[RuleFile],
    format: CoverageFormat,
) -> anyhow::Result<Exit> {
    let mut out = anstream::stdout().lock();
    match format {
        CoverageFormat::Table => table(&mut out, loaded, &count_tests(own_tests))?,
        CoverageFormat::Navigator => {
            serde_json::to_writer_pretty(&mut out, &navigator(loaded))?;
            writeln!(out)?;
        }
    }
    Ok(crate::rule_files::tell_errors(loaded))
}

/// Tests that expect the rule to speak, and all tests, by rule.
fn count_tests(own: &[RuleFile]) -> BTreeMap<String, (usize, usize)> {
    let files = [proving::shipped().as_slice(), own].concat();
    let read = proving::parse_all(&files).into_iter().flatten();
    read.map(|tests| (tests.rule().to_owned(), tests.counts())).collect()
}

fn table(
    out: &mut dyn Write,
    loaded: &Loaded,
    tests: &BTreeMap<String, (usize, usize)>,
) -> anyhow::Result<()> {
    let mut rows = BTreeSet::new();
    for detection in loaded.rules.detections() {
        for technique in techniques(detection) {
            rows.insert((technique, detection.log_source(), detection.info.name.clone()));
        }
    }
    for correlated in alerting(loaded) {
        for technique in &correlated.info.techniques {
            rows.insert((technique.clone(), "correlation".to_owned(), correlated.info.name.clone()));
        }
    }
    writeln!(out, "{:<10}  {:<26}  {:<34}  tests", "technique", "log source", "rule")?;
    for (technique, source, rule) in rows {
        let (speaking, all) = tests.get(&rule).copied().unwrap_or_default();
        writeln!(out, "{technique:<10}  {source:<26}  {rule:<34}  {speaking} of {all}")?;
    }
    Ok(())
}

/// The correlations that raise alerts.
fn alerting(loaded: &Loaded) -> impl Iterator<Item = &Correlated> {
    loaded.rules.correlations().iter().filter(|correlated| correlated.alerts)
}

/// A rule's techniques, those that only an adjustment names included.
fn techniques(detection: &trailhound_detect::rules::Detection) -> BTreeSet<String> {
    let adjusted = detection.extension.adjust.iter().filter_map(|adjust| adjust.technique.clone());
    detection.info.techniques.iter().cloned().chain(adjusted).collect()
}

fn navigator(loaded: &Loaded) -> serde_json::Value {
    let mut rules: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for detection in loaded.rules.detections().iter().filter(|d| d.extension.enabled) {
        for technique in techniques(detection) {
            rules.entry(technique).or_default().push(&detection.info.name);
        }
    }
    for correlated in alerting(loaded) {
        for technique in &correlated.info.techniques {
            rules.entry(technique.clone()).or_default().push(&correlated.info.name);
        }
    }
    let seen = rules
        .into_iter()
        .map(|(id, names)| (id, TechniqueSeen { score: names.len() as u64, comment: names.join(", ") }));
    layer(
        "trailhound",
        "Techniques that trailhound's enabled rules look for; the score is the number of rules.",
        &seen.collect(),
    )
}
