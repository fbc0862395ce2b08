//! Where verdicts differ from rsigma 0.23 on purpose; the names are those of the oracle's list.

use super::{matches, selects};

#[test]
fn exists_null() {
    assert!(selects("a|exists: true", r#"{"a":null}"#), "the field is there, whatever its value");
}

#[test]
fn null_among_values() {
    assert!(selects("errorCode: [null, AccessDenied]", "{}"), "as `errorCode: null` does");
}

#[test]
fn null_empty_list() {
    assert!(selects("a: null", r#"{"a":[]}"#) && selects("a: null", r#"{"a":[null]}"#));
    assert!(!selects("a: null", r#"{"a":[null,"x"]}"#), "a list with a value has a value");
}

#[test]
fn object_text() {
    assert!(selects("requestParameters|contains: 'mi-'", r#"{"requestParameters":{"target":"mi-0"}}"#));
}

#[test]
fn number_spelling() {
    assert!(selects("a: '22.0'", r#"{"a":22.0}"#) && !selects("a: '22'", r#"{"a":22.0}"#));
    assert!(
        selects("a: '18446744073709551615'", r#"{"a":18446744073709551615}"#),
        "account-like numbers stay whole"
    );
}

#[test]
fn whole_numbers() {
    assert!(!selects("a: 9007199254740993", r#"{"a":9007199254740992}"#));
}

#[test]
fn wildcard_lines() {
    assert!(selects("a: 'one*two'", r#"{"a":"one\ntwo"}"#), "a line break hides nothing");
}

#[test]
fn wildcard_letters() {
    assert!(!selects("a: 's*d'", "{\"a\":\"\u{17f}end\"}") && !selects("a: send", "{\"a\":\"\u{17f}end\"}"));
    assert!(selects("a|re|i: '^s.*d$'", "{\"a\":\"\u{17f}end\"}"));
}

#[test]
fn wildcard_anchors() {
    assert!(
        selects("a|startswith: 'b?d'", r#"{"a":"bcdef"}"#)
            && !selects("a|startswith: 'b?d'", r#"{"a":"abcd"}"#)
    );
    assert!(
        selects("a|endswith: 'b?d'", r#"{"a":"abcd"}"#) && !selects("a|endswith: 'b?d'", r#"{"a":"bcdef"}"#)
    );
}

#[test]
fn keyword_scalars_and_numbers() {
    assert!(selects("['4688']", r#"{"id":4688}"#) && selects("[4688]", r#"{"id":"4688"}"#));
}

#[test]
fn keyword_modifiers() {
    assert!(selects("'|all': [one, two]", r#"{"a":"one","b":"two"}"#));
}

#[test]
fn typed_values() {
    assert!(selects("a|contains: true", r#"{"a":"it is TRUE"}"#));
    assert!(!selects("a|cased: 22", r#"{"a":22.0}"#), "text, not a number");
}

#[test]
fn windash_characters() {
    assert!(selects("a|windash|contains: '/enc'", r#"{"a":"x -enc"}"#));
}

#[test]
fn base64offset_tail() {
    assert!(
        selects("a|base64offset|contains: foo", r#"{"a":"eGZvb3A="}"#),
        "xfoop: the last sextet of foo is shared"
    );
}

#[test]
fn utf16_alone() {
    assert!(
        !selects("a|wide: cmd", r#"{"a":"cmd"}"#)
            && selects("a|wide: cmd", r#"{"a":"c\u0000m\u0000d\u0000"}"#)
    );
}

#[test]
fn fieldref_lists_and_types() {
    assert!(selects("a|fieldref: b", r#"{"a":["x","y"],"b":["y","z"]}"#), "one member in common");
    assert!(selects("a|fieldref|cased: b", r#"{"a":22,"b":"22"}"#), "compared as text");
}

#[test]
fn not_is_no_neq() {
    assert!(
        matches("s:\n  b: 1\nf:\n  a: x\ncondition: s and not f", r#"{"b":1}"#)
            && !selects("a|neq: x", r#"{"b":1}"#)
    );
}
