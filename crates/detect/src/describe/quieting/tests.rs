use std::sync::Arc;

use super::*;
use crate::describe::tests::fixture::{aws, now, text};
use crate::event::{Facts, OutcomeKind, Target};
use crate::facts::Names;
use crate::rules::{RuleSet, load_embedded};
use crate::settle::Suppressions;

/// The file as a scan reads it.
fn loaded(file: &str, rules: &RuleSet) -> Suppressions {
    Suppressions::load("s.yml", file, rules, now()).unwrap_or_else(|wrong| panic!("{wrong}\n{file}"))
}

/// A match of a shipped rule.
fn shipped(rules: &RuleSet) -> Match {
    let mut found = aws();
    let info = &rules.find("aws-ssm-session-tunnel").unwrap().info;
    found.rule = Arc::new(crate::matched::RuleInfo { name: info.name.clone(), ..(*found.rule).clone() });
    found
}

fn covers(suppressions: &Suppressions, found: &Match) -> bool {
    suppressions.naming(found, now()).count() == 1
}

fn target(ids: &[&str]) -> Target {
    let ids: Names = ids.iter().map(|&id| id.to_owned()).collect();
    let count = u32::try_from(ids.len()).unwrap();
    Target { names: ids.clone(), ids, count, ..aws().facts.target }
}

type Change = fn(&mut Facts);

/// What tells a match from others, and a match of somebody else, elsewhere, at another time.
const OTHERS: [(&str, Change); 15] = [
    ("actor", |facts| facts.actor.key.push('x')),
    ("address", |facts| facts.source.ip = "203.0.113.46".parse().ok()),
    ("no address", |facts| facts.source.ip = None),
    ("account", |facts| facts.scope.account = "444455556666".to_owned()),
    ("region", |facts| facts.scope.region = text("us-east-1")),
    ("operation", |facts| facts.action.key = "ssm:ResumeSession".to_owned()),
    ("outcome", |facts| facts.outcome.kind = OutcomeKind::Denied),
    ("document", |facts| facts.document = text("AWS-StartSSHSession")),
    ("account of the document", |facts| facts.document_account = text("444455556666")),
    ("remote host", |facts| facts.tunnel.as_mut().unwrap().host = text("other.example.com")),
    ("remote port", |facts| facts.tunnel.as_mut().unwrap().port = text("22")),
    ("machine", |facts| facts.target = target(&["i-0fedcba9876543210"])),
    ("machine more", |facts| facts.target = target(&["i-0123456789abcdef0", "i-0fedcba9876543210"])),
    ("choice of machines", |facts| facts.target.wildcard = true),
    ("selector", |facts| {
        let selectors = vec!["tag:env=dev".to_owned()];
        facts.target = Target { wildcard: true, selectors, ..target(&[]) };
    }),
];

/// A match whose every fact is known, by machine or by selector.
fn cases(rules: &RuleSet) -> Vec<Match> {
    let mut one = shipped(rules);
    one.facts.document_account = text("999988887777");
    let mut several = one.clone();
    let many: Vec<String> = (0..60).map(|n| format!("i-{n:017x}")).collect();
    several.facts.target = target(&many.iter().map(String::as_str).collect::<Vec<_>>());
    let chosen = |selector: &str| {
        let mut found = one.clone();
        found.facts.target = Target { wildcard: true, selectors: vec![selector.to_owned()], ..target(&[]) };
        found
    };
    vec![chosen("tag:env=prod"), chosen("InstanceIds=*"), several, one]
}

#[test]
fn it_covers_its_match_and_no_other() {
    let rules = load_embedded().rules;
    for found in cases(&rules) {
        for text in [file(&found, now()).unwrap(), line(&found, now()).unwrap()] {
            let suppressions = loaded(&text, &rules);
            assert!(covers(&suppressions, &found), "{text}");
            for (other, change) in OTHERS {
                let mut match_of_another = found.clone();
                change(&mut match_of_another.facts);
                if match_of_another.facts != found.facts {
                    assert!(!covers(&suppressions, &match_of_another), "another {other} is covered:\n{text}");
                }
            }
        }
    }
}

#[test]
fn of_several_machines_any_is_covered_where_as_many_are_reached() {
    let rules = load_embedded().rules;
    let mut found = shipped(&rules);
    found.facts.target = target(&["i-1", "i-2"]);
    let suppressions = loaded(&file(&found, now()).unwrap(), &rules);
    found.facts.target = target(&["i-2", "i-3"]);
    assert!(covers(&suppressions, &found));
}

#[test]
fn where_a_value_cannot_be_written_there_is_none() {
    let rules = load_embedded().rules;
    let long = "x".repeat(1_025);
    for hostile in
        ["*", "**", "arn:aws:iam::111122223333:role/ops-*", "\u{202e}", "[REDACTED]", "a\nb", &long]
    {
        let changes: [fn(&mut Facts, &str); 8] = [
            |facts, hostile| facts.actor.key = hostile.to_owned(),
            |facts, hostile| facts.scope.account = hostile.to_owned(),
            |facts, hostile| facts.action.key = hostile.to_owned(),
            |facts, hostile| facts.document = text(hostile),
            |facts, hostile| facts.extension_type = text(hostile),
            |facts, hostile| facts.tunnel.as_mut().unwrap().host = text(hostile),
            |facts, hostile| facts.target.ids = vec![hostile.to_owned()].into(),
            |facts, hostile| facts.target.selectors = vec![format!("tag:env={hostile}")],
        ];
        for (at, change) in changes.iter().enumerate() {
            let mut found = shipped(&rules);
            change(&mut found.facts, hostile);
            assert_eq!(file(&found, now()), None, "{hostile:?} at {at}");
            assert_eq!(line(&found, now()), None, "{hostile:?} at {at}");
        }
    }
}

#[test]
fn what_a_record_holds_stays_a_value() {
    let rules = load_embedded().rules;
    for hostile in
        ["x\"], action: drop", "x: {y", "'", "#", "- a", "%", "\\", "{{", "]}", "\u{e9}", "null", "1"]
    {
        let mut found = shipped(&rules);
        found.facts.actor.key = hostile.to_owned();
        found.facts.target.ids = vec![hostile.to_owned()].into();
        found.facts.document = text(hostile);
        for file in [file(&found, now()).unwrap(), line(&found, now()).unwrap()] {
            let suppressions = loaded(&file, &rules);
            assert!(covers(&suppressions, &found), "{hostile:?}:\n{file}");
            assert_eq!(suppressions.active()[0].action.as_str(), "downgrade", "{file}");
            let mut other = found.clone();
            other.facts.document = text("another");
            assert!(!covers(&suppressions, &other), "{file}");
        }
    }
}

#[test]
fn where_nothing_says_who_or_where_there_is_none() {
    let mut found = aws();
    found.facts.actor.key.clear();
    found.facts.scope.account.clear();
    found.facts.source.ip = None;
    assert_eq!(file(&found, now()), None);
    found.facts.actor.key = "web-1#nt authority\\system".to_owned();
    assert_eq!(file(&found, now()), None, "that is every machine's");
    found.facts.actor.key = "web-1#example\\dana".to_owned();
    assert!(file(&found, now()).is_some());
}
