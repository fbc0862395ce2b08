//! What a record says at least. Carriers repeat a word or two of what they carry, such as its category: that alone makes
//! no record of a log.

use trailhound_sigma::json::{Document, Kind, Node};

use super::json::embedded;
use super::node::text_of;
use super::printed::printed;

/// What a log's records in canonical form are not without.
pub(crate) struct Least {
    /// Is it there?
    pub(crate) is_there: fn(Node<'_>) -> bool,
    /// Is it plain, before a record in another form is rewritten, that it will be there?
    pub(crate) is_sure: fn(Node<'_>) -> bool,
    /// Its name, for who gets a record without it.
    pub(crate) words: &'static str,
}

impl Least {
    /// A log that is known by what only its own records have.
    pub(super) const NOTHING: Self = Self { is_there: |_| true, is_sure: |_| true, words: "" };
}

/// Does one of these members say something?
pub(super) fn says_any(record: Node<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| record.key(name).and_then(text_of).is_some())
}

/// The same below `properties`, whatever the case of their names, be that an object or folded to text; only where it is
/// not there itself may it have come in pieces.
pub(super) fn properties_say(record: Node<'_>, names: &[&str]) -> bool {
    member_says(record, "properties", names)
}

/// The same below another member.
pub(super) fn member_says(record: Node<'_>, member: &str, names: &[&str]) -> bool {
    let says = |inner: Node<'_>| says_any(inner, names) || says_any(inner.ignoring_case(), names);
    let Some(given) = record.key(member).filter(|node| says_something(*node)) else {
        let record = record.ignoring_case();
        let in_pieces = |name: &&str| {
            let joined = |by: char| record.key(&format!("{member}{by}{name}"));
            record.get(&format!("{member}.{name}")).or_else(|| ['_', '/', ':'].into_iter().find_map(joined))
        };
        return names.iter().any(|name| in_pieces(name).and_then(text_of).is_some());
    };
    let of_printed = || {
        let text = printed(&given.as_str()?)?;
        Document::parse(&text).ok().map(|document| says(document.root()))
    };
    // A store that allows several has one in a list.
    let given = given.members().next().filter(|_| given.kind() == Kind::Array).unwrap_or(given);
    embedded(given, |inner| Some(says(inner))).or_else(of_printed).unwrap_or(false)
}

fn says_something(node: Node<'_>) -> bool {
    node.scalar().is_none_or(|_| text_of(node).is_some()) && !node.is_null()
}
