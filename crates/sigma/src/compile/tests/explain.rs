use super::compile;
use crate::json::Document;

#[test]
fn an_explanation_names_patterns_and_values() {
    let rule = compile(
        "s:\n  a|contains: [foo, bar]\n  b: null\nf:\n  - c|startswith: x\n  - d: 1\ncondition: s and not f",
    );
    let explanation = rule.explain(&Document::parse(r#"{"a":["none","FOO!"],"c":"y"}"#).unwrap());
    assert_eq!(
        explanation.to_string(),
        "+ s and not f\n\
         \x20 + s\n\
         \x20   + a|contains wanted foo, met [\"FOO!\"]\n\
         \x20   + b wanted null, met no value\n\
         \x20 - f\n\
         \x20   - one of\n\
         \x20     - c|startswith wanted x, met [\"y\"]\n\
         \x20     - d wanted 1, met no value\n"
    );
    assert!(explanation.matched);
    assert_eq!(explanation.selections[0].trace.fields().len(), 2);
}

#[test]
fn keywords_tell_only_what_they_found() {
    let rule = compile("s: [evil]\ncondition: s");
    let explanation = rule.explain(&Document::parse(r#"{"a":"good","b":"the Evil one"}"#).unwrap());
    assert!(explanation.to_string().contains("+ keywords wanted evil, met [\"the Evil one\"]"));
}

#[test]
fn of_many_wanted_values_the_first_are_told() {
    let values: Vec<String> = (0..12).map(|n| format!("v{n:02}")).collect();
    let rule = compile(&format!("s:\n  a: [{}]\ncondition: s", values.join(", ")));
    let explanation = rule.explain(&Document::parse(r#"{"a":"other"}"#).unwrap());
    assert!(explanation.to_string().contains("v07 and 4 more, met [\"other\"]"), "{explanation}");
}
