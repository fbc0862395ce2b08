//! Wildcards in the middle of a text: pieces between `*`s, the first and last held to the ends, the others
//! taken where they come first. Linear in the value for each piece, never exponential.

use super::case::Case;
use super::fold::Text;
use super::token::{DASHES, Token};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Char(char),
    One,
    Dash,
}

impl Unit {
    fn fits(self, c: char) -> bool {
        match self {
            Self::Char(own) => own == c,
            Self::One => true,
            Self::Dash => DASHES.contains(&c),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Glob {
    /// The pieces between `*`s; an empty first or last piece stands for a `*` at that end.
    pieces: Vec<Vec<Unit>>,
    case: Case,
}

impl Glob {
    pub(super) fn new(tokens: &[Token], case: Case) -> Self {
        let mut pieces = vec![Vec::new()];
        for token in tokens {
            let piece = pieces.last_mut();
            match (token, piece) {
                (Token::Many, _) => pieces.push(Vec::new()),
                (Token::One, Some(piece)) => piece.push(Unit::One),
                (Token::Dash, Some(piece)) => piece.push(Unit::Dash),
                (Token::Text(text), Some(piece)) if case == Case::Kept => {
                    piece.extend(text.chars().map(Unit::Char));
                }
                (Token::Text(text), Some(piece)) => piece.extend(text.to_lowercase().chars().map(Unit::Char)),
                (_, None) => {}
            }
        }
        Self { pieces, case }
    }

    pub(crate) fn is_cased(&self) -> bool {
        self.case == Case::Kept
    }

    /// The texts between wildcards, each of which a value must contain.
    pub(crate) fn literals(&self) -> impl Iterator<Item = String> + '_ {
        let runs = self.pieces.iter().flat_map(|piece| piece.split(|unit| !matches!(unit, Unit::Char(_))));
        let char_of = |unit: &Unit| if let Unit::Char(c) = unit { Some(*c) } else { None };
        runs.filter(|run| !run.is_empty()).map(move |run| run.iter().filter_map(char_of).collect())
    }

    /// A text that it matches.
    pub(crate) fn example(&self) -> String {
        let units = self.pieces.iter().flatten();
        units
            .map(|unit| match unit {
                Unit::Char(c) => *c,
                Unit::One => 'x',
                Unit::Dash => DASHES[0],
            })
            .collect()
    }

    /// Is it held to the start of a value, and to its end?
    pub(crate) fn anchored(&self) -> (bool, bool) {
        let is_held = |piece: Option<&Vec<Unit>>| piece.is_some_and(|piece| !piece.is_empty());
        (is_held(self.pieces.first()), is_held(self.pieces.last()))
    }

    pub(super) fn matches(&self, value: &Text<'_>) -> bool {
        let (subject, case) = value.to_compare(self.case);
        let [first, rest @ ..] = &self.pieces[..] else { return false };
        let Some(mut subject) = strip_start(first, subject, case) else { return false };
        let [middle @ .., last] = rest else { return subject.is_empty() };
        for piece in middle {
            let Some(after) = find(piece, subject, case) else { return false };
            subject = after;
        }
        ends(last, subject, case)
    }
}

fn lower(c: char, case: Case) -> char {
    match case {
        Case::Ignored => c.to_ascii_lowercase(),
        Case::Kept => c,
    }
}

/// What follows a piece at the start of a text.
fn strip_start<'s>(piece: &[Unit], subject: &'s str, case: Case) -> Option<&'s str> {
    let mut chars = subject.chars();
    for unit in piece {
        if !unit.fits(lower(chars.next()?, case)) {
            return None;
        }
    }
    Some(chars.as_str())
}

fn ends(piece: &[Unit], subject: &str, case: Case) -> bool {
    let mut chars = subject.chars();
    piece.iter().rev().all(|unit| chars.next_back().is_some_and(|c| unit.fits(lower(c, case))))
}

/// What follows the first place that a piece fits.
fn find<'s>(piece: &[Unit], subject: &'s str, case: Case) -> Option<&'s str> {
    let mut rest = subject;
    loop {
        if let Some(after) = strip_start(piece, rest, case) {
            return Some(after);
        }
        let mut chars = rest.chars();
        chars.next()?;
        rest = chars.as_str();
    }
}
