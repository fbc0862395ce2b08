//! What is searched for: words in a record's values, and fields with their values; a record has to meet all of it.

mod field;

use std::net::IpAddr;
use std::ops::ControlFlow;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use trailhound_detect::event::Event;
use trailhound_sigma::Event as _;

pub(crate) use field::Field;

use crate::network::Network;
use crate::words::names;

/// No record that was asked for it had a field.
const ASKED: u8 = 1;
/// One had.
const KNOWN: u8 = 2;

/// What is searched for.
#[derive(Clone, Debug)]
pub(crate) struct Query(Vec<Term>);

#[derive(Clone, Debug)]
enum Term {
    Word(String),
    Is {
        field: Field,
        value: String,
        /// Whether any record was asked for the field, and had it.
        asked: Arc<AtomicU8>,
    },
}

impl FromStr for Query {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let terms: Vec<Term> = parts(text)?.iter().map(|part| term(part)).collect::<Result<_, _>>()?;
        if terms.is_empty() {
            return Err("nothing to search for; write words, or field=value".to_owned());
        }
        Ok(Self(terms))
    }
}

/// Parts that spaces divide; what stands in quotes is one.
fn parts(text: &str) -> Result<Vec<String>, String> {
    let (mut parts, mut part, mut is_quoted, mut is_begun) = (Vec::new(), String::new(), false, false);
    for c in text.chars() {
        match c {
            '"' => (is_quoted, is_begun) = (!is_quoted, true),
            c if c.is_whitespace() && !is_quoted => {
                if std::mem::take(&mut is_begun) {
                    parts.push(std::mem::take(&mut part));
                }
            }
            c => {
                part.push(c);
                is_begun = true;
            }
        }
    }
    if is_quoted {
        return Err(format!("a quotation mark is missing in {text:?}; write it in pairs"));
    }
    parts.extend(is_begun.then_some(part));
    Ok(parts)
}

fn term(part: &str) -> Result<Term, String> {
    match part.split_once('=') {
        Some((field, value)) if !field.is_empty() => {
            if value.is_empty() {
                return Err(format!("{part} says no value; {field}=* is any"));
            }
            Ok(Term::Is { field: field.parse()?, value: value.to_owned(), asked: Arc::default() })
        }
        _ if part.is_empty() => Err("an empty word; write what to search for".to_owned()),
        _ => Ok(Term::Word(part.to_owned())),
    }
}

impl Query {
    /// What has to stand in a record's text as it is.
    pub(crate) fn needles(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|term| match term {
            Term::Word(word) => Some(word.as_str()),
            Term::Is { .. } => None,
        })
    }

    /// Does a record meet all of it?
    pub(crate) fn meets(&self, event: &Event<'_>) -> bool {
        self.0.iter().all(|term| match term {
            Term::Word(word) => stands_in(event, word),
            Term::Is { field, value, asked } => {
                let texts = field.texts(event);
                asked.fetch_max(if texts.is_empty() { ASKED } else { KNOWN }, Ordering::Relaxed);
                texts.iter().any(|text| is_like(text, value))
            }
        })
    }

    /// Paths that no record has which was looked at, as a slip in writing makes them.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|term| match term {
            Term::Is { field: Field::Path(path), asked, .. } if asked.load(Ordering::Relaxed) == ASKED => {
                Some(path.as_str())
            }
            _ => None,
        })
    }
}

fn stands_in(event: &Event<'_>, word: &str) -> bool {
    let mut is_there = false;
    event.every_value(&mut |value| {
        is_there = value.text().is_some_and(|text| names(&text, word));
        if is_there { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    is_there
}

/// Is it the value, in any case? `*` is any text; a network holds its addresses.
fn is_like(text: &str, value: &str) -> bool {
    if value.contains('/')
        && let (Ok(network), Ok(ip)) = (value.parse::<Network>(), text.parse::<IpAddr>())
    {
        return network.holds(ip);
    }
    let (text, value) = (text.to_lowercase(), value.to_lowercase());
    let Some((head, rest)) = value.split_once('*') else { return text == value };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(mut left) = text.strip_prefix(head).and_then(|left| left.strip_suffix(tail)) else {
        return false;
    };
    middle.split('*').all(|part| match left.find(part) {
        Some(at) => {
            left = &left[at + part.len()..];
            true
        }
        None => false,
    })
}
