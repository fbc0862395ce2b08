use crate::json::Document as Json;
use crate::{CompiledRule, ParseOptions, PlainFields, Rule, SigmaDocument};

fn rule(detection: &str) -> Rule {
    let detection = detection.replace('\n', "\n  ");
    let text = format!("title: t\nlogsource: {{product: p}}\ndetection:\n  {detection}\n");
    match crate::parse("t.yml", &text, &ParseOptions::default()).unwrap().remove(0) {
        SigmaDocument::Rule(rule) => rule,
        other => panic!("{other:?}"),
    }
}

const RULE: &str =
    "s:\n  a: [1, 2]\n  b: x\nf_one:\n  - c: 1\n  - d: 1\nf_two: {e: 1}\ncondition: s and not 1 of f_*";

#[test]
fn every_part_is_named_with_its_line() {
    let clauses: Vec<String> = rule(RULE).clauses().iter().map(ToString::to_string).collect();
    assert_eq!(
        clauses,
        [
            "line 5: s: a",
            "line 5: s: a: 1",
            "line 5: s: a: 2",
            "line 6: s: b",
            "line 8: f_one: member 1",
            "line 8: f_one: c",
            "line 9: f_one: member 2",
            "line 9: f_one: d",
            "line 10: f_two: e",
            "line 1: condition: s",
            "line 1: condition: not 1 of f_*",
            "line 1: condition: f_one in 1 of f_*",
            "line 1: condition: f_two in 1 of f_*",
        ]
    );
}

#[test]
fn taking_a_part_away_changes_what_it_decided() {
    let rule = rule(RULE);
    let matches = |rule: &Rule, event: &str| {
        CompiledRule::compile(rule, &PlainFields).unwrap().matches(&Json::parse(event).unwrap())
    };
    // Events that stand on exactly one clause each.
    for (clause, event, with, without) in [
        ("s: a", r#"{"a":9,"b":"x"}"#, false, true),
        ("s: a: 1", r#"{"a":1,"b":"x"}"#, true, false),
        ("s: b", r#"{"a":1}"#, false, true),
        ("f_one: member 2", r#"{"a":1,"b":"x","d":1}"#, false, true),
        ("f_one: c", r#"{"a":1,"b":"x"}"#, true, false),
        ("condition: not 1 of f_*", r#"{"a":1,"b":"x","e":1}"#, false, true),
        ("condition: f_two in 1 of f_*", r#"{"a":1,"b":"x","e":1}"#, false, true),
        ("condition: s", "{}", false, true),
    ] {
        let found = rule.clauses().into_iter().find(|other| other.description == clause).unwrap();
        assert_eq!(matches(&rule, event), with, "{clause}");
        assert_eq!(matches(&rule.without(&found), event), without, "{clause}");
    }
}

#[test]
fn a_condition_that_is_one_name_has_no_part() {
    assert_eq!(rule("s: {a: 1}\ncondition: s").clauses().len(), 1);
}
