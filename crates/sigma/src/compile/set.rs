//! Many whole texts compared at once, without regard to case and without a copy of the value.

use crate::pattern::{Case, Text};

/// Lower-case texts, ordered by length and content.
#[derive(Clone, Debug, Default)]
pub(super) struct ExactSet {
    /// Each with its text as the rule writes it.
    texts: Vec<(Box<str>, String)>,
}

impl ExactSet {
    /// Of texts in lower case, each with its text as written.
    pub(super) fn new(mut texts: Vec<(Box<str>, String)>) -> Self {
        texts.sort_by(|(a, _), (b, _)| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        texts.dedup_by(|(a, _), (b, _)| a == b);
        Self { texts }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The texts in lower case, each with its text as written.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(text, written)| (&**text, written.as_str()))
    }

    /// The texts in lower case.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|(text, _)| &**text)
    }

    /// The texts as written.
    pub(super) fn written(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|(_, written)| written.as_str())
    }

    /// The text as written that a value is.
    pub(super) fn find(&self, value: &Text<'_>) -> Option<&str> {
        let (subject, case) = value.folded();
        let at = self.texts.binary_search_by(|(text, _)| {
            let by_length = text.len().cmp(&subject.len());
            by_length.then_with(|| match case {
                Case::Ignored => text.bytes().cmp(subject.bytes().map(|byte| byte.to_ascii_lowercase())),
                Case::Kept => (**text).cmp(subject),
            })
        });
        at.ok().map(|at| self.texts[at].1.as_str())
    }
}
