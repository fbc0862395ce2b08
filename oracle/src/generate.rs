//! Rules and events from a seed, made of what tends to go wrong.

mod event;

use fastrand::Rng;
use serde_json::{Value, json};

use event::TEXTS;
pub use event::event;

/// A field, its modifiers and its values.
#[derive(Clone, Debug)]
pub struct Item {
    /// `None` for keywords.
    pub field: Option<&'static str>,
    pub chain: &'static str,
    pub values: Vec<Value>,
}

impl Item {
    /// As an entry of a mapping; a list of keywords for an item without field and modifiers.
    pub fn yaml(&self) -> String {
        let values = Value::Array(self.values.clone());
        let values = match (&self.values[..], self.chain.contains("exists")) {
            ([only], true) => only.to_string(),
            _ => values.to_string(),
        };
        match self.field {
            None if self.chain.is_empty() => values,
            field => format!("{}: {values}", json!(format!("{}{}", field.unwrap_or(""), self.chain))),
        }
    }

    /// The item as a rule of its own.
    pub fn rule(&self) -> String {
        let body = if self.field.is_none() && self.chain.is_empty() {
            self.yaml()
        } else {
            format!("{{{}}}", self.yaml())
        };
        format!("{HEAD}  s: {body}\n  condition: s\n")
    }
}

const HEAD: &str = "title: t\nlogsource: {product: p}\ndetection:\n";

/// A selection: alternatives of items that must all match.
pub type Selection = Vec<Vec<Item>>;

/// A rule and its parts.
#[derive(Debug)]
pub struct Rule {
    pub selections: Vec<Selection>,
    pub yaml: String,
}

impl Rule {
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.selections.iter().flatten().flatten()
    }
}

const FIELDS: &[&str] = &["a", "b", "c", "o.p", "o.q.r", "l.m", "t"];

const PATTERNS: &[&str] = &[
    "*",
    "?",
    "Send*",
    "*command",
    "*end?om*",
    "s?nd",
    "*\\\\cmd.exe",
    "\\*",
    "a\\?b",
    "??",
    "l*two",
    "*\u{212a}*",
    "t*n",
    "*22*",
    "2?",
    "\\\\\\*",
    "M?LLER",
    "*\\cmd.exe",
];

const REGEXES: &[&str] = &[
    "^Send",
    "command$",
    "s.nd",
    "^\\d+$",
    "(?i)SEND",
    "^line.*two$",
    "^line one$",
    "\\\\cmd\\.exe$",
    "^$",
    "[k-m]",
    "\u{17f}",
    "^.$",
];

/// A value of a rule under a chain of modifiers.
fn rule_value(rng: &mut Rng, chain: &str) -> Value {
    let text = |rng: &mut Rng, from: &[&str]| json!(rng.choice(from).copied().unwrap_or_default());
    if chain.contains("|re") {
        return text(rng, REGEXES);
    }
    if chain.contains("cidr") {
        return text(rng, &["192.0.2.0/24", "198.51.100.9/32", "2001:db8::/32", "0.0.0.0/0"]);
    }
    if chain.contains("exists") {
        return json!(rng.bool());
    }
    if chain.contains("fieldref") {
        return text(rng, FIELDS);
    }
    if ["|minute", "|hour", "|day", "|week", "|month", "|year"].iter().any(|part| chain.contains(part)) {
        return json!(*rng.choice([15, 23, 20, 47, 11, 2026, 0, 1].as_slice()).unwrap_or(&0));
    }
    if ["|lt", "|gt"].iter().any(|comparison| chain.contains(comparison)) {
        return rng
            .choice([json!(22), json!(0), json!(21.5), json!(-5), json!("22")].as_slice())
            .cloned()
            .unwrap_or_default();
    }
    if chain.contains("base64") || chain.contains("wide") || chain.contains("utf16") {
        let plain = !chain.contains("base64");
        return text(
            rng,
            if plain { &["foobar", "cmd"] } else { &["foobar", "cmd", "-enc", "foo", "M\u{fc}ller"] },
        );
    }
    if chain.contains("windash") {
        return text(rng, &["-enc", "x -enc y", "a-b", "enc", "/enc"]);
    }
    match rng.u8(0..20) {
        0..6 => text(rng, PATTERNS),
        6 if chain.is_empty() => rng
            .choice(
                [json!(22), json!(0), json!(-5), json!(22.5), json!(9_007_199_254_740_993_i64)].as_slice(),
            )
            .cloned()
            .unwrap_or_default(),
        7 if chain.is_empty() => json!(rng.bool()),
        8 if chain.is_empty() || chain == "|neq" => Value::Null,
        9 => json!(22),
        _ => text(rng, TEXTS),
    }
}

const CHAINS: &[&str] = &[
    "",
    "",
    "",
    "",
    "",
    "|contains",
    "|contains",
    "|startswith",
    "|endswith",
    "|cased",
    "|contains|cased",
    "|startswith|cased",
    "|endswith|cased",
    "|contains|all",
    "|all",
    "|neq",
    "|contains|neq",
    "|cased|neq",
    "|re",
    "|re|i",
    "|re|m",
    "|re|s",
    "|re|i|m|s",
    "|re|neq",
    "|cidr",
    "|cidr|neq",
    "|exists",
    "|fieldref",
    "|fieldref|neq",
    "|fieldref|contains",
    "|fieldref|startswith",
    "|fieldref|endswith",
    "|fieldref|cased",
    "|lt",
    "|lte",
    "|gt",
    "|gte",
    "|windash",
    "|windash|contains",
    "|windash|contains|all",
    "|windash|endswith",
    "|base64",
    "|base64|contains",
    "|base64offset",
    "|base64offset|contains",
    "|wide|base64",
    "|wide|base64offset|contains",
    "|utf16le|base64",
    "|utf16be|base64",
    "|utf16|base64",
    "|wide",
    "|utf16le|contains",
    "|minute",
    "|hour",
    "|day",
    "|week",
    "|month",
    "|year",
];

pub fn item(rng: &mut Rng) -> Item {
    let keyword = rng.u8(0..12) == 0;
    let chain = if keyword {
        *rng.choice(&["", "", "", "|re", "|all"]).unwrap_or(&"")
    } else {
        *rng.choice(CHAINS).unwrap_or(&"")
    };
    let count = match () {
        () if chain.contains("exists") => 1,
        () if chain.contains("all") => rng.usize(2..4),
        () => rng.usize(1..4),
    };
    let mut values: Vec<Value> = (0..count).map(|_| rule_value(rng, chain)).collect();
    if keyword {
        values.retain(|value| !value.is_null());
    }
    if chain.contains("all") || chain.contains("windash") {
        values.retain(|value| !value.is_null());
    }
    if values.is_empty() || (chain.contains("all") && values.len() < 2) {
        values = vec![json!("Send"), json!("command")];
    }
    let field = (!keyword).then(|| *rng.choice(FIELDS).unwrap_or(&"a"));
    Item { field, chain, values }
}

fn selection(rng: &mut Rng) -> Selection {
    let alternatives = if rng.u8(0..4) == 0 { rng.usize(2..4) } else { 1 };
    (0..alternatives)
        .map(|_| {
            let mut items: Vec<Item> = Vec::new();
            for _ in 0..rng.usize(1..4) {
                let item = item(rng);
                let plain_keywords = |item: &Item| item.field.is_none() && item.chain.is_empty();
                let twice = items.iter().any(|other| (other.field, other.chain) == (item.field, item.chain));
                if !twice && !plain_keywords(&item) && !items.iter().any(plain_keywords) || items.is_empty() {
                    items.push(item);
                }
            }
            items
        })
        .collect()
}

fn selection_yaml(selection: &Selection) -> String {
    let alternatives: Vec<String> = selection
        .iter()
        .map(|items| match &items[..] {
            [item] if item.field.is_none() && item.chain.is_empty() => item.yaml(),
            items => format!("{{{}}}", items.iter().map(Item::yaml).collect::<Vec<_>>().join(", ")),
        })
        .collect();
    match &alternatives[..] {
        [only] => only.clone(),
        many => format!("[{}]", many.join(", ")),
    }
}

pub fn rule(rng: &mut Rng) -> Rule {
    let selections: Vec<Selection> = (0..3).map(|_| selection(rng)).collect();
    let condition = rng
        .choice(
            [
                "s_a and s_b and s_c",
                "s_a or s_b or s_c",
                "s_a and not s_b and not s_c",
                "(s_a or s_b) and not s_c",
                "1 of s_*",
                "all of s_*",
                "2 of them",
                "all of them",
                "not s_a and not 1 of s_*",
                "s_a or not (s_b and s_c)",
                "1 of s_a* and any of s_b or s_c",
            ]
            .as_slice(),
        )
        .copied()
        .unwrap_or("1 of them");
    let mut yaml = HEAD.to_owned();
    for (name, selection) in ["s_a", "s_b", "s_c"].iter().zip(&selections) {
        yaml += &format!("  {name}: {}\n", selection_yaml(selection));
    }
    yaml += &format!("  condition: {condition}\n");
    Rule { selections, yaml }
}
