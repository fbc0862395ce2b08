use std::collections::BTreeSet;

use super::testing::{self, EpisodeTests, Expect, RuleTests, Stage, Tests};
use super::*;
use crate::event::{FieldMaps, LogType};

fn all_tests() -> Vec<Tests> {
    let read = testing::parse_all(&testing::shipped()).into_iter();
    read.map(|tests| tests.unwrap_or_else(|e| panic!("{e}"))).collect()
}

fn shipped_tests() -> Vec<RuleTests> {
    all_tests()
        .into_iter()
        .filter_map(|tests| match tests {
            Tests::Rule(tests) => Some(tests),
            Tests::Correlation(_) => None,
        })
        .collect()
}

fn shipped_episodes() -> Vec<EpisodeTests> {
    all_tests()
        .into_iter()
        .filter_map(|tests| match tests {
            Tests::Rule(_) => None,
            Tests::Correlation(tests) => Some(tests),
        })
        .collect()
}

fn shipped() -> Loaded {
    let loaded = load_embedded();
    let wrong: Vec<String> = loaded.errors().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    loaded
}

/// What an analyst needs to read of what alerts.
fn lacking(info: &RuleInfo, sentence: &str) -> Vec<&'static str> {
    [
        ("id", info.id.as_str()),
        ("description", &info.description),
        ("sentence", sentence),
        ("why", &info.why),
        ("check", &info.check),
        ("normal", &info.normal),
        ("tune", &info.tune),
        ("tags", info.techniques.first().map_or("", String::as_str)),
        ("references", info.references.first().map_or("", String::as_str)),
        ("catalogue", info.catalogue.as_deref().unwrap_or_default()),
    ]
    .into_iter()
    .filter(|(_, text)| text.is_empty())
    .map(|(name, _)| name)
    .collect()
}

#[test]
fn every_shipped_rule_loads_and_says_what_an_analyst_needs() {
    for detection in shipped().rules.detections() {
        let info = &detection.info;
        let missing = lacking(info, &detection.extension.sentence);
        if detection.extension.alone {
            assert!(missing.is_empty(), "{} lacks {}", info.name, missing.join(", "));
        } else {
            let needed = ["id", "description", "references"];
            assert!(!needed.iter().any(|it| missing.contains(it)), "{} lacks {missing:?}", info.name);
        }
    }
}

#[test]
fn every_shipped_correlation_says_what_an_analyst_needs() {
    for correlated in shipped().rules.correlations() {
        let info = &correlated.info;
        let missing = lacking(info, &correlated.extension.sentence);
        if correlated.alerts {
            assert!(missing.is_empty(), "{} lacks {}", info.name, missing.join(", "));
            assert!(correlated.correlation.meta.level.is_some(), "{} has no level", info.name);
        }
    }
}

#[test]
fn correlations_silence_no_rule_that_alerts() {
    let rules = shipped().rules;
    for detection in rules.detections() {
        let name = &detection.info.name;
        assert_eq!(rules.is_silent(name), !detection.extension.alone, "{name}");
        assert!(detection.extension.alone || !rules.fed_by(name).is_empty(), "{name} serves nothing");
    }
}

#[test]
fn the_tests_beside_the_correlations_pass() {
    let rules = Arc::new(shipped().rules);
    let stage = Stage::new(Arc::clone(&rules));
    let mut failures = Vec::new();
    for tests in shipped_episodes() {
        assert!(rules.correlation(&tests.rule).is_some(), "{}: no correlation {}", tests.file, tests.rule);
        let failed = stage.run(&tests);
        failures
            .extend(failed.iter().map(|failure| format!("{}:{}: {failure}", tests.file, failure.test.line)));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_correlation_is_tested_for_what_it_finds_and_what_it_leaves_alone() {
    let tests = shipped_episodes();
    for correlated in shipped().rules.correlations().iter().filter(|correlated| correlated.alerts) {
        let name = &correlated.info.name;
        let own: Vec<_> =
            tests.iter().filter(|tests| tests.rule == *name).flat_map(|tests| &tests.tests).collect();
        let has = |expect| own.iter().any(|test| test.expect == expect);
        assert!(has(Expect::Match), "{name} has no positive");
        assert!(has(Expect::None), "{name} has no negative");
    }
}

#[test]
fn names_and_ids_are_unique() {
    let loaded = shipped();
    let rules = loaded.rules.detections().iter().map(|detection| &detection.info);
    let all: Vec<_> =
        rules.chain(loaded.rules.correlations().iter().map(|correlated| &correlated.info)).collect();
    assert_eq!(all.iter().map(|info| &info.name).collect::<BTreeSet<_>>().len(), all.len());
    assert_eq!(all.iter().map(|info| &info.id).collect::<BTreeSet<_>>().len(), all.len());
}

#[test]
fn the_tests_beside_the_rules_pass() {
    let loaded = shipped();
    let mut failures = Vec::new();
    for tests in shipped_tests() {
        let detection = loaded
            .rules
            .find(&tests.rule)
            .unwrap_or_else(|| panic!("{}: no rule {}", tests.file, tests.rule));
        for failure in testing::run(detection, &tests) {
            failures.push(format!(
                "{}:{}: '{}' expected {:?} {:?}, got {:?} {:?}",
                tests.file,
                failure.test.line,
                failure.test.name,
                failure.test.expect,
                failure.test.level,
                failure.got,
                failure.level
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_rule_is_tested_for_what_it_finds_and_what_it_leaves_alone() {
    let tests = shipped_tests();
    for detection in shipped().rules.detections() {
        let name = &detection.info.name;
        let own: Vec<_> =
            tests.iter().filter(|tests| tests.rule == *name).flat_map(|tests| &tests.tests).collect();
        let has = |expect| own.iter().any(|test| test.expect == expect);
        // What only serves correlations may be about failures alone.
        let speaks = has(Expect::Match) || (!detection.extension.alone && has(Expect::Attempt));
        assert!(speaks, "{name} has no positive");
        assert!(has(Expect::None), "{name} has no false positive that stays silent");
        assert!(has(Expect::Rejected), "{name} has no malformed record");
        let fails = !detection.logs.contains(&LogType::ProcessCreation) && detection.extension.attempt;
        assert!(!fails || has(Expect::Attempt), "{name} has no attempt");
    }
}

#[test]
fn no_clause_of_a_rule_can_go_unnoticed() {
    let fields = FieldMaps;
    let tests = shipped_tests();
    let mut survivors: Vec<String> = Vec::new();
    for mut detection in shipped().rules.detections {
        let own = tests.iter().find(|tests| tests.rule == detection.info.name).expect("tested above");
        for survivor in testing::survivors(&mut detection, own, &fields) {
            survivors.push(format!("{}: {}", survivor.place, survivor.clause));
        }
    }
    assert!(survivors.is_empty(), "no test would miss:\n{}", survivors.join("\n"));
}
