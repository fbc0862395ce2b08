//! Rules and records of one log that have something to do with each other: a record is the log's sample with changes,
//! rules ask for parts of what the sample holds.

use proptest::prelude::*;
use proptest::sample::{Index as Pick, select};
use serde_json::{Value, json};

use crate::event::{LogType, Reader};
use crate::facts::NAMES;
use crate::logs;

/// Letters that fold to ASCII ones, numbers in two spellings, wildcards, what is empty.
const ODD: [&str; 12] = [
    "k\u{212a}",
    "\u{130}d",
    "\u{17f}end",
    "m\u{dc}ller",
    "22",
    "2.2e1",
    "true",
    "",
    "*",
    "a/b",
    r"a\b",
    "\"q\"",
];

/// What a log's sample has.
pub(super) struct Known {
    sample: Value,
    logsource: String,
    /// Fields that rules may name, those that the sample holds first.
    fields: Vec<String>,
    /// What those hold.
    held: Vec<String>,
    texts: Vec<String>,
    /// JSON pointers of what can be changed.
    leaves: Vec<String>,
}

impl Known {
    pub(super) fn of(log: LogType) -> Self {
        let of = logs::of(log);
        let sample: Value = serde_json::from_str(of.sample).expect("a sample is JSON");
        let parts = ["product", "category", "service"].into_iter().zip(of.sources[0].parts());
        let parts: Vec<String> = parts.filter_map(|(key, part)| Some(format!("{key}: {}", part?))).collect();
        let mut known = Self {
            logsource: format!("{{{}}}", parts.join(", ")),
            fields: Vec::new(),
            held: Vec::new(),
            texts: ODD.map(str::to_owned).to_vec(),
            leaves: Vec::new(),
            sample,
        };
        let sample = known.sample.clone();
        known.walk(&sample, "");
        let table = of.fields.expect("a log that rules read");
        let text = |leaf: &String| match sample.pointer(leaf) {
            Some(Value::String(text)) => text.clone(),
            other => other.map(ToString::to_string).unwrap_or_default(),
        };
        let written = known.leaves.iter().map(|leaf| (leaf[1..].replace('/', "."), text(leaf)));
        let (written, held): (Vec<String>, _) =
            written.filter(|(path, _)| table.resolve(path).is_some()).unzip();
        known.held = held;
        let named = table.names().filter(|name| !name.ends_with('.')).map(str::to_owned);
        known.fields =
            written.into_iter().chain(named).chain(NAMES.iter().map(|name| (*name).to_owned())).collect();
        let facts = facts_of(&sample);
        known.texts.extend(facts);
        known
    }

    fn walk(&mut self, value: &Value, at: &str) {
        match value {
            Value::Object(members) => {
                for (key, value) in members.iter().filter(|(key, _)| !key.contains(['/', '~'])) {
                    self.walk(value, &format!("{at}/{key}"));
                }
                return;
            }
            Value::Array(members) => {
                for (n, value) in members.iter().enumerate() {
                    self.walk(value, &format!("{at}/{n}"));
                }
                return;
            }
            Value::String(text) => self.texts.push(text.clone()),
            Value::Number(number) => self.texts.push(number.to_string()),
            Value::Bool(_) | Value::Null => {}
        }
        self.leaves.push(at.to_owned());
    }
}

/// The texts that facts of the sample hold, which need not stand in it.
fn facts_of(sample: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    Reader::default().read(sample.to_string().as_bytes(), &mut |event| {
        let facts = event.expect("a sample is read").facts();
        texts.extend(NAMES.iter().filter_map(|name| Some(facts.value(name)?.text()?.into_owned())));
        texts.extend(NAMES.iter().filter_map(|name| facts.list(name)).flatten().map(str::to_owned));
    });
    texts
}

/// How much a set of rules asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    AsWritten,
    /// Every selection, whatever the condition.
    AllOfThem,
}

/// A text to look for or to put in, and what is done to it.
#[derive(Clone, Debug)]
struct TextPick {
    text: Pick,
    form: u8,
    cut: Pick,
}

impl TextPick {
    fn of(&self, known: &Known) -> String {
        self.made(&known.texts[self.text.index(known.texts.len())])
    }

    fn made(&self, text: &str) -> String {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let cut = *self.cut.get(&ends);
        match self.form {
            0 => text.to_lowercase(),
            1 => text.to_uppercase(),
            2 => text[..cut].to_owned(),
            3 => text[cut..].to_owned(),
            _ => text.to_owned(),
        }
    }
}

fn text() -> impl Strategy<Value = TextPick> {
    (any::<Pick>(), 0u8..8, any::<Pick>()).prop_map(|(text, form, cut)| TextPick { text, form, cut })
}

#[derive(Clone, Debug)]
struct ItemPick {
    field: Pick,
    /// Of the fields the sample holds, as most are.
    written: bool,
    chain: &'static str,
    texts: Vec<TextPick>,
    /// The first text is the field's own.
    own: bool,
    /// A wildcard in a value.
    wild: Option<Pick>,
}

const CHAINS: [&str; 16] = [
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
    "|neq",
    "|re",
    "|contains|all",
    "|windash|contains",
    "|exists",
    "|startswith|cased",
];

fn item() -> impl Strategy<Value = ItemPick> {
    let texts = (
        prop::bool::weighted(0.7),
        prop::collection::vec(text(), 1..4),
        prop::option::weighted(0.2, any::<Pick>()),
    );
    (any::<Pick>(), prop::bool::weighted(0.8), select(&CHAINS[..]), texts).prop_map(
        |(field, written, chain, (own, texts, wild))| ItemPick { field, written, chain, texts, own, wild },
    )
}

impl ItemPick {
    fn key(&self, known: &Known) -> String {
        let among = if self.written { known.held.len() } else { known.fields.len() };
        format!("{}{}", known.fields[self.field.index(among)], self.chain)
    }

    fn values(&self, known: &Known) -> Value {
        if self.chain == "|exists" {
            return json!(self.texts.len() > 1);
        }
        let own = (self.own && self.written).then(|| &known.held[self.field.index(known.held.len())]);
        let texts = self.texts.iter().enumerate().map(|(at, text)| {
            let text = own.filter(|_| at == 0).map_or_else(|| text.of(known), |own| text.made(own));
            if self.chain == "|re" {
                return regex_escaped(&text);
            }
            let mut text = text.replace('\\', r"\\").replace('*', r"\*").replace('?', r"\?");
            if let Some(wild) = &self.wild {
                let borders: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                let at = *wild.get(&borders);
                let is_escaped = text[..at].ends_with('\\');
                text.insert(if is_escaped { text.len() } else { at }, if at % 2 == 0 { '*' } else { '?' });
            }
            text
        });
        let mut texts: Vec<String> = texts.collect();
        if self.chain == "|contains|all" {
            texts.push(texts[0].to_uppercase());
        }
        json!(texts)
    }
}

fn regex_escaped(text: &str) -> String {
    let escaped = text.chars().flat_map(|c| {
        let plain = c.is_alphanumeric() || matches!(c, ' ' | '/' | ':' | '@' | ',' | '"' | '\'');
        (!plain).then_some('\\').into_iter().chain([c])
    });
    escaped.collect()
}

/// A rule of two selections.
#[derive(Clone, Debug)]
pub(super) struct RulePick {
    one: Vec<ItemPick>,
    other: ItemPick,
    condition: &'static str,
    keyword: Option<TextPick>,
}

fn rule() -> impl Strategy<Value = RulePick> {
    let condition = select(
        &[
            "one",
            "one",
            "one and other",
            "one or other",
            "one and not other",
            "1 of them",
            "not one or other",
        ][..],
    );
    let keyword = prop::option::weighted(0.1, text());
    (prop::collection::vec(item(), 1..3), item(), condition, keyword)
        .prop_map(|(one, other, condition, keyword)| RulePick { one, other, condition, keyword })
}

impl RulePick {
    pub(super) fn rule(&self, known: &Known, at: usize, strictness: Strictness) -> String {
        let mut one = serde_json::Map::new();
        for item in &self.one {
            one.insert(item.key(known), item.values(known));
        }
        let mut other = serde_json::Map::new();
        other.insert(self.other.key(known), self.other.values(known));
        let one = match &self.keyword {
            Some(keyword) => json!([keyword.of(known).replace('\\', r"\\")]),
            None => Value::Object(one),
        };
        let condition = if strictness == Strictness::AllOfThem { "one and other" } else { self.condition };
        format!(
            "title: made {at}\nlogsource: {}\ndetection:\n  one: {one}\n  other: {}\n  condition: {condition}\n",
            known.logsource,
            Value::Object(other),
        )
    }
}

#[derive(Clone, Debug)]
struct Change {
    leaf: Pick,
    text: TextPick,
    form: u8,
}

/// Rules, and changes to the sample for each record.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) rules: Vec<RulePick>,
    records: Vec<Vec<Change>>,
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    let change = (any::<Pick>(), text(), 0u8..10).prop_map(|(leaf, text, form)| Change { leaf, text, form });
    let records = prop::collection::vec(prop::collection::vec(change, 0..6), 1..5);
    (prop::collection::vec(rule(), 1..12), records).prop_map(|(rules, records)| Case { rules, records })
}

impl Case {
    pub(super) fn records(&self, known: &Known) -> Vec<String> {
        let record = |changes: &Vec<Change>| {
            let mut record = known.sample.clone();
            for change in changes {
                let Some(leaf) = record.pointer_mut(&known.leaves[change.leaf.index(known.leaves.len())])
                else {
                    continue;
                };
                let text = change.text.of(known);
                *leaf = match change.form {
                    0 => Value::Null,
                    1 => json!([text, leaf]),
                    2 => json!([]),
                    3 => json!({"value": text}),
                    4 => json!(22),
                    5 => json!(leaf.as_str().unwrap_or_default().to_uppercase()),
                    _ => json!(text),
                };
            }
            record.to_string()
        };
        self.records.iter().map(record).collect()
    }
}
