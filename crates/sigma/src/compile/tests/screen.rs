use super::compile;
use crate::{Literal, Necessary, hides_literals};

fn exact(text: &str) -> Necessary {
    Necessary::Exact(Literal { text: text.into(), cased: false })
}

#[test]
fn names_are_necessary_through_and_or() {
    let one = compile("s:\n  eventName: [A, B]\n  x: 1\ncondition: s");
    assert_eq!(one.necessary("eventName"), Some(vec![exact("a"), exact("b")]));
    let either = compile("s:\n  eventName: A\nt:\n  eventName: B\ncondition: 1 of them");
    assert_eq!(either.necessary("eventName"), Some(vec![exact("a"), exact("b")]));
    let both = compile("s:\n  eventName: [A, B]\nt:\n  eventName: B\ncondition: all of them");
    assert_eq!(both.necessary("eventName"), Some(vec![exact("b")]));
}

#[test]
fn fields_named_earlier_are_preferred() {
    let rank = |path: &str| ["name", "user.type"].iter().position(|other| *other == path);
    let fields = |detection: &str| compile(detection).necessary_fields(&rank);
    let need = |path: &str, text: &str| (path.to_owned(), exact(text));
    let both = fields("s:\n  user.type: Root\n  name: [A, B]\ncondition: s");
    assert_eq!(both, Some(vec![need("name", "a"), need("name", "b")]));
    let either = fields("s:\n  user.type: Root\nt:\n  x: 1\n  name: A\ncondition: s or t");
    assert_eq!(either, Some(vec![need("name", "a"), need("user.type", "root")]));
    assert_eq!(fields("s:\n  user.type: Root\nt:\n  x: y\ncondition: s or t"), None);
}

#[test]
fn nothing_follows_from_absence_negation_or_numbers() {
    for detection in [
        "s:\n  a: x\ncondition: not s",
        "s:\n  a|neq: x\ncondition: s",
        "s:\n  a: [x, null]\ncondition: s",
        "s:\n  a: 22\ncondition: s",
        "s:\n  a|re: x\ncondition: s",
        "s:\n  a|exists: true\ncondition: s",
        "s:\n  a: x\nt:\n  b: y\ncondition: s or t",
        "s:\n  - a: x\n  - b: y\ncondition: s",
        "s:\n  a: '*'\ncondition: s",
    ] {
        assert_eq!(compile(detection).necessary("a"), None, "{detection}");
    }
}

#[test]
fn literals_avoid_what_json_escapes() {
    let literals = |detection: &str| compile(detection).necessary_literals(&|_| true);
    let plain = |text: &str| vec![Literal { text: text.into(), cased: false }];
    assert_eq!(literals("s:\n  a|endswith: '\\aws.exe'\ncondition: s"), Some(plain("aws.exe")));
    assert_eq!(literals("s:\n  a: 'x/longer'\ncondition: s"), Some(plain("longer")));
    assert_eq!(literals("s: [keyword]\ncondition: s"), Some(plain("keyword")));
    assert_eq!(literals("s:\n  a|contains: '\\'\ncondition: s"), None);
    assert_eq!(literals("s:\n  a|contains: ab*cde\ncondition: s"), Some(plain("cde")));
}

#[test]
fn hidden_spellings_are_noticed() {
    for json in
        ["\"Send\\u0043ommand\"", "\"to\u{212a}en\"", "\"\u{17f}end\"", "\"\u{130}d\"", "\"\\\\\\u0041\""]
    {
        assert!(hides_literals(json.as_bytes()), "{json}");
    }
    for json in ["\"SendCommand\"", "\"a\\\\u0041\"", "\"\\n\\/\\\"\"", "\"é\u{131}\"", "\\"] {
        assert!(!hides_literals(json.as_bytes()), "{json}");
    }
}
