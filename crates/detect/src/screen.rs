//! Decides whether any rule could match a record, so that most records are never parsed, rewritten or matched.
//!
//! It may only over-approximate. CloudTrail records are decided on from their raw bytes: values under a few keys, or
//! words anywhere, that the rules need. Every occurrence of such a key counts, wherever it is nested, and whatever
//! could be spelt in a way that raw bytes do not show makes a record a candidate. Records of other logs are parsed,
//! since their kind is not known before, and decided on by the fields that the rules of their log need.

mod anchor;
mod fields;
mod raw;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};
use trailhound_sigma::index::Index;
use trailhound_sigma::json::Node;
use trailhound_sigma::{CompiledRule, Necessary, hides_literals};

use crate::decode::{Family, Record};
use crate::log_type::LogType;
use crate::logs::{self, Form, ObjectMember};
use anchor::Anchor;
use fields::Needed;
use raw::{KeyedRecord, RawKey};

static ESCAPED_TWICE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(r"\\u"));

/// What the rules need of a record.
#[derive(Debug, Default)]
pub struct Screen {
    /// Where one of these or of `values` holds, all that can be told of the bytes is asked for, rule by rule.
    rules: Index,
    keys: Vec<RawKey>,
    anchors: Vec<Anchor>,
    /// Whole values in one case only, whatever their key: where a key is common and its value rare, that is less to
    /// look at.
    values: Vec<Finder<'static>>,
    /// Words of which one must stand in the record for the rules that need no field's value.
    words: Option<Regex>,
    unscreened: Vec<String>,
    /// What parsed records need; of a log that is not here none is wanted.
    logs: BTreeMap<LogType, Needed>,
}

impl Screen {
    /// The screen of some rules, each with the logs it reads and its name.
    pub fn new(rules: &[(&[LogType], &str, &CompiledRule)]) -> Self {
        let mut screen = Self { logs: asked(rules), ..Self::default() };
        let (mut words, mut by_fields) = (Vec::new(), Vec::new());
        for (logs, name, rule) in rules {
            let Some(fields) = logs.iter().find_map(|log| raw_fields(*log)) else { continue };
            if let Some(needed) =
                rule.necessary_fields(&|path| fields.iter().position(|field| *field == path))
            {
                by_fields.push(*rule);
                for (path, shape) in needed {
                    let always_there = path == fields[0];
                    match as_it_stands(&shape) {
                        Some(value) if !always_there => {
                            screen.values.push(Finder::new(value).into_owned());
                        }
                        _ => screen.anchor(&path, always_there).admit(&shape),
                    }
                }
            } else if let Some(literals) = rule.necessary_literals(&|path| !path.starts_with("n.")) {
                words.extend(literals.into_iter().map(|literal| regex::escape(&literal.text)));
            } else {
                screen.unscreened.push((*name).to_owned());
            }
        }
        let looked_at = LogType::ALL.iter().filter_map(|log| raw_fields(*log)).flatten().copied();
        let looked_at: Vec<&str> = looked_at.collect();
        screen.rules = Index::over_all(by_fields, &|field| {
            let of = |path: &String| looked_at.iter().position(|known| known == path);
            let ranks: Option<Vec<usize>> = field?.paths.iter().map(of).collect();
            ranks?.into_iter().max().and_then(|rank| u32::try_from(rank).ok())
        });
        screen.keys = looked_at
            .iter()
            .enumerate()
            .map(|(at, path)| RawKey::new(path, at == 0, is_word(path)))
            .collect();
        if !words.is_empty() {
            let words = RegexBuilder::new(&words.join("|")).unicode(false).case_insensitive(true).build();
            match words {
                Ok(words) => screen.words = Some(words),
                // More words than a regular expression may have: then nothing is ruled out.
                Err(_) => screen.unscreened.push("(too many words)".to_owned()),
            }
        }
        screen
    }

    /// Could any rule match this record, as far as its bytes tell?
    pub fn is_candidate(&self, record: &Record<'_>) -> bool {
        if record.family != Family::CloudTrail || !self.unscreened.is_empty() {
            return true;
        }
        if (record.has_escape || record.has_non_ascii) && hides_literals(record.bytes) {
            return true;
        }
        // An escape of JSON that stands in a string is escaped itself.
        if record.has_escape && ESCAPED_TWICE.find(record.bytes).is_some() {
            return true;
        }
        // What is no UTF-8 is for the reader to reject.
        if record.has_non_ascii && std::str::from_utf8(record.bytes).is_err() {
            return true;
        }
        let is_asked_for = self.anchors.iter().any(|anchor| anchor.may_hold(record.bytes))
            || self.values.iter().any(|value| stands_in(value, record.bytes));
        (is_asked_for && self.has_all_of_one(record.bytes))
            || self.words.as_ref().is_some_and(|words| words.is_match(record.bytes))
    }

    /// Do the bytes show all that some rule asks of them?
    fn has_all_of_one(&self, record: &[u8]) -> bool {
        let seen = KeyedRecord::new(&self.keys, record);
        self.rules.is_candidate(&seen) || seen.is_unsure()
    }

    /// Could any rule match this record of a log, in one of the forms?
    pub fn may_match(&self, log: LogType, form: Form, record: Node<'_>) -> bool {
        let is_elsewhere = || form == Form::Other && (logs::of(log).found_by.is_elsewhere)(record);
        self.logs.get(&log).is_some_and(|asked| is_elsewhere() || asked.may_hold(form, record))
    }

    /// Rules that name nothing to look for, so that their logs are read in full.
    pub fn unscreened(&self) -> Vec<&str> {
        self.unscreened.iter().map(String::as_str).collect()
    }

    fn anchor(&mut self, path: &str, always_there: bool) -> &mut Anchor {
        let known = self.anchors.iter().position(|anchor| anchor.path() == path);
        let at = known.unwrap_or_else(|| {
            self.anchors.push(Anchor::new(path, always_there, is_word(path)));
            self.anchors.len() - 1
        });
        &mut self.anchors[at]
    }
}

/// The fields to look for in the raw bytes of a log's records, if those are known before they are parsed.
fn raw_fields(log: LogType) -> Option<&'static [&'static str]> {
    Some(logs::of(log).found_by.raw).filter(|fields| !fields.is_empty())
}

/// Is what stands under such a field one word, whatever stands around it?
fn is_word(path: &str) -> bool {
    let logs = LogType::ALL.iter().filter(|log| raw_fields(**log).is_some());
    logs.filter_map(|log| ObjectMember::find(logs::of(*log).members, path)).any(ObjectMember::is_word)
}

/// What the rules of each log need, one of it at least.
fn asked(rules: &[(&[LogType], &str, &CompiledRule)]) -> BTreeMap<LogType, Needed> {
    let mut needed: BTreeMap<LogType, Option<Vec<(String, Necessary)>>> = BTreeMap::new();
    for (logs, _, rule) in rules {
        for log in *logs {
            let common = logs::of(*log).found_by.common;
            let rank = |path: &str| (!path.starts_with("n.")).then(|| usize::from(common.contains(&path)));
            let fields = rule.necessary_fields(&rank);
            let needed = needed.entry(*log).or_insert_with(|| Some(Vec::new()));
            match (needed.as_mut(), fields) {
                (Some(needed), Some(fields)) => needed.extend(fields),
                _ => *needed = None,
            }
        }
    }
    let asked = |(log, needed): (LogType, Option<Vec<_>>)| {
        (log, needed.map_or(Needed::Anything, |needed| Needed::of(log, &needed)))
    };
    needed.into_iter().map(asked).collect()
}

/// A value that its record can only hold as these very bytes: text in one case, with nothing in it that JSON escapes.
fn as_it_stands(shape: &Necessary) -> Option<&str> {
    let Necessary::Exact(literal) = shape else { return None };
    let is_word = literal.text.starts_with(|c: char| c.is_ascii_alphabetic())
        && literal.text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && !matches!(literal.text.as_str(), "true" | "false" | "null");
    (literal.cased && is_word).then_some(literal.text.as_str())
}

/// Does a string end with the value, or with what the event stage takes off behind it? Inside a string that is JSON its
/// closing quote has a backslash, in a printed map it has none.
fn stands_in(value: &Finder<'_>, record: &[u8]) -> bool {
    let length = value.needle().len();
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | b',' | b'}' | b']' | b'\'' | b' ' | 0x80..);
    value.find_iter(record).any(|at| record.get(at + length).is_some_and(ends))
}
