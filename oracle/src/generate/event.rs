//! Events that rules of the same seed have something to say about.

use fastrand::Rng;
use serde_json::{Value, json};

pub(super) const TEXTS: &[&str] = &[
    "Send",
    "sendcommand",
    "SENDCOMMAND",
    "SendCommand",
    "send",
    "ommand",
    "K",
    "k",
    "\u{212a}",
    "to\u{212a}en",
    "token",
    "\u{17f}end",
    "\u{130}d",
    "i\u{307}d",
    "M\u{dc}LLER",
    "m\u{fc}ller",
    "stra\u{df}e",
    "\u{3a3}\u{3a3}",
    "\u{3c3}\u{3c2}",
    "C:\\Windows\\cmd.exe",
    "\\cmd.exe",
    "a/b",
    "-enc",
    "/enc",
    "x -enc y",
    "x \u{2013}enc y",
    "22",
    "22.0",
    "2.2e1",
    "-5",
    "0",
    "1",
    "true",
    "FALSE",
    "yes",
    "null",
    "",
    " ",
    "192.0.2.7",
    "198.51.100.9",
    "::ffff:192.0.2.7",
    "2001:db8::7",
    "LWVuYw==",
    "YwBtAGQA",
    "Zm9vYmFy",
    "eGZvb2Jhcg==",
    "foobar",
    "foo",
    "cmd",
    "line one\nline two",
    "tab\there",
    "quote\"d",
    "2026-11-20T23:15:42Z",
    "2026-11-20 23:15:42",
    "\u{0}nul",
    "emoji \u{1f600}",
    "inf",
    "nan",
    "%x%",
];

fn leaf(rng: &mut Rng) -> Value {
    match rng.u8(0..24) {
        0 => Value::Null,
        1 => json!(rng.bool()),
        2 => json!(22),
        3 => json!(22.0),
        4 => rng
            .choice(
                [
                    json!(-5),
                    json!(0),
                    json!(22.5),
                    json!(1e21),
                    json!(9_007_199_254_740_992_i64),
                    json!(u64::MAX),
                    json!(1_795_216_542),
                ]
                .as_slice(),
            )
            .cloned()
            .unwrap_or_default(),
        5 => json!([]),
        6 => json!({}),
        7 => {
            let count = rng.usize(1..4);
            Value::Array((0..count).map(|_| leaf(rng)).collect())
        }
        8 => json!({ "x": leaf(rng) }),
        _ => json!(*rng.choice(TEXTS).unwrap_or(&"")),
    }
}

/// An event and its text; numbers are now and then written otherwise, keys now and then flat.
pub fn event(rng: &mut Rng) -> Value {
    let mut event = serde_json::Map::new();
    for key in ["a", "b", "c", "t", "z"] {
        if rng.u8(0..4) > 0 {
            event.insert(key.to_owned(), leaf(rng));
        }
    }
    match rng.u8(0..5) {
        0 => _ = event.insert("o.p".to_owned(), leaf(rng)),
        1 | 2 => _ = event.insert("o".to_owned(), json!({ "p": leaf(rng), "q": { "r": leaf(rng) } })),
        3 => _ = event.insert("o".to_owned(), json!([{ "p": leaf(rng) }, { "q": [{ "r": leaf(rng) }] }])),
        _ => {}
    }
    match rng.u8(0..3) {
        0 => _ = event.insert("l".to_owned(), json!([{ "m": leaf(rng) }, { "n": 1 }, { "m": leaf(rng) }])),
        1 => _ = event.insert("l".to_owned(), json!({ "m": leaf(rng) })),
        _ => {}
    }
    Value::Object(event)
}
