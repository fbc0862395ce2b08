use std::collections::BTreeSet;

use super::testing::{self, EpisodeTests, Expect, RuleTests, Stage, Tests};
use super::*;
use crate::event::{FieldMaps, LogType};
use trailhound_sigma::{Correlation, CorrelationKind, Threshold};

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

/// The rules and correlations that some correlations look at, with these in place of their own.
fn only(rules: &RuleSet, correlations: Vec<Correlation>) -> RuleSet {
    let named = |detection: &&Detection| {
        correlations.iter().flat_map(|c| &c.rules).any(|reference| detection.rule.is_named(&reference.name))
    };
    let rules: Vec<Rule> = rules.detections.iter().filter(named).map(|d| d.rule.clone()).collect();
    let (compiled, faults) = Correlations::compile(correlations, &rules, FieldMaps);
    assert!(faults.is_empty(), "{faults:?}");
    let detections = rules.into_iter().map(|rule| load::detection(rule, FieldMaps).unwrap()).collect();
    RuleSet::new(detections, compiled)
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
        for (at, part) in whole.iter().enumerate() {
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
fn faults_of_correlations_name_the_place_and_the_remedy() {
    let text = "title: Twice\nname: twice\ncorrelation:\n  type: value_count\n  rules: [aws-ssm-session-shell]\n  group-by: [n.actor.key]\n  timespan: 10m\n  condition: {field: n.target.ids, gte: 2}\nlevel: high\ntrailhound:\n  takes: both\n  least: low\n";
    let fault = |from: &str, to: &str| {
        let file = RuleFile { path: "twice.yml".to_owned(), text: text.replace(from, to) };
        load(&[file]).errors().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(fault("", ""), "");
    for (from, to, place, says) in [
        ("n.actor.key", "n.actor.kye", "6:14", "did you mean `n.actor.key`?"),
        ("n.target.ids", "n.target.idz", "8:22", "did you mean `n.target.ids`?"),
        (
            "[aws-ssm-session-shell]",
            "[aws-ssm-session-shel]",
            "5:11",
            "did you mean `aws-ssm-session-shell`?",
        ),
        ("gte: 2", "gte: 5000", "8:14", "are never counted"),
        ("both", "everything", "11:10", "unknown kind of match"),
        ("low", "+1", "12:10", "the least level is a level"),
        ("takes", "take", "11:3", "did you mean 'takes'?"),
    ] {
        let fault = fault(from, to);
        assert!(fault.starts_with(&format!("twice.yml:{place}:")) && fault.contains(says), "{to}:\n{fault}");
    }
}
