use std::collections::BTreeSet;

use super::*;
use crate::matched::RuleInfo;

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
fn names_and_ids_are_unique() {
    let loaded = shipped();
    let rules = loaded.rules.detections().iter().map(|detection| &detection.info);
    let all: Vec<_> =
        rules.chain(loaded.rules.correlations().iter().map(|correlated| &correlated.info)).collect();
    assert_eq!(all.iter().map(|info| &info.name).collect::<BTreeSet<_>>().len(), all.len());
    assert_eq!(all.iter().map(|info| &info.id).collect::<BTreeSet<_>>().len(), all.len());
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
        ("gte: 2", "gte: 50000", "8:14", "are never counted"),
        ("both", "everything", "11:10", "unknown kind of match"),
        ("low", "+1", "12:10", "the least level is a level"),
        ("takes", "take", "11:3", "did you mean 'takes'?"),
    ] {
        let fault = fault(from, to);
        assert!(fault.starts_with(&format!("twice.yml:{place}:")) && fault.contains(says), "{to}:\n{fault}");
    }
}

#[test]
fn a_tests_file_is_no_rule_whatever_its_ending() {
    for path in ["a.yml", "rules/aws/a.yaml", "s3://bucket/rules/A.YML", "tests.yml", "a.tests.d/b.yml"] {
        assert_eq!(FileKind::of(path), Some(FileKind::Rules), "{path}");
    }
    for path in ["a.tests.yml", "rules/aws/a.tests.yaml", "C:\\rules\\a.Tests.YAML", ".tests.yml"] {
        assert_eq!(FileKind::of(path), Some(FileKind::Tests), "{path}");
    }
    for path in ["", "yml", ".yml", "rules/.yaml", "a.yml.bak", "README.md", "a.json"] {
        assert_eq!(FileKind::of(path), None, "{path}");
    }
}
