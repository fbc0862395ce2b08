//! Texts that patterns match, and how several go into one value.

use super::choice::Choice;
use super::piece::Piece;
use super::regex;
use crate::matcher::Matcher;
use crate::pattern::{Pattern, Token, tokens};

/// A piece that a matcher finds; nothing where any text will do.
pub(super) fn pieces(matcher: &Matcher, written: &str, choice: &mut Choice) -> Option<Piece> {
    match matcher {
        Matcher::Text(pattern) => of_pattern(pattern, written),
        Matcher::AnyText(patterns) => choice.of(patterns).and_then(|pattern| of_pattern(pattern, written)),
        Matcher::Regex(regex) => Some(regex::piece(&regex.hir()?, choice)),
        _ => None,
    }
}

fn of_pattern(pattern: &Pattern, written: &str) -> Option<Piece> {
    let piece = |text: &str, at_start, at_end| Piece { text: respelt(text, written), at_start, at_end };
    Some(match pattern {
        Pattern::Anything => return None,
        Pattern::Exact(needle) => piece(needle.text(), true, true),
        Pattern::Prefix(needle) => piece(needle.text(), true, false),
        Pattern::Suffix(needle) => piece(needle.text(), false, true),
        Pattern::Contains(needle) => piece(needle.text(), false, false),
        Pattern::Glob(glob) => {
            let (at_start, at_end) = glob.anchored();
            piece(&glob.example(), at_start, at_end)
        }
    })
}

/// The text in the case in which the rule writes it, if it is the text that is written there.
pub(super) fn respelt(text: &str, written: &str) -> String {
    let spelt: String = tokens(written)
        .into_iter()
        .map(|token| match token {
            Token::Text(text) => text,
            Token::One => "x".to_owned(),
            Token::Many | Token::Dash => String::new(),
        })
        .collect();
    if spelt.to_lowercase() == text.to_lowercase() { spelt } else { text.to_owned() }
}

/// One value that has them all, if there is one.
pub(super) fn joined(pieces: &[Piece]) -> String {
    if let Some(whole) = pieces.iter().find(|piece| piece.at_start && piece.at_end) {
        return whole.text.clone();
    }
    let longest = |is: fn(&&Piece) -> bool| {
        let found = pieces.iter().filter(is).max_by_key(|piece| piece.text.len());
        found.map_or("", |piece| piece.text.as_str())
    };
    let (head, tail) = (longest(|piece| piece.at_start), longest(|piece| piece.at_end));
    let has = |value: &str, text: &str| value.to_lowercase().contains(&text.to_lowercase());
    let mut value = head.to_owned();
    for piece in pieces.iter().filter(|piece| !piece.at_start && !piece.at_end) {
        if !has(&value, &piece.text) && !has(tail, &piece.text) {
            let is_apart = value.is_empty() || value.ends_with(' ') || piece.text.starts_with(' ');
            value += if is_apart { "" } else { " " };
            value += &piece.text;
        }
    }
    let (low, tail_low) = (value.to_lowercase(), tail.to_lowercase());
    if low.ends_with(&tail_low) {
        value
    } else if tail_low.starts_with(&low) {
        tail.to_owned()
    } else {
        value + tail
    }
}
