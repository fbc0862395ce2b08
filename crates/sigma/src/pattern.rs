//! Texts with wildcards, and how they are compared with an event's values.
//!
//! `*` stands for any text, `?` for one character; a backslash makes them plain. Letters are compared in lower
//! case as Unicode has it unless a rule says `cased`: KELVIN SIGN is a `k`, LONG S is no `s`. ASCII values, the
//! rule, are compared without a copy.

mod case;
mod fold;
mod glob;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use case::Case;
pub(crate) use fold::{Needle, Text};
pub(crate) use token::{DASHES, Token, plain, tokens, windash};

use glob::Glob;

/// Where in a value a text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// It is the whole value.
    Whole,
    /// `contains`
    Anywhere,
    /// `startswith`
    Start,
    /// `endswith`
    End,
}

/// A text to compare values with, ready to be used.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    /// Any text at all.
    Anything,
    Exact(Needle),
    Prefix(Needle),
    Suffix(Needle),
    Contains(Needle),
    Glob(Box<Glob>),
}

impl Pattern {
    pub(crate) fn new(tokens: &[Token], anchor: Anchor, case: Case) -> Self {
        let mut all = Vec::with_capacity(tokens.len() + 2);
        if matches!(anchor, Anchor::Anywhere | Anchor::End) {
            all.push(Token::Many);
        }
        all.extend_from_slice(tokens);
        if matches!(anchor, Anchor::Anywhere | Anchor::Start) {
            all.push(Token::Many);
        }
        all.dedup_by(|a, b| *a == Token::Many && *b == Token::Many);
        let needle = |text: &str| Needle::new(text, case);
        match &all[..] {
            [] => Self::Exact(needle("")),
            [Token::Many] => Self::Anything,
            [Token::Text(text)] => Self::Exact(needle(text)),
            [Token::Text(text), Token::Many] => Self::Prefix(needle(text)),
            [Token::Many, Token::Text(text)] => Self::Suffix(needle(text)),
            [Token::Many, Token::Text(text), Token::Many] => Self::Contains(needle(text)),
            _ => Self::Glob(Box::new(Glob::new(&all, case))),
        }
    }

    /// A whole text that is in lower case already.
    pub(crate) fn exact_lowered(text: &str) -> Self {
        Self::Exact(Needle::new(text, Case::Ignored))
    }

    pub(crate) fn matches(&self, value: &Text<'_>) -> bool {
        match self {
            Self::Anything => true,
            Self::Exact(needle) => needle.is(value),
            Self::Prefix(needle) => needle.starts(value),
            Self::Suffix(needle) => needle.ends(value),
            Self::Contains(needle) => needle.is_in(value),
            Self::Glob(glob) => glob.matches(value),
        }
    }
}
