//! Findings as rows of numbers over shared texts. A sentence, a link or a snippet is a template that all findings of its
//! kind share, and what differs (ids, addresses, names) stands once in the row, however many of them say it.

use std::collections::{HashMap, HashSet};
use std::io;

use serde_json::json;

use super::row::Row;
use super::spool::Spool;
use super::texts::Texts;

/// Stands in a template for the first value of its row; those after it for the others. They are of no script.
const FIRST_HOLE: u32 = 0xE000;
const LAST_HOLE: u32 = 0xF8FF;

/// Rows so far.
pub(super) struct RowTable {
    texts: Texts,
    rows: Spool,
}

impl RowTable {
    pub(super) fn begin() -> io::Result<Self> {
        Ok(Self { texts: Texts::begin()?, rows: Spool::begin()? })
    }

    /// The order of the columns is that of `data.js`.
    pub(super) fn add(&mut self, row: &Row) -> io::Result<()> {
        let named: HashSet<&str> =
            [&row.who, &row.behind].into_iter().chain(&row.machines).flat_map(|name| tokens(name)).collect();
        let mut cut = Cut { named, values: Vec::new(), places: HashMap::new() };
        let lines = |all: &[(String, String)]| {
            all.iter().map(|(name, value)| format!("{name}\t{value}")).collect::<Vec<_>>().join("\n")
        };
        let links: Vec<(String, String)> =
            row.links.iter().map(|(what, url)| ((*what).to_owned(), url.clone())).collect();
        let told = [
            row.title.clone(),
            row.message.clone(),
            row.check.clone(),
            row.reasons.join("\n"),
            row.origin.clone(),
            lines(&links),
            row.contain.clone(),
            row.suppression.clone(),
            lines(&row.evidence),
            row.explanation.clone(),
            row.behind.clone(),
            row.score_parts.join("\n"),
        ]
        .map(|text| cut.template(&text));
        let techniques = row.techniques.join(" ");
        let mut numbers = Vec::new();
        for text in [&row.rule, &row.who, &row.account, &row.address, &row.region, row.outcome, &techniques] {
            numbers.push(json!(self.texts.id(text)?));
        }
        let machines = row.machines.iter().map(|name| self.texts.id(name)).collect::<io::Result<Vec<_>>>()?;
        numbers.push(json!(machines));
        for text in told.iter().chain(&cut.values) {
            numbers.push(json!(self.texts.id(text)?));
        }
        let mut all = vec![json!(row.seconds), json!(row.grade), json!(row.score)];
        all.append(&mut numbers);
        self.rows.add(&serde_json::Value::from(all).to_string())
    }

    /// The texts and the rows.
    pub(super) fn into_spools(self) -> (Spool, Spool) {
        (self.texts.into_spool(), self.rows)
    }
}

/// Takes the values of a row out of its texts.
struct Cut<'r> {
    /// Parts of names, which are values whatever they look like.
    named: HashSet<&'r str>,
    values: Vec<String>,
    places: HashMap<String, u32>,
}

impl Cut<'_> {
    fn template(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for part in parts(text) {
            let is_value = part.len() > 1
                && (part.bytes().any(|byte| byte.is_ascii_digit()) || self.named.contains(part));
            match is_value.then(|| self.hole(part)).flatten() {
                Some(hole) => out.push(hole),
                None => out.extend(part.chars().map(|c| if is_hole(c) { '\u{FFFD}' } else { c })),
            }
        }
        out
    }

    fn hole(&mut self, value: &str) -> Option<char> {
        let next = FIRST_HOLE + u32::try_from(self.values.len()).ok()?;
        let place = match self.places.get(value) {
            Some(place) => *place,
            None if next <= LAST_HOLE => {
                self.values.push(value.to_owned());
                self.places.insert(value.to_owned(), next);
                next
            }
            None => return None,
        };
        char::from_u32(place)
    }
}

fn is_hole(c: char) -> bool {
    (FIRST_HOLE..=LAST_HOLE).contains(&u32::from(c))
}

fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@')
}

/// A text in runs of what ids, addresses and names are made of, and of what stands between them.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let kind = is_of_token(first);
        let mut end = rest.find(|c| is_of_token(c) != kind).unwrap_or(rest.len());
        // What ends a sentence is no part of its last word.
        if kind {
            end = Some(rest[..end].trim_end_matches('.').len()).filter(|end| *end > 0).unwrap_or(end);
        }
        let (part, after) = rest.split_at(end);
        rest = after;
        Some(part)
    })
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    parts(text).filter(|part| part.starts_with(is_of_token))
}
