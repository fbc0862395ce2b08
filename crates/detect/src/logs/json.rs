//! JSON inside JSON, and records put together anew from parts of others.

use std::borrow::Cow;

use trailhound_sigma::json::{Document, Kind, Node, quote};

use super::mend;
use super::printed::printed;
pub(super) use super::printed::quoted;

/// Reads an object, or a string that holds one.
pub(super) fn embedded<T>(node: Node<'_>, read: impl FnOnce(Node<'_>) -> Option<T>) -> Option<T> {
    match node.kind() {
        Kind::Object => read(node),
        Kind::String => {
            let text = folded(node)?;
            let inner = Document::parse(&text).ok()?;
            read(if node.ignores_case() { inner.root().ignoring_case() } else { inner.root() })
        }
        _ => None,
    }
}

/// Begins like an object or an array?
pub(super) fn looks_like_json(text: &str) -> bool {
    matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'['))
}

/// A value as JSON text, unchanged.
pub(crate) fn verbatim(node: Node<'_>) -> Cow<'_, str> {
    match node.kind() {
        Kind::String => Cow::Owned(format!("\"{}\"", node.raw())),
        _ => Cow::Borrowed(node.raw()),
    }
}

/// An object being written: keys of ours, values copied as they stand.
#[derive(Debug)]
pub(super) struct Object(String);

impl Default for Object {
    fn default() -> Self {
        Self("{".to_owned())
    }
}

impl Object {
    /// Adds a value as it is in another document.
    pub(super) fn copy(&mut self, key: &str, node: Node<'_>) {
        self.key(key);
        self.value(node);
    }

    /// Adds a value, if there is one that is not `null`.
    pub(super) fn copy_some(&mut self, key: &str, node: Option<Node<'_>>) {
        if let Some(node) = node.filter(|node| !node.is_null()) {
            self.copy(key, node);
        }
    }

    /// Adds a text.
    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        quote(text, &mut self.0);
    }

    /// Adds a text, if there is one.
    pub(super) fn text_some(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    /// Adds what a string holds, if that is JSON; else the value itself.
    pub(super) fn unfold(&mut self, key: &str, node: Node<'_>) {
        match folded(node) {
            Some(text) => self.json(key, &text),
            None => self.copy(key, node),
        }
    }

    /// Adds JSON as it is.
    pub(super) fn json(&mut self, key: &str, json: &str) {
        self.key(key);
        self.0.push_str(json.trim());
    }

    /// The keys written so far.
    pub(super) fn keys(&self) -> Vec<String> {
        let text = format!("{}}}", self.0);
        let document = Document::parse(&text);
        let keys = document.iter().flat_map(|document| document.root().entries());
        keys.filter_map(|(key, _)| key.as_str().map(Cow::into_owned)).collect()
    }

    /// Adds an object written beforehand.
    pub(super) fn nested(&mut self, key: &str, object: Object) {
        self.key(key);
        self.0.push_str(&object.finish());
    }

    /// The object, closed.
    pub(super) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }

    /// No member yet?
    pub(super) fn is_empty(&self) -> bool {
        self.0.len() == 1
    }

    fn key(&mut self, key: &str) {
        if !self.is_empty() {
            self.0.push(',');
        }
        quote(key, &mut self.0);
        self.0.push(':');
    }

    fn value(&mut self, node: Node<'_>) {
        if node.kind() == Kind::String {
            self.0.push('"');
            self.0.push_str(node.raw());
            self.0.push('"');
        } else {
            self.0.push_str(node.raw());
        }
    }
}

/// The object or array that a string holds, be it nearly JSON alone, as a program prints it, or in a string
/// again.
pub(super) fn folded(node: Node<'_>) -> Option<Cow<'_, str>> {
    held(node.as_str()?, MOST_STRINGS, false)
}

/// The same where one is due, so that lists and pairs without braces are read as programs print them; elsewhere other text
/// looks like those.
pub(super) fn folded_where_due(node: Node<'_>) -> Option<Cow<'_, str>> {
    held(node.as_str()?, MOST_STRINGS, true)
}

/// A string in a string in a string is as much as anybody wrote by mistake.
const MOST_STRINGS: usize = 4;

fn held(text: Cow<'_, str>, strings: usize, is_due: bool) -> Option<Cow<'_, str>> {
    match text.trim_start().as_bytes().first()? {
        b'{' | b'[' if Document::check(&text).is_ok() => Some(text),
        b'{' => mend::text(text.as_bytes()).ok().map(Cow::Owned).or_else(|| printed(&text)),
        b'[' => {
            let mended = mend::text(text.as_bytes()).ok().map(Cow::Owned);
            mended.or_else(|| is_due.then(|| printed(&text))?)
        }
        b'@' | b'm' => printed(&text),
        b'"' if strings > 0 => match Document::parse(&text) {
            Ok(document) => held(Cow::Owned(document.root().as_str()?.into_owned()), strings - 1, is_due),
            Err(_) => is_due.then(|| printed(&text))?,
        },
        _ => None,
    }
}
