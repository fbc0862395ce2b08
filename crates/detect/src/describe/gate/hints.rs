//! Which patterns a text can hold. Most texts hold none, and each pattern tried costs more than a look at the text: so
//! each has words of which its texts hold one, and all words are looked for at once.
//!
//! The words are read from the patterns themselves, which takes longer than anything else at a first match; so they stand in
//! a file, and a test holds that they are the patterns'.

use std::borrow::Cow;
use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::made::{LazyPattern, MadePattern};

#[cfg(test)]
mod read;
#[cfg(test)]
mod tests;

/// Between the words of a pattern; no word has one.
const BETWEEN: char = '\t';

/// Patterns, each with what it is for.
pub(super) struct Patterns<T> {
    all: Vec<Pattern<T>>,
    words: AhoCorasick,
    /// The patterns that each of `words` is of.
    of: Vec<Few>,
}

/// Some of the patterns, a bit for each.
type Few = u128;

struct Pattern<T> {
    what: T,
    /// For most no text ever comes that may hold it.
    pattern: LazyPattern,
}

impl<T: Copy> Patterns<T> {
    /// With the words of each pattern on a line of its own.
    pub(super) fn new(patterns: impl IntoIterator<Item = (T, String)>, words: &str) -> Self {
        let patterns = patterns.into_iter();
        let all: Vec<_> = patterns
            .map(|(what, source)| Pattern { what, pattern: LazyPattern::new(Cow::Owned(source)) })
            .collect();
        assert!(all.len() <= Few::BITS as usize, "a bit for each pattern");
        let (mut spelled, mut of) = (Vec::new(), Vec::new());
        let mut known: HashMap<&str, usize> = HashMap::new();
        for (at, line) in words.lines().enumerate() {
            for word in line.split(BETWEEN) {
                let word = *known.entry(word).or_insert_with(|| {
                    spelled.push(word);
                    of.push(0);
                    of.len() - 1
                });
                of[word] |= 1 << at;
            }
        }
        let words = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(spelled);
        Self { all, words: words.expect("words of constants, far fewer than an automaton can hold"), of }
    }

    /// Those that a text may hold, in order.
    pub(super) fn of<'p>(&'p self, text: &Plain<'_>) -> impl Iterator<Item = (T, MadePattern<'p>)> {
        let held = self.words.find_overlapping_iter(&text.spelled);
        let may: Few = held.fold(0, |may, word| may | self.of[word.pattern().as_usize()]);
        let all = self.all.iter().enumerate();
        let held = all.filter(move |(at, _)| may & (1 << at) != 0);
        held.map(|(_, one)| (one.what, one.pattern.of(text.text)))
    }

    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &LazyPattern> {
        self.all.iter().map(|one| &one.pattern)
    }
}

/// A text as the words are spelled: in lower case, as regular expressions take letters for the same.
pub(super) struct Plain<'t> {
    text: &'t str,
    pub(super) spelled: String,
}

impl<'t> Plain<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, spelled: spelled(text) }
    }
}

fn spelled(text: &str) -> String {
    // Some letters have an old or narrow form in lower case alone.
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_uppercase().to_lowercase() }
}
