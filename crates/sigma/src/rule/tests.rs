use proptest::prelude::*;

use super::*;

const GOOD: &str = "
title: A rule
id: 00000000-0000-4000-8000-000000000001
name: a-rule
status: test
description: What it finds.
references: [https://example.com]
author: someone
date: 2026-11-20
modified: 2026/11/21
related: [{id: 00000000-0000-4000-8000-000000000002, type: similar}]
license: Apache-2.0
taxonomy: sigma
tags: [attack.t1021.008]
logsource: {product: aws, service: cloudtrail, definition: switch it on}
fields: [a]
detection:
  selection: {a: 1}
  condition: selection
falsepositives: nothing known
level: high
mine: {deep: [1, 2]}
custom_attributes: {any: thing}
";

fn parse_with(text: &str) -> Result<Vec<SigmaDocument>, String> {
    let options = ParseOptions { extensions: &["mine"], ..ParseOptions::default() };
    parse("r.yml", text, &options).map_err(|error| error.to_string())
}

fn error(text: &str) -> String {
    parse_with(text).unwrap_err()
}

#[test]
fn everything_a_rule_says_is_kept() {
    let Ok([SigmaDocument::Rule(rule)]) =
        parse_with(GOOD).as_deref().map(|d| <[_; 1]>::try_from(d.to_vec()).unwrap())
    else {
        panic!()
    };
    assert_eq!(
        (rule.meta.title.as_str(), rule.meta.name.as_deref(), rule.level()),
        ("A rule", Some("a-rule"), Level::High)
    );
    assert_eq!((rule.meta.status, rule.meta.line), (Some(Status::Test), 2));
    assert_eq!(rule.logsource.service.as_deref(), Some("cloudtrail"));
    assert_eq!(rule.meta.falsepositives, ["nothing known"]);
    assert_eq!(rule.meta.extension("mine").unwrap().get("deep").unwrap().as_seq().unwrap().len(), 2);
    assert!(rule.is_named("a-rule") && rule.is_named("00000000-0000-4000-8000-000000000001"));
}

#[test]
fn every_fault_is_told_at_once_with_place_and_remedy() {
    let text = "
title: A rule
statsu: test
level: severe
date: yesterday
taxonomy: mine
logsource: {produkt: aws}
detection:
  selection: {a|contain: 1, b|re: '(', c|cidr: 10.0.0}
  condition: selection and filtre
";
    assert_eq!(
        error(text),
        "\
r.yml:3:1: warning: Sigma has no key `statsu`
  help: did you mean `status`?
r.yml:4:8: there is no level `severe`
  help: use informational, low, medium, high or critical
r.yml:5:7: `date` is no date
  help: write it as 2026-11-20
r.yml:6:11: the taxonomy `mine` is not understood
  help: only `sigma` is; leave the key out and use the field names of the log source
r.yml:7:12: the log source names nothing
  help: give a category, a product or a service
r.yml:7:13: warning: a log source of Sigma has no `produkt`
  help: did you mean `product`?
r.yml:9:15: there is no modifier `contain`
  help: did you mean `contains`?
r.yml:9:35: not a regular expression that can be used: unclosed group
  help: look-around and back-references are not part of Sigma; see docs.rs/regex for the syntax
r.yml:9:48: `10.0.0` is no network
  help: write it as 192.0.2.0/24 or 2001:db8::/32
r.yml:10:28: there is no selection `filtre`
  help: the rule has `selection`"
    );
}

/// What is taken with a word, and the same refused where the caller is strict.
fn wondered(text: &str) -> String {
    let documents = parse_with(text).unwrap_or_else(|error| panic!("{error}"));
    let warnings: Vec<String> =
        documents.iter().flat_map(|d| &d.meta().warnings).map(ToString::to_string).collect();
    let strict = ParseOptions { extensions: &["mine"], strict: true, ..ParseOptions::default() };
    let refused = parse("r.yml", text, &strict);
    assert_eq!(refused.is_err(), !warnings.is_empty(), "{text}");
    if let Err(refused) = refused {
        assert_eq!(refused.to_string(), warnings.join("\n").replace("warning: ", ""));
    }
    warnings.join("\n")
}

#[test]
fn what_the_specification_allows_is_taken_with_a_word() {
    assert_eq!(wondered(GOOD), "");
    assert_eq!(wondered(&GOOD.replace("author: someone", "author: [someone, 'and another']")), "");
    for (from, to, says) in [
        ("status: test", "statsu: test", "no key `statsu`\n  help: did you mean `status`?"),
        ("status: test", "owner: team-a", "no key `owner`\n  help: nothing reads it"),
        ("definition: switch it on", "index: main", "no `index`\n  help: nothing reads it"),
        ("definition: switch it on", "servise: x", "no `servise`\n  help: did you mean `service`?"),
        ("  condition: selection", "  other: {b: 1}\n  condition: selection", "never uses `other`"),
        ("id: 00000000-0000-4000-8000-000000000001", "id: 1234", "the id `1234` is no UUID"),
        (
            "id: 00000000-0000-4000-8000-000000000001",
            "id: 00000000-0000-4000-8000-00000000000g",
            "is no UUID",
        ),
    ] {
        let warning = wondered(&GOOD.replacen(from, to, 1));
        assert!(warning.contains(says), "{to}: {warning}");
    }
}

#[test]
fn documents_of_no_kind_are_refused() {
    assert_eq!(error(""), "r.yml:1:1: the file holds no document\n  help: a rule starts with `title: …`");
    assert!(error("title: x\n").contains("neither `detection` nor `correlation` nor `filter`"));
    assert!(
        error("title: x\ndetection: {}\ncorrelation: {}\n").contains("either `detection` or `correlation`")
    );
    assert!(error("action: global\ntitle: x\n").starts_with("r.yml:1:1: collections with `action`"));
    assert!(error("- a\n").contains("expected a mapping, found a list"));
}

#[test]
fn mandatory_parts_are_missed() {
    let text = "logsource: {}\ndetection:\n  condition: a\n";
    let error = error(text);
    assert!(error.contains("r.yml:1:1: the document has no title"), "{error}");
    assert!(error.contains("the detection has no selection"), "{error}");
    assert!(super::tests::error("title: x\ndetection: {s: {a: 1}}\n").contains("no logsource"));
    assert!(
        super::tests::error("title: x\nlogsource: {}\ndetection: {s: {a: 1}, condition: s}\n")
            .contains("names nothing")
    );
    assert!(
        super::tests::error("title: x\nlogsource: {product: a}\ndetection: {s: {a: 1}}\n")
            .contains("add `condition: s`")
    );
}

#[test]
fn several_documents_share_a_file() {
    let two = format!("{GOOD}---{}", GOOD.replace("a-rule", "b-rule"));
    assert_eq!(parse_with(&two).unwrap().len(), 2);
}

#[test]
fn a_rule_without_level_is_medium() {
    let text = GOOD.replace("level: high\n", "");
    assert!(
        matches!(&parse_with(&text).unwrap()[0], SigmaDocument::Rule(rule) if rule.level() == Level::Medium)
    );
}

proptest! {
    /// Any damage to a rule is read or refused with a place in the file, never worse.
    #[test]
    fn damaged_rules_are_refused_in_their_place(at in 0..GOOD.len(), cut in 0..12_usize, put in "[\\PC\\n]{0,6}") {
        let start = (0..=at).rev().find(|at| GOOD.is_char_boundary(*at)).unwrap_or(0);
        let end = (at + cut).min(GOOD.len());
        let text = format!("{}{put}{}", &GOOD[..start], &GOOD[end..]);
        if let Err(found) = parse("r.yml", &text, &ParseOptions { extensions: &["mine"], ..ParseOptions::default() }) {
            let lines = text.lines().count() + 1;
            prop_assert!(!found.0.is_empty());
            prop_assert!(found.0.iter().all(|found| (1..=lines).contains(&found.line) && found.column > 0), "{found}");
        }
    }
}
