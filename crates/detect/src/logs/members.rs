//! Which members of a log's records are objects and lists, and the unfolding of those that come as text.
//!
//! Exporters and tables write them as JSON in a string, or as some program prints them; or in pieces, or in a list of one.
//! Once a record has its canonical form they are unfolded, so that facts, rules and findings read one form whatever the
//! record came as.

mod held;
mod member;
mod pieces;
#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Document, Node};

use super::dotted::Nested;
use super::json::{Object, verbatim};
pub(crate) use held::is_bare;
pub(crate) use member::ObjectMember;
use member::named;

/// Does a member that ought to be an object or a list come as text, or in pieces?
pub(crate) fn any_folded(record: Node<'_>, members: &[ObjectMember]) -> bool {
    let letters = Letters::of(members);
    !members.is_empty()
        && record.entries().filter(|(key, _)| letters.begin(key.raw())).any(|(key, value)| {
            match named(members, key.raw()) {
                Some(member) => {
                    member.is_misspelt(key) || member.is_folded(value) || member.is_illegible(value)
                }
                None => pieces::of(members, key.raw()).is_some(),
            }
        })
}

/// The letters that names of members begin with: most keys of a record begin with another, and are none of them nor of a
/// piece of one.
#[derive(Clone, Copy)]
struct Letters(u32);

impl Letters {
    fn of(members: &[ObjectMember]) -> Self {
        Self(members.iter().fold(0, |all, member| all | Self::first(member.name)))
    }

    fn begin(self, key: &str) -> bool {
        self.0 & Self::first(key) != 0
    }

    /// The first letter, in any case, behind what Graylog puts before it; all that is no letter counts as one.
    fn first(name: &str) -> u32 {
        match name.bytes().find(|byte| *byte != b'_') {
            Some(byte) if byte.is_ascii_alphabetic() => 1 << (byte.to_ascii_lowercase() - b'a'),
            Some(_) => 1 << 26,
            None => 0,
        }
    }
}

/// The member of a record that is there as a text in a form that nobody reads, and must not be taken for absent.
pub(crate) fn illegible(record: Node<'_>, members: &[ObjectMember]) -> Option<&'static str> {
    let mut entries = record.entries();
    entries.find_map(|(key, value)| {
        named(members, key.raw()).filter(|member| member.is_illegible(value)).map(|member| member.name)
    })
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
            Some(member) => {
                let name = if member.is_misspelt(key) { member.name } else { &name };
                object.json(name, &member.unfolded(value));
            }
            None if pieces::of(members, &name).is_none() => object.copy(&name, value),
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
        let piece = key.as_str().and_then(|key| Some(pieces::of(members, &key)?.member.name));
        found.extend(piece.filter(|name| !found.contains(name)));
    }
    found
}

/// These members, put together.
fn whole(record: Node<'_>, members: &[ObjectMember], names: &[&str]) -> Vec<(String, String)> {
    let mut nested = Nested::default();
    let mut entries: Vec<_> = record.entries().collect();
    // Of two of one name the last counts.
    entries.reverse();
    for (key, value) in entries {
        let key = key.as_str().unwrap_or_default();
        let json = || verbatim(value).into_owned();
        if let Some(member) = named(members, &key).filter(|member| names.contains(&member.name)) {
            nested.put(member.name, json());
        } else if let Some(piece) = pieces::of(members, &key) {
            nested.put(&piece.path(), json());
        }
    }
    let mut whole = nested.members();
    for (name, json) in &mut whole {
        let unfolded = Document::parse(json).ok().zip(named(members, name));
        let unfolded = unfolded.map(|(document, member)| member.unfolded(document.root()).into_owned());
        *json = unfolded.unwrap_or_else(|| std::mem::take(json));
    }
    whole
}

/// Is a key, in whatever case and however its words are joined, the name of one of these or of a piece of it?
pub(super) fn is_member(members: &[ObjectMember], key: Node<'_>) -> bool {
    let key = key.ignoring_case();
    let text = key.as_str().unwrap_or_default();
    members.iter().any(|member| key.is_named(member.name)) || pieces::of(members, &text).is_some()
}
