use std::collections::BTreeSet;

use super::testing::{self, Expect, RuleTests};
use super::*;
use crate::event::{FieldMaps, LogType};

fn shipped_tests() -> Vec<RuleTests> {
    EMBEDDED_TESTS
        .iter()
        .map(|file| testing::parse(file.path, file.text).unwrap_or_else(|e| panic!("{e}")))
        .collect()
}

fn shipped() -> Loaded {
    let loaded = load_embedded();
    let wrong: Vec<String> = loaded.errors().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    loaded
}

#[test]
fn every_shipped_rule_loads_and_says_what_an_analyst_needs() {
    for detection in shipped().rules.detections() {
        let info = &detection.info;
        let missing: Vec<&str> = [
            ("id", &info.id),
            ("description", &info.description),
            ("sentence", &detection.extension.sentence),
            ("why", &info.why),
            ("check", &info.check),
            ("normal", &info.normal),
            ("tune", &info.tune),
        ]
        .into_iter()
        .filter(|(_, text)| text.is_empty())
        .map(|(name, _)| name)
        .collect();
        assert!(missing.is_empty(), "{} lacks {}", info.name, missing.join(", "));
        assert!(
            !info.techniques.is_empty() && !info.references.is_empty(),
            "{} lacks tags or references",
            info.name
        );
        assert!(info.catalogue.is_some(), "{} has no catalogue number", info.name);
    }
}

#[test]
fn names_and_ids_are_unique() {
    let loaded = shipped();
    let names: BTreeSet<_> = loaded.rules.detections().iter().map(|d| d.info.name.clone()).collect();
    let ids: BTreeSet<_> = loaded.rules.detections().iter().map(|d| d.info.id.clone()).collect();
    assert_eq!(names.len(), loaded.rules.detections().len());
    assert_eq!(ids.len(), names.len());
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
        assert!(has(Expect::Match), "{name} has no positive");
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
    let mut survivors = Vec::new();
    for mut detection in shipped().rules.detections {
        let own = tests.iter().find(|tests| tests.rule == detection.info.name).expect("tested above");
        for survivor in testing::survivors(&mut detection, own, &fields) {
            survivors.push(format!("{}: {}", survivor.place, survivor.clause));
        }
    }
    assert!(survivors.is_empty(), "no test would miss:\n{}", survivors.join("\n"));
}
