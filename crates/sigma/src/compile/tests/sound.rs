//! The screen never drops an event that matches, whatever the rule and the spelling of the event.

use std::ops::ControlFlow;

use proptest::prelude::*;

use super::generate::{detection, event};
use super::rule;
use crate::json::Document;
use crate::{CompiledRule, Event, Field, Literal, PlainFields, hides_literals};

fn contains(text: &str, literal: &Literal) -> bool {
    if literal.cased {
        text.contains(&literal.text)
    } else {
        text.to_ascii_lowercase().contains(&literal.text)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, ..ProptestConfig::default() })]

    #[test]
    fn what_matches_has_what_is_necessary(detection in detection(), events in prop::collection::vec(event(), 1..6)) {
        let compiled = CompiledRule::compile(&rule(&detection), &PlainFields).unwrap();
        for text in &events {
            let event = Document::parse(text).unwrap();
            if !compiled.matches(&event) {
                continue;
            }
            for path in ["a", "b", "c"] {
                let Some(shapes) = compiled.necessary(path) else { continue };
                let mut admitted = false;
                event.values(&Field::plain(path), &mut |value| {
                    admitted |= value.text().is_some_and(|text| shapes.iter().any(|shape| shape.admits(&text)));
                    ControlFlow::Continue(())
                });
                prop_assert!(admitted, "{path}: {shapes:?}\n{detection}\n{text}");
            }
            if let Some(literals) = compiled.necessary_literals(&|_| true) {
                let found = literals.iter().any(|literal| contains(text, literal));
                prop_assert!(found || hides_literals(text.as_bytes()), "{literals:?}\n{detection}\n{text}");
            }
        }
    }

    #[test]
    fn an_explanation_agrees_with_the_verdict(detection in detection(), text in event()) {
        let compiled = CompiledRule::compile(&rule(&detection), &PlainFields).unwrap();
        let event = Document::parse(&text).unwrap();
        let explanation = compiled.explain(&event);
        prop_assert_eq!(explanation.matched, compiled.matches(&event));
        for selection in &explanation.selections {
            prop_assert_eq!(selection.matched, selection.trace.matched());
        }
    }

    #[test]
    fn a_rule_without_a_part_still_evaluates(detection in detection(), text in event()) {
        let rule = rule(&detection);
        let event = Document::parse(&text).unwrap();
        for clause in rule.clauses() {
            CompiledRule::compile(&rule.without(&clause), &PlainFields).unwrap().matches(&event);
        }
    }
}
