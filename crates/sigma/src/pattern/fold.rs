//! Plain text in a value, with or without regard to case.

use std::cell::OnceCell;

use memchr::{memchr, memchr2, memmem};

use super::case::Case;

/// A value's text, and its lower case once it was asked for.
pub(crate) struct Text<'v> {
    raw: &'v str,
    is_ascii: OnceCell<bool>,
    lowered: OnceCell<String>,
}

impl<'v> Text<'v> {
    pub(crate) fn new(raw: &'v str) -> Self {
        Self { raw, is_ascii: OnceCell::new(), lowered: OnceCell::new() }
    }

    pub(crate) fn raw(&self) -> &'v str {
        self.raw
    }

    /// What to compare a pattern with, and how its letters.
    pub(crate) fn to_compare(&self, case: Case) -> (&str, Case) {
        match case {
            Case::Kept => (self.raw, Case::Kept),
            Case::Ignored => self.folded(),
        }
    }

    /// What to compare lower-case text with, and whether the case of its ASCII letters is still to be ignored.
    pub(crate) fn folded(&self) -> (&str, Case) {
        if *self.is_ascii.get_or_init(|| self.raw.is_ascii()) {
            (self.raw, Case::Ignored)
        } else {
            (self.lowered.get_or_init(|| self.raw.to_lowercase()), Case::Kept)
        }
    }
}

/// A text to look for; in lower case unless case matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Needle {
    text: Box<str>,
    case: Case,
    /// The byte of `text` that values have least often.
    rare: usize,
}

impl Needle {
    pub(crate) fn new(text: &str, case: Case) -> Self {
        let text: Box<str> = match case {
            Case::Kept => text.into(),
            Case::Ignored => text.to_lowercase().into(),
        };
        let rare = (0..text.len()).min_by_key(|at| frequency(text.as_bytes()[*at])).unwrap_or(0);
        Self { text, case, rare }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_cased(&self) -> bool {
        self.case == Case::Kept
    }

    /// The text to look in, and whether the case of its ASCII letters is to be ignored.
    fn subject<'t>(&self, value: &'t Text<'_>) -> (&'t [u8], Case) {
        let (text, case) = value.to_compare(self.case);
        (text.as_bytes(), case)
    }

    pub(crate) fn is(&self, value: &Text<'_>) -> bool {
        let (subject, case) = self.subject(value);
        subject.len() == self.text.len() && self.same(subject, case)
    }

    pub(crate) fn starts(&self, value: &Text<'_>) -> bool {
        let (subject, case) = self.subject(value);
        subject.get(..self.text.len()).is_some_and(|head| self.same(head, case))
    }

    pub(crate) fn ends(&self, value: &Text<'_>) -> bool {
        let (subject, case) = self.subject(value);
        let from = subject.len().checked_sub(self.text.len());
        from.is_some_and(|from| self.same(&subject[from..], case))
    }

    pub(crate) fn is_in(&self, value: &Text<'_>) -> bool {
        let (subject, case) = self.subject(value);
        let needle = self.text.as_bytes();
        let Some(&rare) = needle.get(self.rare) else { return true };
        if needle.len() > subject.len() {
            return false;
        }
        if case == Case::Kept {
            return memmem::find(subject, needle).is_some();
        }
        let mut from = self.rare;
        let to = subject.len() - (needle.len() - 1 - self.rare);
        let upper = rare.to_ascii_uppercase();
        while from < to {
            let window = &subject[from..to];
            let hit = if upper == rare { memchr(rare, window) } else { memchr2(rare, upper, window) };
            let Some(at) = hit else { return false };
            let start = from + at - self.rare;
            if self.same(&subject[start..start + needle.len()], case) {
                return true;
            }
            from += at + 1;
        }
        false
    }

    /// Are these bytes, as many as the needle has, the needle?
    fn same(&self, subject: &[u8], case: Case) -> bool {
        match case {
            Case::Ignored => subject.eq_ignore_ascii_case(self.text.as_bytes()),
            Case::Kept => subject == self.text.as_bytes(),
        }
    }
}

/// A rough order of how often a byte stands in log values; letters count with their other case.
fn frequency(byte: u8) -> usize {
    const COMMON: &[u8] = b"eaistonrcldmpu.-/g0:h1yb2v3w458f679k_\\ xjzq";
    COMMON.iter().position(|common| *common == byte.to_ascii_lowercase()).map_or(0, |at| COMMON.len() - at)
}
