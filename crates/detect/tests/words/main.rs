//! An alert says only what its records say: over the samples, the corpus, every rule's tests, variations of those and days
//! put together of them, in every channel.

mod behind;
mod channels;
mod house;
mod mutations;
mod titles;
mod truth;
mod usual;
mod values;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use trailhound_detect::proving::Tests;
use trailhound_detect::settle::Suppressions;

use behind::untrue_behind;
use channels::{Alert, untrue_beside};
use house::{House, each, shipped_tests, tested, varied};
use mutations::MUTATIONS;
use titles::untrue_titles;
use truth::{Records, untrue};

/// How many alerts are looked at unless `TRAILHOUND_WORDS` says otherwise.
const ALERTS: usize = 4_000;
/// Of how many mutations are tried.
const MUTATED: usize = 4_000;
/// Each on so many alerts.
const TIMES: usize = 50;

fn untrue_anywhere(alert: &Alert, records: &Records) -> Vec<String> {
    let mut wrong = untrue(&alert.event, records);
    wrong.extend(untrue_beside(alert, records));
    wrong.extend(untrue_titles(&alert.event, records));
    wrong.extend(untrue_behind(alert, records));
    wrong
}

/// Longest sentence that is read at a glance, in characters.
const MOST: usize = 220;

#[test]
fn the_sentences_read_well() {
    let house = House::new();
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    let mut say = |rule: &str, records: &[u8]| {
        for finding in house.findings("golden", records) {
            if finding.matched.rule.name == rule {
                told.entry(finding.message()).or_insert_with(|| finding.matched.rule_id());
            }
        }
    };
    for tests in shipped_tests() {
        match tests {
            Tests::Rule(tests) => tests.tests.iter().for_each(|test| say(&tests.rule, &test.event)),
            Tests::Correlation(tests) => {
                tests.tests.iter().for_each(|test| say(&tests.rule, &test.events.join(&b'\n')));
            }
        }
    }
    let mut lines: Vec<String> =
        told.iter().map(|(sentence, rule)| format!("{rule}\n    {sentence}")).collect();
    lines.sort();
    let long: Vec<&String> = told.keys().filter(|sentence| sentence.chars().count() > MOST).collect();
    insta::assert_snapshot!(lines.join("\n"));
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn nothing_told_is_untrue() {
    let most = std::env::var("TRAILHOUND_WORDS").ok().and_then(|most| most.parse().ok()).unwrap_or(ALERTS);
    let mut wrong: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let count = each(&House::new(), most, &mut |name, alert, records| {
        for fault in untrue_anywhere(alert, records) {
            let told =
                || format!("{name}\n    {}: {}", alert.event["ruleid"], alert.event["data"]["message"]);
            wrong.entry(fault).or_insert_with(|| (0, told())).0 += 1;
        }
    });
    let mut report = String::new();
    for (fault, (times, example)) in wrong.iter().take(40) {
        let _ = writeln!(report, "{times} × {fault}\n  in {example}");
    }
    assert!(wrong.is_empty(), "{} kinds of untruth in {count} alerts:\n{report}", wrong.len());
    assert!(count >= most, "only {count} alerts were looked at");
}

#[test]
fn every_kind_of_untruth_is_caught() {
    let mut caught: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed: BTreeMap<&str, String> = BTreeMap::new();
    each(&House::new(), MUTATED, &mut |_, alert, records| {
        for (name, mutate) in MUTATIONS {
            let (applied, seen) = caught.entry(name).or_default();
            // Of several calls one may bear out what is told of another.
            let of_one = name.contains(" for ") || name.contains("factor");
            if *applied >= TIMES || (of_one && !records.are_of_one_call()) {
                continue;
            }
            let mut other = alert.clone();
            if mutate(&mut other).is_some() {
                *applied += 1;
                if untrue_anywhere(&other, records).is_empty() {
                    missed.insert(name, format!("{}\n{}", other.event["data"]["message"], other.mail));
                } else {
                    *seen += 1;
                }
            }
        }
    });
    assert!(MUTATIONS.len() >= 40);
    let mut weak = Vec::new();
    for (name, _) in MUTATIONS {
        let (applied, seen) = caught.get(name).copied().unwrap_or_default();
        // A mutation may by chance be true of some records; of most it is not.
        if applied == 0 || seen * 10 < applied * 9 {
            weak.push(format!(
                "'{name}' was caught {seen} of {applied} times, not in: {:?}",
                missed.get(name)
            ));
        }
    }
    assert!(weak.is_empty(), "{}", weak.join("\n"));
}

#[test]
fn every_alert_ends_with_a_suppression_that_covers_just_it() {
    let (house, now) = (House::new(), Timestamp::now());
    let rules = &house.pipeline.policy().rules;
    let (mut covered, mut apart, mut without) = (0, 0, Vec::new());
    for event in tested() {
        let (raw, findings) = (house.matches("a", event.as_bytes()), house.findings("a", event.as_bytes()));
        let others = house.matches("a", varied(&event, 7).as_bytes());
        for finding in findings.iter().filter(|finding| finding.matched.episode.is_none()) {
            let Some(found) = raw.iter().find(|found| found.uid() == finding.uid) else { continue };
            let Some(file) = finding.suppression() else {
                // A star is a pattern there, and cannot be written.
                if !finding.matched.facts.action.key.contains('*') {
                    without.push(finding.message());
                }
                continue;
            };
            let suppressions = Suppressions::load("s.yml", &file, rules, now)
                .unwrap_or_else(|wrong| panic!("{wrong}\n{file}"));
            let covers = |found| suppressions.naming(found, now).count() == 1;
            assert!(covers(found), "{}\n{file}", finding.message());
            covered += 1;
            let facts = &found.facts;
            for other in others.iter().filter(|other| {
                let its = &other.facts;
                (&its.actor.key, its.source.ip) != (&facts.actor.key, facts.source.ip)
                    || !facts.target.ids.is_empty()
                        && !its.target.ids.iter().any(|id| facts.target.ids.contains(id))
            }) {
                assert!(!covers(other), "{} is covered too:\n{file}", other.facts.actor.display);
                apart += 1;
            }
        }
    }
    assert!(covered > 500 && apart > 500, "{covered} were covered, {apart} others were not");
    assert!(without.is_empty(), "{without:#?}");
}
