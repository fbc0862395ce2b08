//! JSON read in place: one pass writes a tape of spans, and values are decoded only when asked for.
//!
//! Duplicate keys: the last one counts, as in `serde_json`. Depth is capped. Nothing is copied from the text but
//! strings that hold escapes.

mod asked;
mod closed;
mod heard;
mod names;
mod node;
mod parse;
mod runs;
mod signs;
mod steps;
mod tape;
#[cfg(test)]
mod tests;
mod text;

use std::ops::ControlFlow;

pub use asked::asked;
pub use closed::is_closed;
pub use heard::{AskedNames, first_word};
pub use node::Node;
pub use parse::{JsonError, MAX_DEPTH, plain_run};
pub use tape::Kind;
pub use text::quote;

use names::Names;
use signs::Signs;
use tape::{NoTape, Span};

use crate::value::{Event, Field, Presence, Value};

/// The tape of an earlier document, to be written over.
#[derive(Default, Debug)]
pub struct Scratch(Vec<Span>);

/// A JSON text and its tape.
///
/// ```
/// use trailhound_sigma::json::Document;
///
/// let event = Document::parse(r#"{"user": {"name": "alice"}, "hosts": ["a", "b"]}"#)?;
/// assert_eq!(event.get("user.name").and_then(|name| name.as_str()).as_deref(), Some("alice"));
/// assert_eq!(event.get("hosts").map(|hosts| hosts.members().count()), Some(2));
/// # Ok::<_, trailhound_sigma::json::JsonError>(())
/// ```
#[derive(Debug)]
pub struct Document<'a> {
    text: &'a str,
    spans: Vec<Span>,
    names: Names,
    /// Of the outermost object's names, which everybody asks for.
    signs: Signs,
}

impl<'a> Document<'a> {
    /// Reads one JSON value; only white space may follow it.
    pub fn parse(text: &'a str) -> Result<Self, JsonError> {
        Self::parse_reusing(text, Scratch::default())
    }

    /// Like [`Document::parse`], in memory that an earlier document gave back.
    pub fn parse_reusing(text: &'a str, scratch: Scratch) -> Result<Self, JsonError> {
        let mut spans = scratch.0;
        spans.clear();
        let signs = parse::parse(text, &mut spans)?;
        Ok(Self { text, spans, names: Names::AsWritten, signs })
    }

    /// Why [`Document::parse`] refuses a text; for those who only want to know whether it does.
    pub fn check(text: &str) -> Result<(), JsonError> {
        parse::parse(text, &mut NoTape).map(|_| ())
    }

    /// The same, whose names are found in whatever case they are written.
    #[must_use]
    pub fn ignoring_case(self) -> Self {
        Self { names: Names::InAnyCase, ..self }
    }

    /// Gives the tape's memory back for the next document.
    pub fn into_scratch(self) -> Scratch {
        Scratch(self.spans)
    }

    /// The text this was read from.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The outermost value.
    pub fn root(&self) -> Node<'_> {
        Node::outermost(self.text, &self.spans, self.names, self.signs)
    }

    /// The first value under a dotted path, arrays on the way entered at their first member that has it.
    pub fn get(&self, path: &str) -> Option<Node<'_>> {
        self.root().get(path)
    }
}

impl Event for Document<'_> {
    fn values<'e>(&'e self, field: &Field, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) -> Presence {
        for path in &field.paths {
            let presence = self.root().visit(path, visit);
            if presence != Presence::Absent {
                return presence;
            }
        }
        Presence::Absent
    }

    fn every_value<'e>(&'e self, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) {
        let _ = self.root().visit_leaves(visit);
    }
}
