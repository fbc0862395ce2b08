//! What is told, derived again from the records it is about. Shares nothing with the code that tells it: records are
//! read as text and as JSON, findings as the JSON that goes out.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::behind::Keys;
use crate::values::{is_refused, moment, number};

/// The records an alert is about, as far as a reader without our code can tell.
pub(crate) struct Records {
    /// Every word in them, in lower case, whole and in parts.
    words: BTreeSet<String>,
    /// All of their text, in lower case.
    text: String,
    /// Each operation that they name, in lower case.
    operations: Vec<String>,
    /// Did each call fail, as far as it says?
    failures: Vec<bool>,
    /// How many lines of records there are.
    lines: usize,
    /// Every moment that they name, in milliseconds.
    pub(crate) times: BTreeSet<i64>,
    /// Which keys they hand out, and to whom.
    pub(crate) keys: Keys,
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| regex(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"));
static INSTANCE: LazyLock<Regex> = LazyLock::new(|| regex(r"\bm?i-[0-9a-f]{8,17}\b"));
static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| regex(r"\b\d{12}\b"));
static MACHINES: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\b(\d+) machines(?: \((.*?)(?: and (\d+) more)?\))?"));

fn regex(text: &str) -> Regex {
    Regex::new(text).expect("a regular expression")
}

impl Records {
    pub(crate) fn read(text: &str) -> Self {
        let mut all = Self {
            words: BTreeSet::new(),
            text: String::new(),
            operations: Vec::new(),
            failures: Vec::new(),
            lines: text.lines().filter(|line| line.starts_with('{')).count(),
            times: BTreeSet::new(),
            keys: Keys::default(),
        };
        match serde_json::from_str::<Value>(text) {
            Ok(value) => all.take(&value, 0),
            Err(_) => {
                for line in text.lines() {
                    match serde_json::from_str::<Value>(line) {
                        Ok(value) => all.take(&value, 0),
                        Err(_) => all.say(line),
                    }
                }
            }
        }
        all
    }

    fn say(&mut self, text: &str) {
        let lower = text.to_lowercase();
        let outer = |c: char| !(c.is_alphanumeric() || "_.@:-$#".contains(c));
        let inner = |c: char| !(c.is_alphanumeric() || "_-$".contains(c));
        for word in lower.split(outer).chain(lower.split(inner)).chain(lower.split(['/', '\\', ' '])) {
            self.words.insert(word.trim_matches('.').to_owned());
        }
        self.words.insert(lower.clone());
        self.text.push_str(&lower);
        self.text.push('\n');
    }

    fn take(&mut self, value: &Value, depth: usize) {
        match value {
            Value::String(text) => {
                self.say(text);
                self.times.extend(moment(text));
                if depth < 8
                    && text.trim_start().starts_with(['{', '['])
                    && let Ok(inner) = serde_json::from_str::<Value>(text)
                {
                    self.take(&inner, depth + 1);
                }
            }
            Value::Number(number) => {
                self.say(&number.to_string());
                self.times.extend(number.as_i64().into_iter().flat_map(|at| [at, at.saturating_mul(1_000)]));
            }
            Value::Bool(is) => self.say(&is.to_string()),
            Value::Null => {}
            Value::Array(all) => all.iter().for_each(|value| self.take(value, depth + 1)),
            Value::Object(all) => {
                self.note_call(value);
                self.keys.note(value);
                for (key, value) in all {
                    self.say(key);
                    self.take(value, depth + 1);
                }
            }
        }
    }

    /// Notes an operation and how it ended, where an object looks like a record.
    fn note_call(&mut self, record: &Value) {
        let text = |key: &str| record.get(key).and_then(Value::as_str);
        let operation =
            text("eventName").or_else(|| text("operationName")).or_else(|| text("OperationNameValue"));
        let Some(operation) = operation else { return };
        let ended = ["resultType", "resultSignature", "ActivityStatusValue", "ResultType"]
            .iter()
            .filter_map(|key| text(key));
        let is_failure = record.get("errorCode").is_some_and(|code| !code.is_null() && code != "")
            || record.get("errorMessage").is_some_and(|code| !code.is_null() && code != "")
            || ended.clone().any(|word| {
                let word = word.to_lowercase();
                word.starts_with("fail")
                    || word.starts_with("cancel")
                    || word.starts_with("reject")
                    || word.parse().is_ok_and(|code: i64| code != 0 && !(200..300).contains(&code))
            })
            || record["responseElements"]
                .as_object()
                .is_some_and(|all| all.values().any(|word| word == "Failure"))
            || is_refused(record, 0)
            || record.pointer("/responseElements/success").is_some_and(|word| word == false)
            || record.pointer("/properties/result").is_some_and(|word| word == "failure")
            || operation.to_lowercase().contains("/bastionhost")
                && record.pointer("/properties/message").and_then(Value::as_str).is_some_and(|said| {
                    let said = said.to_lowercase();
                    ["failed", "failure", "unsuccessful", "denied"].iter().any(|word| said.contains(word))
                })
            || record
                .pointer("/properties/status/errorCode")
                .and_then(Value::as_i64)
                .is_some_and(|code| code != 0);
        self.operations.push(operation.to_lowercase());
        self.failures.push(is_failure);
    }

    /// Is there one operation alone, so that what is told of it must be its own?
    pub(crate) fn are_of_one_call(&self) -> bool {
        self.operations.len() == 1 && self.lines <= 1
    }

    /// Is one of them of an operation that is called like this?
    pub(crate) fn call(&self, words: &[&str]) -> bool {
        self.operations.is_empty()
            || self.operations.iter().any(|op| words.iter().any(|word| op.contains(word)))
    }

    /// Does a word stand in them, whole or as a part?
    pub(crate) fn says(&self, word: &str) -> bool {
        self.text.contains(word)
    }

    /// Does it say that it was cancelled, and not that it was refused?
    pub(crate) fn ended_cancelled(&self) -> bool {
        self.text.lines().any(|line| matches!(line, "canceled" | "cancelled"))
            && !self.text.contains("forbidden")
    }

    /// Does one of them say that there was no second factor?
    fn lack_a_factor(&self) -> bool {
        [
            "\nmfaauthenticated\nfalse\n",
            "\nmfa_authenticated\nfalse\n",
            "\nmfaused\nno\n",
            "singlefactorauthentication",
        ]
        .iter()
        .any(|said| self.text.contains(said))
            // A sign-in says how it was done, whatever its session says.
            && !(self.are_of_one_call() && self.text.contains("\nmfaused\nyes\n"))
    }

    /// Does the one call say something under one of these keys?
    fn name(&self, keys: &str) -> bool {
        let said = Regex::new(&format!(r"(?m)^(?:{keys})\n[^\n{{\[]{{2,}}$")).expect("a regular expression");
        self.are_of_one_call() && said.is_match(&self.text)
    }

    /// Did that one fail?
    pub(crate) fn failed(&self) -> bool {
        self.failures.first() == Some(&true)
    }

    /// Does a name, an id or an address stand in them, whole or as what another is made of?
    pub(crate) fn bears(&self, value: &str) -> bool {
        let lower = value.to_lowercase();
        // What was spelled out or cut is looked for as far as it goes.
        let seen = lower.split(['\u{2026}', '\\']).next().unwrap_or_default();
        self.has(value)
            || self.text.contains(seen)
            || self.spells(value)
            || self.has(&value.replace(['/', '\\'], ":"))
    }

    /// Is an address there in other digits, as `0xa9.254.169.254` or `2852039166`?
    fn spells(&self, address: &str) -> bool {
        let wanted = address.parse::<std::net::Ipv4Addr>().map(u32::from);
        wanted.is_ok_and(|wanted| self.words.iter().any(|word| number(word) == Some(wanted)))
    }

    /// Are the parts of a selector there: `tag:Name=web`?
    pub(crate) fn selects(&self, selector: &str) -> bool {
        selector.contains('=')
            && selector
                .split([':', '=', ',', '*'])
                .all(|part| part.is_empty() || self.text.contains(&part.to_lowercase()))
    }

    fn has(&self, name: &str) -> bool {
        let lower = name.trim().trim_end_matches('.').to_lowercase();
        self.words.contains(&lower)
            || lower.rsplit(['/', '\\', ':']).next().is_some_and(|last| self.words.contains(last))
    }
}

/// How many machines are told, which, and how many more.
fn machines(sentence: &str, data: &Value, targets: usize, records: &Records, wrong: &mut Vec<String>) {
    if let Some(told) = MACHINES.captures(sentence) {
        let count: usize = told[1].parse().unwrap_or_default();
        let names: Vec<&str> =
            told.get(2).map_or("", |names| names.as_str()).split(", ").filter(|n| !n.is_empty()).collect();
        let more: usize = told.get(3).and_then(|more| more.as_str().parse().ok()).unwrap_or_default();
        for name in &names {
            if !records.has(name) || is_cut(name, records) && !records.words.contains(&name.to_lowercase()) {
                wrong.push(format!("the machine {name} is in no record"));
            }
        }
        if names.iter().enumerate().any(|(at, name)| names[..at].contains(name)) {
            wrong.push("a machine is named twice".to_owned());
        }
        if !names.is_empty() && names.len() + more != count {
            wrong.push(format!("{count} machines are told, {} named and {more} more", names.len()));
        }
        let is_cut_short = data["metadata"]["is_truncated"] == true || targets >= 50;
        if !names.is_empty() && !is_cut_short && targets != count {
            wrong.push(format!("{count} machines are told and {targets} are resources"));
        }
    }
}

/// Everything told in a finding that its records do not bear out.
pub(crate) fn untrue(finding: &Value, records: &Records) -> Vec<String> {
    let data = &finding["data"];
    let message =
        data["message"].as_str().or_else(|| data["finding_info"]["desc"].as_str()).unwrap_or_default();
    let mut wrong = Vec::new();
    let sentence = message.split(". Not seen ").next().unwrap_or_default();
    for (kind, pattern) in [("address", &ADDRESS), ("instance", &INSTANCE), ("account", &ACCOUNT)] {
        for found in pattern.find_iter(sentence) {
            if !records.has(found.as_str())
                && !records.text.contains(found.as_str())
                && !records.spells(found.as_str())
            {
                wrong.push(format!("{kind} {} is in no record", found.as_str()));
            }
        }
    }
    let targets: Vec<&Value> = data["resources"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|resource| resource["role"] == "Target")
        .collect();
    for resource in &targets {
        let name = resource["name"].as_str().unwrap_or_default();
        if records.selects(name) {
            continue;
        }
        if !records.has(name) && !records.text.contains(&name.to_lowercase()) {
            wrong.push(format!("the resource {name} is in no record"));
        } else if !records.has(name)
            && name.len() > 3
            && !name.contains([' ', '*', ','])
            && is_cut(name, records)
        {
            wrong.push(format!("the resource {name} is a part of a name"));
        }
    }
    machines(sentence, data, targets.len(), records, &mut wrong);
    let says = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    let some =
        |words: &[&str]| records.operations.iter().any(|op| words.iter().any(|word| op.contains(word)));
    if records.are_of_one_call() {
        const ENDS: &[&str] = &["delete", "remove", "deregister", "terminate", "cancel", "revoke"];
        if says(&[" deleted ", " removed "]) && !some(ENDS) {
            wrong.push("something is told as gone that no record takes away".to_owned());
        }
        if says(&[" created ", " wrote ", " pushed ", " gave ", " opened "])
            && some(&["delete", "deregister"])
        {
            wrong.push("something is told as made that a record takes away".to_owned());
        }
        let is_attempt = says(&[
            " tried to ",
            ": denied",
            ": failed",
            ": cancelled",
            "Denied attempt",
            "Failed attempt",
            "Dry-run",
        ]);
        if is_attempt && !records.failures[0] {
            wrong.push("told as tried, and the record says that it went well".to_owned());
        }
        if !is_attempt
            && records.failures[0]
            && !["fail", "refus", "denied", "guess", "cancelled"].iter().any(|word| sentence.contains(word))
        {
            wrong.push("told as done, and the record says that it failed".to_owned());
        }
    }
    let actor = data["evidences"][0]["actor"]["user"]["name"].as_str().unwrap_or_default();
    for part in actor.split(['/', '\\']).filter(|part| !part.is_empty() && *part != "unknown") {
        if !records.has(part) && !records.text.contains(&part.to_lowercase()) {
            wrong.push(format!("the actor {actor} is in no record"));
        }
    }
    unspoken(sentence, records, &mut wrong);
    if sentence.contains(" without MFA") && !records.lack_a_factor() {
        wrong.push("a factor is told as missing that no record misses".to_owned());
    }
    if sentence.contains('{') || sentence.contains('}') {
        wrong.push("a placeholder was not filled".to_owned());
    }
    if sentence.matches("without MFA").count() + sentence.matches("second factor").count() > 1 {
        wrong.push("the factor is told twice".to_owned());
    }
    if sentence.contains("a target the record does not name")
        && (!targets.is_empty() || records.name("instanceids?|target"))
    {
        wrong.push("a target is told as not named that is".to_owned());
    }
    if sentence.contains("a document that the record does not name") && records.name("documentname") {
        wrong.push("a document is told as not named that is".to_owned());
    }
    if message.chars().count() > 500 {
        wrong.push("the message is too long".to_owned());
    }
    wrong
}

/// Every word that shipped rules speak with, as their files have them.
static PROSE: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let folders = std::fs::read_dir(root).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
    let mut words = BTreeSet::new();
    for file in files.filter(|file| !file.path().to_string_lossy().contains(".tests.")) {
        let text = std::fs::read_to_string(file.path()).unwrap_or_default().to_lowercase();
        words.extend(text.split(|c: char| !c.is_alphabetic()).map(str::to_owned));
    }
    words
});

/// Words of an identifier: with a digit, a sign that joins, or a capital inside.
static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"[\p{L}\p{N}_.@:/$*#\[\]+-]*(?:\p{N}|[_@:/$]|\p{Ll}\p{Lu}|\w\.\w|\w-\w)[\p{L}\p{N}_.@:/$*#\[\]+-]*",
    )
});

/// Words that the describer adds of its own.
const OURS: &[&str] = &["dry-run"];

/// Names whatever in a sentence looks like an identifier, stands in no record, and is neither prose nor a count.
fn unspoken(sentence: &str, records: &Records, wrong: &mut Vec<String>) {
    static COUNT: LazyLock<Regex> = LazyLock::new(|| regex(r"^\d{1,5}$"));
    for word in IDENTIFIER.find_iter(sentence) {
        let word = word.as_str().trim_matches(['.', ':', ',', '[', ']', '#']);
        let is_prose = || {
            OURS.contains(&word)
                || !word.contains(|c: char| c.is_numeric())
                    && word
                        .to_lowercase()
                        .split(|c: char| !c.is_alphabetic())
                        .all(|part| PROSE.contains(part))
        };
        let is_joined = || word.split(['/', ':']).all(|part| part.is_empty() || records.bears(part));
        if !COUNT.is_match(word) && !records.bears(word) && !is_joined() && !is_prose() {
            wrong.push(format!("{word} is in no record"));
        }
    }
}

/// Is a name only the beginning of names that the records hold?
fn is_cut(name: &str, records: &Records) -> bool {
    let lower = name.to_lowercase();
    records.words.range(lower.clone()..).next().is_some_and(|word| word.starts_with(&lower) && *word != lower)
}
