//! Detections and events that have something to do with each other.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::select;

const TEXTS: [&str; 16] = [
    "Send",
    "sendcommand",
    "SEND*",
    "*nd?om*",
    "a/b",
    r"\cmd.exe",
    r"a\\*b",
    "k\u{212a}",
    "\u{130}d",
    "m\u{fc}ller",
    "22",
    "true",
    "*",
    "?",
    "",
    "\"q\"",
];

const CHAINS: [&str; 12] = [
    "",
    "|contains",
    "|startswith",
    "|endswith",
    "|cased",
    "|contains|cased",
    "|neq",
    "|re|i",
    "|windash|contains",
    "|wide|base64offset|contains",
    "|fieldref",
    "|contains|neq",
];

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn item() -> impl Strategy<Value = String> {
    let values = prop::collection::vec(select(&TEXTS[..]), 1..4);
    let text = (select(&["a", "b", "c"][..]), select(&CHAINS[..]), values, any::<bool>(), any::<bool>())
        .prop_filter_map("a chain that takes these values", |(field, chain, values, all, null)| {
            let fits = |text: &&str| match chain {
                "|re|i" => regex::Regex::new(text).is_ok(),
                "|fieldref" | "|wide|base64offset|contains" => !text.is_empty() && !text.contains(['*', '?']),
                _ => true,
            };
            let mut values: Vec<String> =
                values.iter().filter(|text| fits(text)).map(|text| quoted(text)).collect();
            if values.is_empty() {
                return None;
            }
            let all = all && values.len() > 1 && chain != "|fieldref";
            if null && chain.is_empty() && !all {
                values.push("null".into());
            }
            Some(format!("\"{field}{chain}{}\": [{}]", if all { "|all" } else { "" }, values.join(", ")))
        });
    prop_oneof![
        6 => text,
        1 => Just("a|exists: true".to_owned()),
        1 => Just("b: 22".to_owned()),
        1 => Just("c: null".to_owned()),
        1 => Just("a|gt: 2".to_owned()),
    ]
}

fn selection() -> impl Strategy<Value = String> {
    let map = prop::collection::vec(item(), 1..3).prop_filter_map("keys given twice", |items| {
        let key = |item: &String| item.split(": ").next().unwrap_or_default().trim_matches('"').to_owned();
        let twice = items.len() == 2 && key(&items[0]) == key(&items[1]);
        (!twice).then(|| format!("{{{}}}", items.join(", ")))
    });
    let map = map.boxed();
    let keywords = prop::collection::vec(select(&TEXTS[..]), 1..3).prop_map(|texts| {
        format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
    });
    let maps = prop::collection::vec(map.clone(), 1..3).prop_map(|maps| format!("[{}]", maps.join(", ")));
    prop_oneof![4 => map, 1 => keywords, 2 => maps]
}

pub(crate) fn detection() -> impl Strategy<Value = String> {
    let condition = select(
        &[
            "s and t",
            "s or t",
            "s and not t",
            "not (s and t)",
            "1 of them",
            "all of them",
            "2 of them",
            "s and (t or not s)",
            "not s or t",
        ][..],
    );
    (selection(), selection(), condition)
        .prop_map(|(s, t, condition)| format!("s: {s}\nt: {t}\ncondition: {condition}"))
}

/// The same JSON string with some characters escaped.
fn respelt(text: &str, escape: u8) -> String {
    let mut out = String::from("\"");
    for (n, c) in text.chars().enumerate() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '/' if escape & 1 == 1 => out.push_str("\\/"),
            c if escape & 2 == 2 && n % 3 == usize::from(escape % 3) && u32::from(c) < 0x1_0000 => {
                _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn value() -> impl Strategy<Value = String> {
    let texts = &[
        "Send",
        "SENDCOMMAND",
        "sendCommand2",
        "xndyomz",
        "a/b",
        "A/B",
        r"C:\cmd.exe",
        r"a\xb",
        "K\u{212a}",
        "kk",
        "\u{130}D",
        "i\u{307}d",
        "M\u{dc}LLER",
        "22",
        "-a",
        "TRUE",
        "",
        "\"q\"",
        "\u{17f}end",
    ][..];
    let text = (select(texts), any::<u8>()).prop_map(|(text, escape)| respelt(text, escape));
    let scalar = prop_oneof![
        8 => text,
        1 => select(&["22", "22.0", "true", "null", "[]", "{}"][..]).prop_map(str::to_owned),
    ];
    scalar.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|members| format!("[{}]", members.join(","))),
            inner.prop_map(|inner| format!("{{\"x\":{inner}}}")),
        ]
    })
}

pub(crate) fn event() -> impl Strategy<Value = String> {
    prop::collection::vec((select(&["a", "b", "c", "d"][..]), value()), 0..5).prop_map(|entries| {
        let entries: Vec<String> = entries.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", entries.join(","))
    })
}
