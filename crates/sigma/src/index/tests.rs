use proptest::prelude::*;

use super::*;
use crate::compile::tests::compile;
use crate::compile::tests::generate::{detection, event};
use crate::json::Document;

fn candidates(detections: &[&str], event: &str) -> Vec<usize> {
    let rules: Vec<CompiledRule> = detections.iter().map(|detection| compile(detection)).collect();
    Index::new(&rules).candidates(&Document::parse(event).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, ..ProptestConfig::default() })]

    #[test]
    fn no_rule_that_matches_is_left_out(
        detections in prop::collection::vec(detection(), 1..12),
        events in prop::collection::vec(event(), 1..6),
    ) {
        let rules: Vec<CompiledRule> = detections.iter().map(|detection| compile(detection)).collect();
        let index = Index::new(&rules);
        for text in &events {
            let event = Document::parse(text).unwrap();
            let candidates = index.candidates(&event);
            prop_assert!(candidates.is_sorted_by(|a, b| a < b), "{candidates:?}");
            prop_assert_eq!(index.is_candidate(&event), !candidates.is_empty());
            let all = Index::over_all(&rules, &|_| Some(0)).candidates(&event);
            prop_assert!((0..rules.len()).all(|at| all.contains(&at) || !rules[at].matches(&event)));
            let candidate: Vec<usize> =
                candidates.into_iter().filter(|at| rules[*at].matches(&event)).collect();
            let every: Vec<usize> = (0..rules.len()).filter(|at| rules[*at].matches(&event)).collect();
            prop_assert_eq!(candidate, every, "{:?}\n{}", detections, text);
        }
    }
}

#[test]
fn every_clause_has_to_be_met() {
    let rules = [
        "s:\n  a|endswith: x.exe\n  b|contains: [' -e', ' /e']\ncondition: s",
        "s:\n  a|startswith: 'c:'\nt:\n  b|contains|all: [one, two]\ncondition: s and t",
        "s:\n  a: ['c:x.exe', y]\ncondition: s",
        "s: [keyword]\ncondition: s",
        "s:\n  a|re: x\ncondition: s",
    ];
    assert_eq!(candidates(&rules, r#"{"a":"C:X.EXE","b":"q -E"}"#), [0, 2, 4]);
    assert_eq!(candidates(&rules, r#"{"a":"c:x.exe.txt","b":"two one"}"#), [1, 4]);
    assert_eq!(candidates(&rules, r#"{"a":"c:z","b":"one","z":{"q":["a KEYWORD"]}}"#), [3, 4]);
    assert_eq!(candidates(&rules, "{}"), [4]);
}

#[test]
fn fields_are_read_where_the_rule_reads_them() {
    struct Elsewhere;
    impl crate::FieldMap for Elsewhere {
        fn resolve(&self, _: &crate::LogSource, _: &str) -> Result<Vec<String>, crate::UnknownField> {
            Ok(vec!["first".into(), "second".into()])
        }
    }
    let text = "title: t\nlogsource: {product: p}\ndetection: {s: {a: x}, condition: s}\n";
    let documents = crate::parse("t.yml", text, &crate::ParseOptions::default()).unwrap();
    let crate::SigmaDocument::Rule(rule) = &documents[0] else { panic!() };
    let index = Index::new(&[CompiledRule::compile(rule, &Elsewhere).unwrap()]);
    let found = |event: &str| index.candidates(&Document::parse(event).unwrap());
    assert_eq!(found(r#"{"second":"X"}"#), [0]);
    assert_eq!(found(r#"{"first":"y","second":"x"}"#), [0; 0], "the first that is there supplies the values");
    assert_eq!(found(r#"{"a":"x"}"#), [0; 0]);
}

#[test]
fn fields_that_cost_are_left_alone() {
    let rules = ["s:\n  a: x\n  n.b: y\ncondition: s", "s:\n  n.b: y\ncondition: s"].map(compile);
    let index =
        Index::over(&rules, &|field| field.is_none_or(|field| !field.name.starts_with("n.")).then_some(0));
    let found = |event: &str| index.candidates(&Document::parse(event).unwrap());
    assert_eq!(found(r#"{"a":"x"}"#), [0, 1], "what cannot be looked at may always match");
    assert_eq!(found(r#"{"n":{"b":"y"}}"#), [1]);
}

#[test]
fn a_field_that_one_rule_looks_at_is_not_read_for_all() {
    let rules: Vec<CompiledRule> =
        (0..40).map(|n| compile(&format!("s:\n  name: n{n}\n  f{n}: x\ncondition: s"))).collect();
    let index = Index::new(&rules);
    assert_eq!(index.fields.iter().map(|(field, _)| field.name.as_str()).collect::<Vec<_>>(), ["name"]);
    let apart: Vec<CompiledRule> = (0..3).map(|n| compile(&format!("s:\n  f{n}: x\ncondition: s"))).collect();
    assert_eq!(Index::new(&apart).fields.len(), 3, "each rule can be ruled out by something");
}
