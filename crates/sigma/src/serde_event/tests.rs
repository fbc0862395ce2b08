use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::compile::tests::compile;
use crate::compile::tests::generate::{detection, event};
use crate::json::Document;

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, ..ProptestConfig::default() })]

    #[test]
    fn verdicts_are_those_over_the_bytes(detection in detection(), text in event()) {
        let value: Json = serde_json::from_str(&text).unwrap();
        // What serde_json writes is read, so that both see numbers and objects in one spelling.
        let text = value.to_string();
        let rule = compile(&detection);
        prop_assert_eq!(rule.matches(&value), rule.matches(&Document::parse(&text).unwrap()), "{}", text);
    }
}

fn seen(event: &Json, path: &str) -> (Presence, Vec<String>) {
    let mut texts = Vec::new();
    let presence = event.values(&Field::plain(path), &mut |value| {
        texts.push(value.text().map_or_else(|| "null".to_owned(), Cow::into_owned));
        ControlFlow::Continue(())
    });
    (presence, texts)
}

#[test]
fn paths_are_read_as_in_bytes() {
    let event = json!({
        "a": {"b": [1, [2, null]], "c.d": "flat"}, "a.b": "whole", "l": [{"m": "x"}, {"m": ["y"]}], "e": [],
    });
    let text = event.to_string();
    let document = Document::parse(&text).unwrap();
    for path in ["a", "a.b", "a.c.d", "a.c", "l", "l.m", "e", "l.m.n", "x", "a.b.c"] {
        let mut texts = Vec::new();
        let presence = document.values(&Field::plain(path), &mut |value| {
            texts.push(value.text().map_or_else(|| "null".to_owned(), Cow::into_owned));
            ControlFlow::Continue(())
        });
        assert_eq!(seen(&event, path), (presence, texts), "{path}");
    }
    assert_eq!(seen(&event, "l.m"), (Presence::Present, vec!["x".to_owned(), "y".to_owned()]));
}
