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

fn nearest(detection: &str, event: &str) -> Vec<String> {
    let explanation = compile(detection).explain(&Document::parse(event).unwrap());
    let tell = |change: &crate::Change| {
        let sign = if change.clause.matched { "not " } else { "" };
        format!("{sign}{}.{}", change.selection, change.clause.field)
    };
    explanation.nearest.iter().map(tell).collect()
}

#[test]
fn the_nearest_miss_is_the_fewest_clauses() {
    let rule = "s:\n  a: x\n  b: y\nt:\n  c: z\nf:\n  d: w\ncondition: (s or t) and not f";
    assert_eq!(nearest(rule, r#"{"a":"x","b":"no"}"#), ["s.b"]);
    assert_eq!(nearest(rule, "{}"), ["t.c"], "one clause is nearer than two");
    assert_eq!(nearest(rule, r#"{"c":"z","d":"w"}"#), ["not f.d"]);
    assert_eq!(nearest(rule, r#"{"d":"w"}"#), ["t.c", "not f.d"]);
    assert_eq!(nearest(rule, r#"{"c":"z"}"#), [""; 0], "it matches");
    let some = "s1:\n  a: x\ns2:\n  b: y\n  c: z\ns3:\n  d: w\ncondition: 2 of s*";
    assert_eq!(nearest(some, r#"{"a":"x"}"#), ["s3.d"]);
    assert_eq!(nearest(some, "{}"), ["s1.a", "s3.d"]);
    let lists = "s:\n  - a: x\n    b: y\n  - c: z\ncondition: not s";
    assert_eq!(nearest(lists, r#"{"a":"x","b":"y","c":"z"}"#), ["not s.a", "not s.c"]);
    let never = "s:\n  a: x\ncondition: s and not s";
    assert_eq!(nearest(never, "{}"), [""; 0], "one clause cannot do both");
}

#[test]
fn the_nearest_miss_is_told_with_its_line() {
    let rule = compile("s:\n  a: x\n  b: y\ncondition: s");
    let told = rule.explain(&Document::parse(r#"{"a":"x","b":"no"}"#).unwrap()).to_string();
    let line = told.lines().last().unwrap();
    assert!(line.starts_with("  nearest: line "), "{told}");
    assert!(line.ends_with(r#", s: b wanted y, met ["no"]; it would have to hold"#), "{told}");
}
