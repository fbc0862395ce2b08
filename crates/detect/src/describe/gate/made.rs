//! A pattern, made when it is first asked for: twice, since what letters, words and spaces are beyond ASCII is most of what
//! there is to make, and texts that are ASCII alone need none of it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use regex::{Regex, bytes};

/// A regular expression that is a constant.
#[derive(Debug)]
pub(super) struct LazyPattern {
    source: Cow<'static, str>,
    any: OnceLock<Regex>,
    ascii: OnceLock<bytes::Regex>,
}

/// The one for a text. Of a text that is ASCII both say the same.
#[derive(Clone, Copy, Debug)]
pub(super) enum MadePattern<'p> {
    Any(&'p Regex),
    Ascii(&'p bytes::Regex),
}

impl LazyPattern {
    pub(super) const fn new(source: Cow<'static, str>) -> Self {
        Self { source, any: OnceLock::new(), ascii: OnceLock::new() }
    }

    /// The one for this text.
    pub(super) fn of(&self, text: &str) -> MadePattern<'_> {
        if text.is_ascii() { MadePattern::Ascii(self.ascii()) } else { MadePattern::Any(self.any()) }
    }

    fn any(&self) -> &Regex {
        let made = || Regex::new(&self.source);
        self.any.get_or_init(|| made().expect("the patterns are constants that a test compiles"))
    }

    fn ascii(&self) -> &bytes::Regex {
        let made = || bytes::RegexBuilder::new(&self.source).unicode(false).build();
        self.ascii.get_or_init(|| made().expect("the patterns are constants that a test compiles"))
    }

    #[cfg(test)]
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// For texts that are ASCII, and for any.
    #[cfg(test)]
    pub(super) fn both(&self) -> [MadePattern<'_>; 2] {
        [MadePattern::Ascii(self.ascii()), MadePattern::Any(self.any())]
    }
}

impl MadePattern<'_> {
    /// The very same?
    #[cfg(test)]
    pub(super) fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Any(one), Self::Any(other)) => std::ptr::eq(one, other),
            (Self::Ascii(one), Self::Ascii(other)) => std::ptr::eq(one, other),
            _ => false,
        }
    }

    pub(super) fn is_match(self, text: &str) -> bool {
        match self {
            Self::Any(pattern) => pattern.is_match(text),
            Self::Ascii(pattern) => pattern.is_match(text.as_bytes()),
        }
    }

    /// Where it first matches.
    pub(super) fn find(self, text: &str) -> Option<Range<usize>> {
        match self {
            Self::Any(pattern) => pattern.find(text).map(|found| found.range()),
            Self::Ascii(pattern) => pattern.find(text.as_bytes()).map(|found| found.range()),
        }
    }

    /// Where it matches.
    pub(super) fn find_all(self, text: &str) -> Vec<Range<usize>> {
        match self {
            Self::Any(pattern) => pattern.find_iter(text).map(|found| found.range()).collect(),
            Self::Ascii(pattern) => pattern.find_iter(text.as_bytes()).map(|found| found.range()).collect(),
        }
    }

    /// What `pick` takes of each match, which is told where a group of a name stands.
    pub(super) fn pick_all(
        self,
        text: &str,
        pick: impl Fn(&dyn Fn(&str) -> Option<Range<usize>>) -> Option<Range<usize>>,
    ) -> Vec<Range<usize>> {
        match self {
            Self::Any(pattern) => {
                let all = pattern.captures_iter(text);
                all.filter_map(|found| pick(&|name| Some(found.name(name)?.range()))).collect()
            }
            Self::Ascii(pattern) => {
                let all = pattern.captures_iter(text.as_bytes());
                all.filter_map(|found| pick(&|name| Some(found.name(name)?.range()))).collect()
            }
        }
    }
}
