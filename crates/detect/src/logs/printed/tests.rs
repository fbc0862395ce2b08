use proptest::prelude::*;
use serde_json::{Value, json};

use super::{may_begin, printed, stands_for_one};

fn read(text: &str) -> Option<Value> {
    printed(text)
        .map(|json| serde_json::from_str(&json).unwrap_or_else(|error| panic!("{text} → {json}: {error}")))
}

#[test]
fn one_object_as_each_of_them_prints_it() {
    let plain = json!({"arn": "arn:aws:iam::111122223333:user/o'brien", "mfa": false, "none": null,
        "ids": ["i-1", "i-2"], "in": {"agent": "a, b (c; d) e/1.0"}});
    for text in [
        r#"{'arn': "arn:aws:iam::111122223333:user/o'brien", 'mfa': False, 'none': None, 'ids': ['i-1', 'i-2'], 'in': {'agent': 'a, b (c; d) e/1.0'}}"#,
        r"{u'arn': u'arn:aws:iam::111122223333:user/o\'brien', u'mfa': False, u'none': None, u'ids': ('i-1', 'i-2'), u'in': {u'agent': u'a, b (c; d) e/1.0'}}",
        r"{'arn': 'arn:aws:iam::111122223333:user/o''brien', 'mfa': false, 'none': NULL, 'ids': [i-1, i-2], 'in': {'agent': a, b (c; d) e/1.0}}",
        r#"{"arn"=>"arn:aws:iam::111122223333:user/o'brien", "mfa"=>false, "none"=>nil, "ids"=>["i-1", "i-2"], "in"=>{"agent"=>"a, b (c; d) e/1.0"}}"#,
        r#"{"arn" => "arn:aws:iam::111122223333:user/o'brien", mfa: false, :none => nil, "ids" => ["i-1", "i-2"], "in" => {"agent" => "a, b (c; d) e/1.0"}}"#,
        r#"{ arn: "arn:aws:iam::111122223333:user/o'brien", mfa: false, none: undefined, ids: [ 'i-1', 'i-2' ], in: { agent: 'a, b (c; d) e/1.0' } }"#,
        r"{arn: arn:aws:iam::111122223333:user/o'brien, mfa: false, none: null, ids: [i-1, i-2], in: {agent: a, b (c; d) e/1.0}}",
        r"{arn=arn:aws:iam::111122223333:user/o'brien, mfa=false, none=null, ids=[i-1, i-2], in={agent=a, b (c; d) e/1.0}}",
        r"map[arn:arn:aws:iam::111122223333:user/o'brien ids:[i-1 i-2] in:map[agent:a, b (c; d) e/1.0] mfa:false none:<nil>]",
        r"@{arn=arn:aws:iam::111122223333:user/o'brien; mfa=False; none=; ids={i-1, i-2}; in=@{agent=a, b (c; d) e/1.0}}",
    ] {
        assert!(may_begin(text));
        assert_eq!(read(text).as_ref(), Some(&plain), "{text}");
    }
}

#[test]
fn a_store_of_pairs_has_no_braces() {
    assert_eq!(read(r#""type"=>"Root", "arn"=>NULL"#), Some(json!({"type": "Root", "arn": null})));
    assert_eq!(read(r#""plain text""#), None);
}

#[test]
fn one_blank_alone_cuts_what_go_prints() {
    assert_eq!(
        read("map[reason:see a,target:i-0bad;b:c ids:[a,b c;d] x:1]"),
        Some(json!({"reason": "see a,target:i-0bad;b:c", "ids": ["a,b", "c;d"], "x": "1"}))
    );
}

#[test]
fn names_of_claims_are_addresses() {
    let plain = json!({"http://schemas.xmlsoap.org/identity/claims/upn": "a@example.com", "name": "A"});
    for text in [
        "map[http://schemas.xmlsoap.org/identity/claims/upn:a@example.com name:A]",
        "@{http://schemas.xmlsoap.org/identity/claims/upn=a@example.com; name=A}",
        "{http://schemas.xmlsoap.org/identity/claims/upn: a@example.com, name: A}",
        "{'http://schemas.xmlsoap.org/identity/claims/upn': 'a@example.com', 'name': 'A'}",
    ] {
        assert_eq!(read(text).as_ref(), Some(&plain), "{text}");
    }
}

#[test]
fn numbers_stay_numbers_and_accounts_stay_text() {
    assert_eq!(
        read("{'port': 22, 'account': 011122223333}"),
        Some(json!({"port": 22, "account": "011122223333"}))
    );
    assert_eq!(read("{'a': '', 'b': ''}"), Some(json!({"a": "", "b": ""})));
}

#[test]
fn what_says_too_little_is_not_read_and_is_told_from_text() {
    for text in [
        "[object Object]",
        "System.Collections.Hashtable",
        "@{type=Root; ids=System.Object[]}",
        "{AssumedRole, AROAEXAMPLE:alice, null}",
        "{'type': 'Root'",
        "{\"type\": \"[redacted]\"",
        "{Root, removed}",
        "{removedUsers}",
        "map[type:Root",
    ] {
        assert!(stands_for_one(text), "{text}");
        assert!(text.starts_with('[') || read(text).is_none(), "{text}: {:?}", read(text));
    }
    for text in [
        "",
        "-",
        "HIDDEN_DUE_TO_SECURITY_REASONS",
        "i-0123",
        "mapped",
        "{PII Removed}",
        "<redacted>",
        "(hidden)",
        "{{REDACTED}}",
        "(truncated 512 bytes)",
    ] {
        assert!(!stands_for_one(text), "{text}");
        assert_eq!(read(text), None, "{text}");
    }
}

proptest! {
    /// Whatever stands there, what is read of it is JSON.
    #[test]
    fn what_is_read_is_json(
        head in prop::sample::select(vec!["{", "[", "@{", "map[", "\"a\"=>", "{'a': ", "{a=", "@{a=", "map[a:", ""]),
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "{", "}", "[", "]", "(", "@{", "map[", "'", "\"", "''", "\\", ",", ", ", ";", "; ", ":", ": ", "=", "=>", " ",
                "a", "b:", "'c': ", "d=", "None", "nil", "12", "007", "1.5.2", "-", "é", "u'", "http://x", "System.X", "\\u00",
                "\\x4", "\n",
            ]),
            0..24,
        ),
        tail in prop::sample::select(vec!["}", "]", ""]),
    ) {
        let text = format!("{head}{}{tail}", pieces.concat());
        if let Some(json) = printed(&text) {
            prop_assert!(serde_json::from_str::<Value>(&json).is_ok(), "{text} → {json}");
        }
    }
}

#[test]
fn deep_and_long_texts_are_read_once() {
    for piece in
        ["{", "[", "@{a=", "map[a:", "{'a': ", "{a=", "'", ",'", ",a", "('", "[', ", "{a: b, ", "@{a=b; "]
    {
        let text = format!("{{{}", piece.repeat(20_000));
        printed(&text);
        printed(&format!("{text}{}", "}".repeat(20_000)));
        printed(&piece.repeat(20_000));
        printed(&format!("@{{a={}}}", piece.repeat(20_000)));
        printed(&format!("map[a:{}]", piece.repeat(20_000)));
    }
}
