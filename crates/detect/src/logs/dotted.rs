//! `requestParameters.target` beside `requestParameters.parameters.host.0`: how tables and search engines flatten an
//! object, put together again.
//!
//! What is there whole is not overruled by pieces of it; they fill in what it lacks. The work is that of sorting, level
//! by level, so that very many pieces cost little more than few.

use std::cmp::Ordering;

use trailhound_sigma::json::{Document, Kind, Node};

use super::json::{Object, folded_where_due, verbatim};

/// An object that is put together from paths.
#[derive(Default)]
pub(super) struct Nested(Vec<(String, String)>);

/// Deeper ones keep the rest of the path for a name.
const MAX_DEPTH: usize = 16;

/// A value, as JSON, and its path from where it is put together.
#[derive(Clone, Copy)]
struct DottedPiece<'p> {
    head: &'p str,
    rest: Option<&'p str>,
    json: &'p str,
}

/// Cuts a key at its first dot; the names of claims are addresses, whose dots cut nothing.
pub(super) fn cut(key: &str) -> Option<(&str, &str)> {
    let (head, rest) = key.split_once('.')?;
    (!head.is_empty() && !rest.is_empty() && !head.contains(':')).then_some((head, rest))
}

impl Nested {
    /// Adds what is under a path; of two values the first that says something stays.
    pub(super) fn put(&mut self, path: &str, json: String) {
        self.0.push((path.to_owned(), json));
    }

    /// Its members as JSON.
    pub(super) fn members(&self) -> Vec<(String, String)> {
        let mut pieces: Vec<_> =
            self.0.iter().map(|(path, json)| DottedPiece::of(path, json, MAX_DEPTH)).collect();
        members(&mut pieces, MAX_DEPTH).0
    }

    /// The object.
    pub(super) fn json(&self) -> String {
        object(self.members())
    }
}

impl<'p> DottedPiece<'p> {
    fn of(path: &'p str, json: &'p str, depth: usize) -> Self {
        let (head, rest) = match cut(path).filter(|_| depth > 0) {
            Some((head, rest)) => (head, Some(rest)),
            None => (path, None),
        };
        // Splunk marks lists.
        Self { head: head.strip_suffix("{}").unwrap_or(head), rest, json }
    }

    /// The place in a list that its name is.
    fn place(&self) -> Option<u32> {
        let is_written_so = self.head == "0" || !self.head.starts_with(['0', '+']);
        is_written_so.then(|| self.head.parse().ok())?
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self.place(), other.place()) {
            (Some(one), Some(other)) => one.cmp(&other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => self.head.cmp(other.head),
        }
    }
}

/// What the pieces make, name by name; are the names the places of a list?
fn members(pieces: &mut [DottedPiece<'_>], depth: usize) -> (Vec<(String, String)>, bool) {
    pieces.sort_by(DottedPiece::order);
    let is_list = pieces.first().is_some_and(|first| first.place() == Some(0))
        && pieces.iter().all(|piece| piece.place().is_some());
    let of_one = pieces.chunk_by(|one, other| one.head == other.head);
    (of_one.map(|pieces| (pieces[0].head.to_owned(), value(pieces, depth))).collect(), is_list)
}

/// What the pieces of one name make.
fn value(pieces: &[DottedPiece<'_>], depth: usize) -> String {
    let wholes = || pieces.iter().filter(|piece| piece.rest.is_none()).map(|piece| piece.json);
    let whole = wholes().find(|json| says_something(json));
    let below = pieces.iter().filter_map(|piece| Some((piece.rest?, piece.json)));
    let mut below: Vec<_> =
        below.map(|(path, json)| DottedPiece::of(path, json, depth.saturating_sub(1))).collect();
    let Some(whole) = whole else {
        // Where nothing is said, that nothing is said stays.
        return if below.is_empty() {
            wholes().next().unwrap_or("null").to_owned()
        } else {
            put(&mut below, depth)
        };
    };
    let Some(inside) = Some(whole).filter(|_| !below.is_empty()).and_then(entries) else {
        return whole.to_owned();
    };
    let mut all: Vec<_> =
        inside.iter().map(|(name, json)| DottedPiece { head: name, rest: None, json }).collect();
    all.append(&mut below);
    put(&mut all, depth)
}

fn put(pieces: &mut [DottedPiece<'_>], depth: usize) -> String {
    let (members, is_list) = members(pieces, depth.saturating_sub(1));
    if is_list {
        let members: Vec<_> = members.into_iter().map(|(_, json)| json).collect();
        return format!("[{}]", members.join(","));
    }
    object(members)
}

fn object(members: Vec<(String, String)>) -> String {
    let mut object = Object::default();
    for (name, json) in members {
        object.json(&name, &json);
    }
    object.finish()
}

fn says_something(json: &str) -> bool {
    !matches!(json.trim(), "null" | r#""""# | r#""-""#)
}

/// The members of an object, be it folded to text; of two of one name the last is first.
fn entries(json: &str) -> Option<Vec<(String, String)>> {
    fn of(object: Node<'_>) -> Option<Vec<(String, String)>> {
        let member = |(key, value): (Node<'_>, Node<'_>)| {
            (key.as_str().unwrap_or_default().into_owned(), verbatim(value).into_owned())
        };
        let mut members: Vec<_> =
            (object.kind() == Kind::Object).then(|| object.entries().map(member).collect())?;
        members.reverse();
        Some(members)
    }
    let document = Document::parse(json).ok()?;
    let root = document.root();
    let text = folded_where_due(root);
    match text {
        Some(text) => of(Document::parse(&text).ok()?.root()),
        None => of(root),
    }
}
