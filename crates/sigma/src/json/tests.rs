use std::ops::ControlFlow;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;

fn to_serde(node: Node<'_>) -> Json {
    match node.kind() {
        Kind::Null => Json::Null,
        Kind::True => Json::Bool(true),
        Kind::False => Json::Bool(false),
        Kind::Number => serde_json::from_str(node.raw()).unwrap(),
        Kind::String => Json::String(node.as_str().unwrap().into_owned()),
        Kind::Array => Json::Array(node.members().map(to_serde).collect()),
        Kind::Object => Json::Object(
            node.entries().map(|(k, v)| (k.as_str().unwrap().into_owned(), to_serde(v))).collect(),
        ),
    }
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(Json::from),
        any::<i32>().prop_map(|n| Json::from(f64::from(n) / 8.0)),
        any::<String>().prop_map(Json::String),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::Array),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|v| Json::Object(v.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn reads_what_serde_json_writes(value in json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let document = Document::parse(&text).unwrap();
        prop_assert_eq!(to_serde(document.root()), value);
    }

    #[test]
    fn escapes_stand_for_what_serde_json_reads(
        parts in prop::collection::vec(
            r#"\\["\\/bfnrt]|\\u00[0-9a-fA-F]{2}|\\u[0-9a-cA-C][0-9a-fA-F]{3}|\\ud83[d-e]\\udc[0-9a-f]{2}|[a-z]{1,40}|[é中😀]{1,9}"#,
            0..12,
        ),
    ) {
        let text = format!("\"{}\"", parts.concat());
        let document = Document::parse(&text).unwrap();
        prop_assert_eq!(document.root().as_str().unwrap(), serde_json::from_str::<String>(&text).unwrap());
    }

    #[test]
    fn half_a_pair_stands_for_the_replacement_character(
        before in "[a-z\u{e9}]{0,40}", half in "[dD][89a-fA-F][0-9a-f]{2}", after in r"([a-z]|\\n|\\u0041){0,20}",
    ) {
        let strings = [format!("\"{before}\\u{half}{after}\""), format!("\"{before}\\ufffd{after}\"")];
        let read = strings.map(|text| Document::parse(&text).unwrap().root().as_str().unwrap().into_owned());
        prop_assert_eq!(&read[0], &read[1]);
    }

    #[test]
    fn what_is_gathered_of_an_object_hides_no_member(
        names in prop::collection::vec("(event|user|_|-| |\\.|A|b|é|\\\\|\"){0,4}", 0..6),
        asked in "(event|EVENT|user|_|-| |\\.|a|B|é|\\\\|\"){0,4}",
        any_case: bool,
    ) {
        let object: serde_json::Map<String, Json> =
            names.iter().enumerate().map(|(at, name)| (name.clone(), at.into())).collect();
        let text = serde_json::to_string(&object).unwrap();
        let document = Document::parse(&text).unwrap();
        let plain = if any_case { document.root().ignoring_case() } else { document.root() };
        let raw = |node: Option<Node<'_>>| node.map(|node| node.raw().to_owned());
        let shouted: Vec<String> = names.iter().map(|name| name.to_uppercase()).collect();
        for asked in names.iter().chain(&shouted).chain([&asked]) {
            prop_assert_eq!(raw(plain.gathered().key(asked)), raw(plain.key(asked)));
            prop_assert_eq!(raw(plain.gathered().key_any_case(asked)), raw(plain.key_any_case(asked)));
            prop_assert_eq!(raw(plain.gathered().get(asked)), raw(plain.get(asked)));
        }
    }

    #[test]
    fn accepts_and_refuses_with_serde_json(text in "[\\[\\]{}\",:0-9a-u .eE+\\\\-]{0,24}") {
        let ours = Document::parse(&text).is_ok();
        let theirs = serde_json::from_str::<Json>(&text).is_ok();
        // serde_json also refuses lone surrogates and numbers out of range; those are values to us.
        prop_assert!(ours == theirs || (ours && (text.contains("\\u") || text.contains(['e', 'E']))));
    }
}

#[test]
fn strings_end_wherever_their_quote_stands() {
    for length in 0..40 {
        let plain = "a\u{80}\u{ff}".repeat(length / 2) + &"b".repeat(length);
        let text = format!("[\"{plain}\",\"{plain}\\\"\",\"{plain}\\n{plain}\"]");
        let document = Document::parse(&text).unwrap();
        let read: Vec<String> = document.root().members().map(|n| n.as_str().unwrap().into_owned()).collect();
        assert_eq!(read, [plain.clone(), format!("{plain}\""), format!("{plain}\n{plain}")]);
        for control in ['\0', '\u{1f}', '\n'] {
            let broken = format!("\"{plain}{control}x\"");
            assert_eq!(Document::parse(&broken).unwrap_err(), JsonError::Unexpected(1 + plain.len()));
        }
    }
}

fn values(text: &str, path: &str) -> (Presence, Vec<String>) {
    let document = Document::parse(text).unwrap();
    let mut seen = Vec::new();
    let presence = document.values(&Field::plain(path), &mut |value| {
        seen.push(format!("{value:?}"));
        ControlFlow::Continue(())
    });
    (presence, seen)
}

#[test]
fn a_path_finds_nested_flat_and_listed_values() {
    assert_eq!(values(r#"{"a":{"b":1}}"#, "a.b").1, ["Number(\"1\")"]);
    assert_eq!(values(r#"{"a.b":1}"#, "a.b").1, ["Number(\"1\")"]);
    assert_eq!(values(r#"{"a":[{"b":1},{"c":0},{"b":[2,3]}]}"#, "a.b").1.len(), 3);
    assert_eq!(values(r#"{"c":{"http://x.y/z":"v"}}"#, "c.http://x.y/z").1, ["String(\"v\")"]);
}

#[test]
fn the_last_duplicate_counts() {
    assert_eq!(values(r#"{"a":1,"a":2}"#, "a").1, ["Number(\"2\")"]);
}

#[test]
fn an_escaped_key_is_the_same_key() {
    assert_eq!(values(r#"{"event\u004eame":1}"#, "eventName").1, ["Number(\"1\")"]);
}

#[test]
fn absence_null_and_presence_differ() {
    assert_eq!(values(r#"{"a":null}"#, "a").0, Presence::Null);
    assert_eq!(values(r#"{"a":[]}"#, "a").0, Presence::Null);
    assert_eq!(values("{}", "a").0, Presence::Absent);
    assert_eq!(values(r#"{"a":0}"#, "a").0, Presence::Present);
}

#[test]
fn depth_is_capped() {
    let deep = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert!(Document::parse(&deep).is_ok());
    assert_eq!(Document::parse(&format!("[{deep}]")).unwrap_err(), JsonError::TooDeep(MAX_DEPTH));
}

#[test]
fn broken_texts_name_the_place() {
    assert_eq!(Document::parse("{\"a\":NaN}").unwrap_err(), JsonError::Unexpected(5));
    assert_eq!(Document::parse("{\"a\"").unwrap_err(), JsonError::Truncated);
    assert_eq!(Document::parse("{} x").unwrap_err(), JsonError::Trailing(3));
    assert_eq!(Document::parse("\"a\nb\"").unwrap_err(), JsonError::Unexpected(2));
}

#[test]
fn names_are_found_as_written_or_in_any_case() {
    let text = r#"{"eventName":"a","useridentity":{"Type":"Root"},"A.b":1,"List":[{"X":null},{"x":2}]}"#;
    let as_written = Document::parse(text).unwrap();
    let paths = ["eventName", "userIdentity.type", "a.B", "list.x"];
    assert_eq!(paths.map(|path| as_written.get(path).is_some()), [true, false, false, false]);
    let in_any_case = Document::parse(text).unwrap().ignoring_case();
    assert!(paths.iter().all(|path| in_any_case.get(path).is_some()));
    assert!(in_any_case.root().key("EVENTNAME").is_some() && in_any_case.get("userIdentit").is_none());
    assert!(in_any_case.root().ignores_case() && !as_written.root().ignores_case());
}

proptest! {
    /// However far it stands from where a block begins, and whatever stands before it.
    #[test]
    fn escapes_are_read_wherever_they_stand(
        before in 0..140_usize,
        parts in prop::collection::vec(r#"\\\\|\\"|\\\\\\"|\\/|\\n|\\u0041|\\ud83d\\ude00|\\ud83d|[a-z]{1,20}"#, 1..40),
        behind in 0..140_usize,
    ) {
        let text = format!("[\"{}{}{}\", 1]", "x".repeat(before), parts.concat(), "y".repeat(behind));
        let document = Document::parse(&text).unwrap();
        let read = document.root().members().next().unwrap().as_str().unwrap().into_owned();
        let due = text.replace(r"\ud83d\ude00", "\u{1f600}").replace(r"\ud83d", r"\ufffd");
        let due: Json = serde_json::from_str(&due).unwrap();
        prop_assert_eq!(read.as_str(), due[0].as_str().unwrap());
        prop_assert!(Document::check(&text).is_ok());
    }

    /// As one byte at a time says.
    #[test]
    fn what_may_not_stand_in_a_string_is_found_behind_escapes(
        before in "([a-z]|\\\\\\\\|\\\\\"){0,90}", wrong in "\\\\x|\\\\u12g4|\u{1}|\\\\", behind in "[g-z]{0,90}",
    ) {
        let text = format!("\"{before}{wrong}{behind}\"");
        let ours = Document::parse(&text);
        let theirs = serde_json::from_str::<String>(&text);
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}", text);
        prop_assert_eq!(ours.err(), Document::check(&text).err());
    }

    #[test]
    fn an_object_is_closed_where_its_braces_say(
        text in r#"\{(\{|\}|"|\\|a|[a-z]{30,60}|"[a-z]{0,70}"|"\\\\"){0,12}\}?"#,
    ) {
        let (mut open, mut in_string, mut escaping, mut end) = (0, false, false, None);
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                _ if escaping => escaping = false,
                b'\\' if in_string => escaping = true,
                b'\\' => break,
                b'"' => in_string = !in_string,
                b'{' if !in_string => open += 1,
                b'}' if !in_string => {
                    open -= 1;
                    if open == 0 {
                        end = Some(at);
                        break;
                    }
                }
                _ => {}
            }
        }
        prop_assert_eq!(is_closed(&text), end == Some(text.len() - 1));
    }
}
