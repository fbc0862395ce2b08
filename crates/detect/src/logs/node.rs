//! Small readings of a record: owned texts, lists, addresses.
//!
//! What says nothing is not there: no value, an empty one, and the `-` that Windows and tables write for it.

use std::borrow::Cow;

use trailhound_sigma::json::{Document, Kind, Node};

pub(super) use super::address::ip;

/// Something with values under dotted paths.
pub(super) trait Texts<'d> {
    /// The value under a dotted path.
    fn at(&self, path: &str) -> Option<Node<'d>>;

    /// The text of a string, number or boolean there, unless it says nothing.
    fn string(&self, path: &str) -> Option<String> {
        text_of(self.at(path)?)
    }

    /// The first of several paths that has a text.
    fn first(&self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| self.string(path))
    }

    /// The texts of a list there, or of a single value.
    fn list(&self, path: &str) -> Vec<String> {
        self.at(path).map(texts_of).unwrap_or_default()
    }
}

impl<'d> Texts<'d> for &'d Document<'_> {
    fn at(&self, path: &str) -> Option<Node<'d>> {
        Document::get(self, path)
    }
}

impl<'d> Texts<'d> for Node<'d> {
    fn at(&self, path: &str) -> Option<Node<'d>> {
        self.get(path)
    }
}

/// The text of a string, number or boolean, unless it says nothing.
pub(super) fn text_of(node: Node<'_>) -> Option<String> {
    let text = node.scalar()?;
    let text = text.trim();
    (!matches!(text, "" | "-")).then(|| text.to_owned())
}

/// The texts of a list, or of a single value.
pub(super) fn texts_of(node: Node<'_>) -> Vec<String> {
    if node.kind() == Kind::Array {
        node.members().filter_map(text_of).collect()
    } else {
        text_of(node).into_iter().collect()
    }
}

/// The text of a string, or of the `value` inside `{value, localizedValue}`.
pub(super) fn word(node: Node<'_>) -> Option<Cow<'_, str>> {
    match node.kind() {
        Kind::String => node.as_str(),
        Kind::Object => node.key("value")?.as_str(),
        _ => None,
    }
}
