//! What a record says at least. Carriers repeat a word or two of what they carry, such as its category: that alone makes
//! no record of a log.

use trailhound_sigma::json::Node;

use super::json::embedded;
use super::node::text_of;

/// What a log's records in canonical form are not without.
pub(crate) struct Least {
    /// Is it there?
    pub(crate) is_there: fn(Node<'_>) -> bool,
    /// Its name, for who gets a record without it.
    pub(crate) words: &'static str,
}

impl Least {
    /// A log that is known by what only its own records have.
    pub(super) const NOTHING: Self = Self { is_there: |_| true, words: "" };
}

/// Does one of these members say something?
pub(super) fn says_any(record: Node<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| record.get(name).and_then(text_of).is_some())
}

/// The same below `properties`, be that an object, in pieces, or folded to text.
pub(super) fn properties_say(record: Node<'_>, names: &[&str]) -> bool {
    let in_pieces = |name: &&str| record.get(&format!("properties.{name}")).and_then(text_of).is_some();
    let inside = |properties| embedded(properties, |inner| says_any(inner, names).then_some(()));
    names.iter().any(in_pieces) || record.key("properties").and_then(inside).is_some()
}
