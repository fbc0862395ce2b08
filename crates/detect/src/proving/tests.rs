use std::sync::Arc;

use trailhound_sigma::{Correlation, CorrelationKind, Rule, Threshold};

use super::*;
use crate::event::{FieldMaps, LogType};
use crate::rules::{Detection, Loaded, RuleSet, compiled, detection, load_embedded};

fn all_tests() -> Vec<Tests> {
    let read = parse_all(&super::shipped()).into_iter();
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
fn the_tests_beside_the_rules_pass() {
    let loaded = shipped();
    let mut failures = Vec::new();
    for tests in shipped_tests() {
        let detection = loaded
            .rules
            .find(&tests.rule)
            .unwrap_or_else(|| panic!("{}: no rule {}", tests.file, tests.rule));
        for failure in run(detection, &tests) {
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
        let fails =
            !detection.logs.contains(&LogType::ProcessCreation) && detection.extension.attempt != Some(false);
        assert!(!fails || has(Expect::Attempt), "{name} has no attempt");
    }
}

#[test]
fn no_clause_of_a_rule_can_go_unnoticed() {
    let fields = FieldMaps;
    let tests = shipped_tests();
    let mut unnoticed: Vec<String> = Vec::new();
    for whole in shipped().rules.detections() {
        let mut detection = detection(whole.rule.clone(), fields).expect("shipped");
        let own = tests.iter().find(|tests| tests.rule == detection.info.name).expect("tested above");
        for survivor in survivors(&mut detection, own, &fields) {
            unnoticed.push(format!("{}: {}", survivor.place, survivor.clause));
        }
    }
    assert!(unnoticed.is_empty(), "no test would miss:\n{}", unnoticed.join("\n"));
}

/// The rules and correlations that some correlations look at, with these in place of their own.
fn only(rules: &RuleSet, correlations: Vec<Correlation>) -> RuleSet {
    let named = |detection: &&Detection| {
        correlations.iter().flat_map(|c| &c.rules).any(|reference| detection.rule.is_named(&reference.name))
    };
    let rules: Vec<Rule> = rules.detections().iter().filter(named).map(|d| d.rule.clone()).collect();
    compiled(rules, correlations)
}

/// A correlation with one thing about it changed, and what that is.
fn mutants(of: &Correlation) -> Vec<(String, Correlation)> {
    let mut mutants = Vec::new();
    let mut mutant = |what: String, change: &dyn Fn(&mut Correlation)| {
        let mut changed = of.clone();
        change(&mut changed);
        mutants.push((what, changed));
    };
    for (at, field) in of.group_by.iter().enumerate().filter(|_| of.group_by.len() > 1) {
        mutant(format!("without group-by {field}"), &|c| drop(c.group_by.remove(at)));
    }
    if let (Threshold::Figure(bounds), false) = (&of.condition, of.kind.is_temporal()) {
        for by in [-1.0, 1.0] {
            let bounds = bounds.iter().map(|(comparison, bound)| (*comparison, bound + by)).collect();
            let threshold = Threshold::Figure(bounds);
            mutant(format!("bound by {by} more"), &move |c| c.condition = threshold.clone());
        }
    }
    if of.kind == CorrelationKind::TemporalOrdered {
        mutant("in any order".to_owned(), &|c| c.kind = CorrelationKind::Temporal);
    }
    mutant("over six times the span".to_owned(), &|c| c.timespan *= 6);
    mutants
}

#[test]
fn no_part_of_a_correlation_can_go_unnoticed() {
    let rules = shipped().rules;
    let tests = shipped_episodes();
    let mut survivors = Vec::new();
    for outer in rules.correlations().iter().filter(|correlated| correlated.alerts) {
        let own = tests.iter().find(|tests| tests.rule == outer.info.name).expect("tested above");
        let inner = rules.correlations().iter().filter(|inner| {
            outer.correlation.rules.iter().any(|reference| inner.correlation.is_named(&reference.name))
        });
        let whole: Vec<Correlation> =
            std::iter::once(outer).chain(inner).map(|correlated| correlated.correlation.clone()).collect();
        // What alerts by itself has tests of its own.
        let is_own = |part: &Correlation| {
            let alerts = rules.correlations().iter().filter(|correlated| correlated.alerts);
            alerts
                .filter(|other| other.info.name != outer.info.name)
                .all(|other| other.correlation.meta.name != part.meta.name)
        };
        for (at, part) in whole.iter().enumerate().filter(|(_, part)| is_own(part)) {
            for (what, mutant) in mutants(part) {
                let mut changed = whole.clone();
                changed[at] = mutant;
                if Stage::new(Arc::new(only(&rules, changed))).run(own).is_empty() {
                    survivors.push(format!("{}: {what}", part.meta.name.as_deref().unwrap_or_default()));
                }
            }
        }
    }
    assert!(survivors.is_empty(), "no test would miss:\n{}", survivors.join("\n"));
}

#[test]
fn the_index_leaves_out_no_rule_that_matches() {
    let rules = shipped().rules;
    let (mut matches, mut events) = (0, 0);
    for test in shipped_tests().iter().flat_map(|tests| &tests.tests) {
        crate::event::Reader::default().read(&test.event, &mut |event| {
            let Ok(event) = event else { return };
            let names = |found: Vec<&Detection>| -> Vec<String> {
                found.iter().map(|detection| detection.info.name.clone()).collect()
            };
            let every = rules.detections().iter().filter(|detection| {
                let on = detection.extension.enabled && detection.logs.contains(&event.log());
                on && detection.compiled.matches(event)
            });
            let every = names(every.collect());
            assert_eq!(names(rules.matching(event)), every, "{:?}: {}", event.log(), test.name);
            events += 1;
            matches += every.len();
        });
    }
    assert!(events > 500 && matches > 200, "{matches} matches of {events} events");
}
