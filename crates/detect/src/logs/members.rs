//! Which members of a log's records are objects and lists, and the unfolding of those that come as text.
//!
//! Exporters and tables write them as JSON in a string; Java and Hive print them as maps. Once a record has its
//! canonical form they are unfolded, so that facts, rules and findings read one form whatever the record came as.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use trailhound_sigma::json::{Document, Kind, Node};

use super::dotted::{self, Nested};
use super::java;
use super::json::{Object, folded, verbatim};

/// A member, in whatever case its name comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ObjectMember {
    name: &'static str,
    is: Is,
    below: &'static [Self],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    /// An object.
    Object,
    /// An object of whatever the caller gave, or of all that is told of somebody: never shown as one.
    Open,
    /// A list; what is below is below each of its members.
    List,
    /// A list, or one of its members alone.
    Either,
    /// Text that is never one of the words for nothing.
    Text,
}

impl ObjectMember {
    /// An object with these objects and lists in it.
    pub(super) const fn object(name: &'static str, below: &'static [Self]) -> Self {
        Self { name, is: Is::Object, below }
    }

    /// An object that is never shown as one.
    pub(super) const fn open(name: &'static str, below: &'static [Self]) -> Self {
        Self { name, is: Is::Open, below }
    }

    /// A list of objects with these objects and lists in them.
    pub(super) const fn list(name: &'static str, below: &'static [Self]) -> Self {
        Self { name, is: Is::List, below }
    }

    /// A list of objects, or one of them.
    pub(super) const fn either(name: &'static str, below: &'static [Self]) -> Self {
        Self { name, is: Is::Either, below }
    }

    /// A text that is not there where it is one of the words by which programs print nothing.
    pub(super) const fn text(name: &'static str) -> Self {
        Self { name, is: Is::Text, below: &[] }
    }

    /// The member under a dotted path.
    pub(super) fn find<'m>(members: &'m [Self], path: &str) -> Option<&'m Self> {
        match path.split_once('.') {
            Some((head, rest)) => Self::find(named(members, head)?.below, rest),
            None => named(members, path),
        }
    }

    pub(super) fn is_list(&self) -> bool {
        self.is == Is::List
    }

    /// Is a member of that name, here or below, never shown as one?
    pub(super) fn is_open(&self, name: &str) -> bool {
        (self.is == Is::Open && self.name.eq_ignore_ascii_case(name))
            || self.below.iter().any(|member| member.is_open(name))
    }

    /// The object or list that a text holds, as JSON.
    fn held<'d>(&self, node: Node<'d>) -> Option<Cow<'d, str>> {
        if says_nothing(node) {
            return Some(Cow::Borrowed("null"));
        }
        if self.is == Is::Text {
            return None;
        }
        let text = may_hold(node).then(|| folded(node).or_else(|| java::printed(&node.as_str()?)))??;
        let is_list = text.trim_start().starts_with('[');
        let is_due = match self.is {
            Is::Object | Is::Open => !is_list,
            Is::List => is_list,
            Is::Either | Is::Text => true,
        };
        is_due.then_some(text)
    }

    fn is_folded(&self, value: Node<'_>) -> bool {
        match value.kind() {
            Kind::String => self.held(value).is_some(),
            Kind::Object => any_folded(value, self.below),
            Kind::Array if !self.below.is_empty() => {
                value.members().any(|member| any_folded(member, self.below))
            }
            _ => false,
        }
    }

    /// The value as JSON, unfolded here and below.
    fn unfolded<'d>(&self, value: Node<'d>) -> Cow<'d, str> {
        match self.held(value) {
            None => self.inside(value),
            Some(text) => {
                let inner = Document::parse(&text).map(|document| self.inside(document.root()).into_owned());
                inner.map_or(text, Cow::Owned)
            }
        }
    }

    fn inside<'d>(&self, value: Node<'d>) -> Cow<'d, str> {
        match value.kind() {
            Kind::Object if !self.below.is_empty() => Cow::Owned(unfolded(value, self.below)),
            Kind::Array if !self.below.is_empty() => {
                let members: Vec<_> = value.members().map(|member| self.inside(member)).collect();
                Cow::Owned(format!("[{}]", members.join(",")))
            }
            _ => verbatim(value),
        }
    }
}

/// Does a member that ought to be an object or a list come as text, or in pieces?
pub(crate) fn any_folded(record: Node<'_>, members: &[ObjectMember]) -> bool {
    !members.is_empty()
        && record.entries().any(|(key, value)| {
            let is_looked_at = match value.kind() {
                Kind::String => may_hold(value) || says_nothing(value),
                Kind::Object | Kind::Array => true,
                _ => false,
            };
            is_looked_at && named(members, key.raw()).is_some_and(|member| member.is_folded(value))
                || piece(members, key.raw()).is_some()
        })
}

/// Is a text how some program prints that there is nothing?
fn says_nothing(text: Node<'_>) -> bool {
    const WORDS: [&str; 10] =
        ["null", "none", "nil", "nan", "undefined", "n/a", "(null)", "<null>", "<nil>", "\\\\n"];
    let raw = text.raw().trim();
    raw.len() <= 9 && WORDS.iter().any(|word| raw.eq_ignore_ascii_case(word))
}

/// Could a text hold an object or a list? An escape may be the white space before it.
fn may_hold(text: Node<'_>) -> bool {
    text.raw().trim_start().starts_with(['{', '[', '\\'])
}

/// The record with all of them unfolded; what is no such member stays as it is.
///
/// Pieces are put together with what of their member there is whole, which has the last word, unless it says nothing.
pub(crate) fn unfolded(record: Node<'_>, members: &[ObjectMember]) -> String {
    let mut object = Object::default();
    let is_in_pieces = in_pieces(record, members);
    for (key, value) in record.entries() {
        let name = key.as_str().unwrap_or_default();
        match named(members, &name) {
            Some(member) if is_in_pieces.contains(&member.name) => {}
            Some(member) => object.json(&name, &member.unfolded(value)),
            None if piece(members, &name).is_none() => object.copy(&name, value),
            None => {}
        }
    }
    if !is_in_pieces.is_empty() {
        for (name, json) in whole(record, members, &is_in_pieces) {
            object.json(&name, &json);
        }
    }
    object.finish()
}

/// The members that come in pieces.
fn in_pieces(record: Node<'_>, members: &[ObjectMember]) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (key, _) in record.entries() {
        let member = key.as_str().and_then(|key| piece(members, &key));
        found.extend(member.map(|member| member.name).filter(|name| !found.contains(name)));
    }
    found
}

/// These members, put together.
fn whole(record: Node<'_>, members: &[ObjectMember], names: &[&str]) -> Vec<(String, String)> {
    let mut pieces = Nested::default();
    let mut entries: Vec<_> = record.entries().collect();
    // Of two of one name the last counts.
    entries.reverse();
    for (key, value) in entries {
        let key = key.as_str().unwrap_or_default();
        let json = || verbatim(value).into_owned();
        if let Some(member) = named(members, &key).filter(|member| names.contains(&member.name)) {
            pieces.put(member.name, json());
        } else if let Some((member, (_, rest))) = piece(members, &key).zip(dotted::cut(&key)) {
            pieces.put(&format!("{}.{rest}", member.name), json());
        }
    }
    let mut whole = pieces.members();
    for (name, json) in &mut whole {
        let unfolded = Document::parse(json).ok().zip(named(members, name));
        let unfolded = unfolded.map(|(document, member)| member.unfolded(document.root()).into_owned());
        *json = unfolded.unwrap_or_else(|| std::mem::take(json));
    }
    whole
}

/// The object that a member with dots in its name is a piece of.
fn piece<'m>(members: &'m [ObjectMember], name: &str) -> Option<&'m ObjectMember> {
    named(members, dotted::cut(name)?.0)
}

/// Is a key, in whatever case and however its words are joined, the name of one of these or of a piece of it?
pub(super) fn is_member(members: &[ObjectMember], key: Node<'_>) -> bool {
    let key = key.ignoring_case();
    let text = key.as_str().unwrap_or_default();
    members.iter().any(|member| key.is_named(member.name)) || piece(members, &text).is_some()
}

fn named<'m>(members: &'m [ObjectMember], name: &str) -> Option<&'m ObjectMember> {
    members.iter().find(|member| member.name.eq_ignore_ascii_case(name))
}
