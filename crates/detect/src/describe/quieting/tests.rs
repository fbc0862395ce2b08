use std::sync::Arc;

use super::*;
use crate::describe::tests::fixture::{aws, now};
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

#[test]
fn it_covers_its_match_and_nobody_elses() {
    let rules = load_embedded().rules;
    let found = shipped(&rules);
    for text in [file(&found, now()).unwrap(), line(&found, now()).unwrap()] {
        let suppressions = loaded(&text, &rules);
        assert!(covers(&suppressions, &found), "{text}");
        let others: [fn(&mut Match); 6] = [
            |found| found.facts.actor.key.push('x'),
            |found| found.facts.source.ip = "203.0.113.46".parse().ok(),
            |found| found.facts.scope.account = "444455556666".to_owned(),
            |found| found.facts.target.ids = vec!["i-0fedcba9876543210".to_owned()].into(),
            |found| found.facts.action.key = "ssm:ResumeSession".to_owned(),
            |found| found.facts.document = Some("AWS-StartSSHSession".to_owned()),
        ];
        for (at, other) in others.iter().enumerate() {
            let mut found = shipped(&rules);
            other(&mut found);
            if at == 3 {
                found.facts.target.names = found.facts.target.ids.clone();
            }
            assert!(!covers(&suppressions, &found), "another match, {at}, is covered:\n{text}");
        }
    }
}

#[test]
fn what_a_record_holds_cannot_widen_it() {
    let rules = load_embedded().rules;
    for hostile in
        ["*", "**", "x\"], action: drop", "x\n    action: drop", "x: {y", "'", "#", "\u{202e}", "[REDACTED]"]
    {
        let mut found = shipped(&rules);
        found.facts.actor.key = hostile.to_owned();
        found.facts.target.ids = vec![hostile.to_owned()].into();
        found.facts.document = Some(hostile.to_owned());
        let text = file(&found, now()).unwrap();
        let suppressions = loaded(&text, &rules);
        assert!(covers(&suppressions, &found), "{hostile:?}:\n{text}");
        assert_eq!(suppressions.active()[0].action.as_str(), "downgrade", "{text}");
        let mut other = found.clone();
        other.facts.scope.account = "444455556666".to_owned();
        assert!(!covers(&suppressions, &other), "{text}");
    }
}

#[test]
fn where_nothing_says_who_or_where_there_is_none() {
    let mut found = aws();
    found.facts.actor.key.clear();
    found.facts.scope.account.clear();
    found.facts.source.ip = None;
    assert_eq!(file(&found, now()), None);
}
