use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~é\"\\\\{}\\[\\]]{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z\"\\\\]{0,8}", inner, 0..6).prop_map(Value::from_iter),
        ]
    })
}

fn records() -> impl Strategy<Value = Vec<Value>> {
    let object = prop::collection::btree_map("[a-df-z]{1,8}", json(), 0..8).prop_map(Value::from_iter);
    prop::collection::vec(object, 1..20)
}

/// Bytes that resemble what the decoder reads, with something wrong.
fn wild() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: &[&[u8]] = &[
        b"{\"Records\":[",
        b"{\"a\":1}",
        b"]}",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b"\"",
        b"\\",
        b"\n",
        b":",
        b"{\"b\":\"x",
        b"<Event>",
        b"</Event>",
        b"\0",
        b"\xFF",
        b"null",
        b"\"value\":[",
        b" ",
        b"{\"c\":{\"d\":[1,2,{}]}}",
        b"\x1F\x8B",
        b"text",
        b"\r\n{",
        b"a,b\n",
        b"sep=;\n",
        b"#TYPE x\n",
        b"\xFF\xFE",
        b"\x78\x9C",
        b"\x1E",
        b"<34>h: ",
        b"PAR1",
    ];
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

fn chunked(bytes: &[u8], sizes: &[usize]) -> Vec<Item> {
    let mut rest = bytes;
    let mut sizes = sizes.iter().cycle();
    let mut chunks = Vec::new();
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
        chunks.push(chunk);
        rest = after;
    }
    decode_with(Limits::default(), chunks)
}

#[test]
fn a_foreign_form_keeps_the_same_however_it_is_cut() {
    let bytes = [b"PAR1\0\xFF".as_slice(), &[b'x'; 900]].concat();
    assert_eq!(chunked(&bytes, &[1]), decode_with(Limits::default(), [&bytes]));
}

proptest! {
    #[test]
    fn sees_the_records_that_serde_json_sees(records in records(), pretty: bool, sizes in prop::collection::vec(1usize..300, 1..8)) {
        let write = |value: &Value| if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) }.unwrap();
        let array = Value::from(records.clone());
        let envelope = serde_json::json!({"Records": array, "x": "]}"});
        let concatenated: String = records.iter().map(write).collect();
        let lines = records.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
        for text in [write(&array), write(&envelope), concatenated, lines] {
            for bytes in [text.clone().into_bytes(), gzip(text.as_bytes())] {
                let items = chunked(&bytes, &sizes);
                let seen: Vec<Value> = items.iter().map(|item| match item {
                    Item::Record(_, text) => serde_json::from_str(text).unwrap(),
                    other => panic!("{other:?} in {text}"),
                }).collect();
                prop_assert_eq!(&seen, &records);
            }
        }
    }

    #[test]
    fn chunks_change_nothing(bytes in wild(), sizes in prop::collection::vec(1usize..40, 1..8), zip: bool) {
        let bytes = if zip { gzip(&bytes) } else { bytes };
        let whole = decode_with(Limits::default(), [&bytes]);
        prop_assert_eq!(chunked(&bytes, &sizes), whole, "{}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_bytes_end_in_something(bytes in prop::collection::vec(any::<u8>(), 0..600), zip: bool) {
        let bytes = if zip { gzip(&bytes) } else { bytes };
        let items = decode_with(Limits::default(), [&bytes]);
        prop_assert!(!items.is_empty());
    }

    #[test]
    fn damaged_gzip_never_panics(records in records(), at in any::<prop::sample::Index>(), flip in 1u8..) {
        let mut bytes = gzip(Value::from(records).to_string().as_bytes());
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        decode_with(Limits::default(), [&bytes]);
    }
}
