use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Unmendable, text};

fn mended(bytes: &[u8]) -> Value {
    let text = text(bytes).unwrap_or_else(|beyond| panic!("{beyond:?}: {}", String::from_utf8_lossy(bytes)));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn what_can_mean_one_thing_alone_is_mended() {
    for (bytes, due) in [
        (&b"{\"a\":\"one\ntwo\x01\t\"}"[..], json!({"a": "one\ntwo\u{1}\t"})),
        (
            br#"{"a":"C:\Windows\system32","b":"it\'s","c":"\u12G4"}"#,
            json!({"a": "C:\\Windows\\system32", "b": "it's", "c": "\\u12G4"}),
        ),
        (br#"{"a":[1,2,],"b":{"c":3,},}"#, json!({"a": [1, 2], "b": {"c": 3}})),
        (
            br#"{"a":NaN,"b":[Infinity,-Infinity,None],"c":True,"d":undefined}"#,
            json!({"a": null, "b": [null, null, null], "c": true, "d": null}),
        ),
        (br#"{"a":.5,"b":+1,"c":007,"d":-1.5e3}"#, json!({"a": ".5", "b": "+1", "c": "007", "d": -1500.0})),
        (b"{\"a\":\"caf\xE9\"}", json!({"a": "caf\u{fffd}"})),
    ] {
        assert_eq!(mended(bytes), due, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn what_could_mean_more_is_left() {
    for (bytes, due) in [
        (&br#"{"a":'it ran'}"#[..], Unmendable::Broken(5)),
        (b"{a:1}", Unmendable::Broken(1)),
        (br#"{"a":1 "b":2}"#, Unmendable::Broken(7)),
        (br#"{"a":227 B blob data}"#, Unmendable::Broken(9)),
        (br#"{"a":"said "no" twice"}"#, Unmendable::Broken(12)),
        (br#"{,"a":1}"#, Unmendable::Broken(1)),
        (br#"{"a":[1}"#, Unmendable::Broken(7)),
        (br#"{"a":1} x"#, Unmendable::Broken(8)),
        (br#"{"a":"x"#, Unmendable::Unfinished),
        (br#"{"a":"#, Unmendable::Unfinished),
    ] {
        assert_eq!(text(bytes), Err(due), "{}", String::from_utf8_lossy(bytes));
    }
    assert_eq!(text("[".repeat(200).as_bytes()), Err(Unmendable::TooDeep));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_json_says_the_same(value in value(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        // A bare number may go on where its bytes end.
        let text = format!("[{text}]");
        prop_assert_eq!(mended(text.as_bytes()), json!([value]));
    }

    #[test]
    fn whatever_comes_out_is_json(bytes in prop::collection::vec(prop_oneof![
        Just(b'"'), Just(b'\\'), Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b','), Just(b':'), Just(b'1'),
        Just(b'u'), Just(b' '), Just(b'\n'), any::<u8>(),
    ], 0..40)) {
        if let Ok(text) = text(&bytes) {
            prop_assert!(trailhound_sigma::json::Document::parse(&text).is_ok(), "{}", text);
        }
    }
}
