use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::generate::detection;
use super::{compile, rule};
use crate::json::Document;
use crate::{CompiledRule, Example, FieldMap, LogSource, Wanted};

/// An event that holds what an example wants, and nothing else.
fn event(example: &Example) -> String {
    let mut event = Map::new();
    for (field, wanted) in &example.fields {
        let value = match wanted {
            Wanted::Text(text) => json!(text),
            Wanted::Number(number) => serde_json::from_str(number).unwrap(),
            Wanted::Bool(is) => json!(is),
            Wanted::Present => json!("something else"),
            Wanted::Absent => continue,
        };
        event.insert(field.name.clone(), value);
    }
    let keywords = example.keywords.iter().enumerate();
    event.extend(keywords.map(|(at, keyword)| (format!("keyword-{at}"), json!(keyword))));
    Value::Object(event).to_string()
}

/// The first example that the rule matches.
fn found(rule: &CompiledRule) -> Option<String> {
    let mut events = (0..64).map(|number| event(&rule.example(number)));
    events.find(|text| rule.matches(&Document::parse(text).unwrap()))
}

#[test]
fn a_record_is_made_for_every_construct() {
    for detection in [
        "s: {a: x}\ncondition: s",
        "s: {a: ['*', 'x?y*']}\ncondition: s",
        "s: {a|contains|all: [one, Two], a|startswith: head, a|endswith: .exe}\ncondition: s",
        r"s: {a|startswith: 'C:\', a|endswith: '\whoami.exe'}
condition: s",
        r"s: {a|re: '^(foo|bar)[0-9]{2,4}\s+\w+\.(exe|dll)$'}
condition: s",
        "s: {a|re|i: 'start.*-enc(oded)?'}\ncondition: s",
        "s: {a|cidr: 10.1.0.0/16}\nt: {b|cidr: '2001:db8::/32'}\ncondition: s and t",
        "s: {a|gt: 5, a|lt: 100, b|lte: 3, c: 22, d: true, e: 1.5}\ncondition: s",
        "s: {a|exists: true, b|exists: false, c: null}\ncondition: s",
        "s: {a|fieldref: b, b: told}\ncondition: s",
        "s: {a|fieldref|startswith: b}\ncondition: s",
        "s: {a|windash|contains: ' -enc '}\ncondition: s",
        "s: {a|base64offset|contains: secret}\ncondition: s",
        "s: {a|wide|base64offset|contains: secret}\ncondition: s",
        "s: {a|cased: MiXed}\ncondition: s",
        "s: {a|neq: x}\ncondition: s",
        "s: {a|hour: 4, b|week: 12, c|day: 31, d|year: 2024}\ncondition: s",
        "s: [keyword, other]\ncondition: s",
        "s1: {a: x}\ns2: {b: y}\ns3: {c: z}\ncondition: 2 of s* and not s3",
        "s: {a: [x, y]}\nf: {a: x}\ncondition: s and not f",
        "s: {a: x}\nn: {b: null}\nm: {c: ''}\ncondition: s and not n and not m",
        "s: {a: x}\nf: {b|startswith: '-', c: d}\ncondition: not (not s or f)",
    ] {
        let rule = compile(detection);
        assert!(found(&rule).is_some(), "{detection}\n{:?}", rule.example(0));
    }
}

#[test]
fn what_contradicts_itself_has_no_example() {
    for detection in ["s: {a: x}\ncondition: s and not s", "s: {a: x}\nt: {a: y}\ncondition: s and t"] {
        assert_eq!(found(&compile(detection)), None, "{detection}");
    }
}

#[test]
fn what_a_closed_field_never_holds_is_not_chosen() {
    struct Closed;
    impl FieldMap for Closed {
        fn resolve(&self, _: &LogSource, field: &str) -> Result<Vec<String>, crate::UnknownField> {
            Ok(vec![field.to_owned()])
        }
        fn closed(&self, _: &LogSource, field: &str) -> Option<Vec<String>> {
            (field == "a").then(|| vec!["open".to_owned(), "shut".to_owned()])
        }
    }
    let rule = rule("s:\n- a: ajar\n- b: x\ncondition: s");
    let rule = CompiledRule::compile(&rule, &Closed).unwrap();
    assert!((0..32).all(|number| rule.example(number).fields.iter().all(|(field, _)| field.name == "b")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Whatever the rule, an example can be made, and the same one again.
    #[test]
    fn examples_are_made_of_any_rule(detection in detection(), number in 0_usize..64) {
        let rule = compile(&detection);
        prop_assert_eq!(rule.example(number), rule.example(number));
    }
}

/// Most rules that can match are given an event that they match.
#[test]
fn most_generated_rules_are_met() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut met = 0;
    for _ in 0..400 {
        let text = detection().new_tree(&mut runner).unwrap().current();
        met += usize::from(found(&compile(&text)).is_some());
    }
    assert!(met >= 300, "{met} of 400");
}
