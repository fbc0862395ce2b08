//! Small readings of a record: owned texts, lists, addresses.
//!
//! What says nothing is not there: no value, an empty one, and the `-` that Windows and tables write for it.

use std::borrow::Cow;
use std::ops::ControlFlow;

use trailhound_sigma::Value;
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

    /// Every value under a dotted path, lists on the way entered at each of their members.
    fn each(&self, path: &str, visit: &mut dyn FnMut(Value<'d>));

    /// The texts of all values there.
    fn list(&self, path: &str) -> Vec<String> {
        let mut texts = Vec::new();
        self.each(path, &mut |value| {
            if let Value::Bool(_) | Value::Number(_) | Value::String(_) = value {
                texts.extend(value.text().and_then(|text| said(&text)));
            }
        });
        texts
    }
}

impl<'d> Texts<'d> for &'d Document<'_> {
    fn at(&self, path: &str) -> Option<Node<'d>> {
        Document::get(self, path)
    }

    fn each(&self, path: &str, visit: &mut dyn FnMut(Value<'d>)) {
        self.root().each(path, visit);
    }
}

impl<'d> Texts<'d> for Node<'d> {
    fn at(&self, path: &str) -> Option<Node<'d>> {
        self.get(path)
    }

    fn each(&self, path: &str, visit: &mut dyn FnMut(Value<'d>)) {
        self.visit(path, &mut |value| {
            visit(value);
            ControlFlow::Continue(())
        });
    }
}

/// The text of a string, number or boolean, unless it says nothing.
pub(super) fn text_of(node: Node<'_>) -> Option<String> {
    said(&node.scalar()?)
}

fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (!matches!(text, "" | "-") && !is_type(text)).then(|| text.to_owned())
}

/// The name of a type, which PowerShell and Graph's libraries print for an object or a list that they do not print.
fn is_type(text: &str) -> bool {
    let is_system = text.starts_with("System.") && (text.ends_with("[]") || text.contains("Collections."));
    let begins = |head: &str| text.get(..head.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(head));
    is_system || ["microsoft.graph.", "#microsoft.graph."].iter().any(|head| begins(head))
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
