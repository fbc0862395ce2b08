//! A text with wildcards, taken to pieces.

/// A piece of a text with wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Plain text; never empty.
    Text(String),
    /// `?`: one character.
    One,
    /// `*`: any text, none included.
    Many,
    /// One of the dashes and the slash that Windows programs take for one another.
    Dash,
}

/// The characters `windash` takes for one another.
pub(crate) const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

/// Reads a value as rules write it.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut plain = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let wildcard = match c {
            '\\' => {
                plain.push(chars.next_if(|next| matches!(next, '*' | '?' | '\\')).unwrap_or('\\'));
                continue;
            }
            '*' => Token::Many,
            '?' => Token::One,
            c => {
                plain.push(c);
                continue;
            }
        };
        if !plain.is_empty() {
            tokens.push(Token::Text(std::mem::take(&mut plain)));
        }
        tokens.push(wildcard);
    }
    if !plain.is_empty() {
        tokens.push(Token::Text(plain));
    }
    tokens
}

/// The text of a value without wildcards.
pub(crate) fn plain(tokens: &[Token]) -> Option<&str> {
    match tokens {
        [] => Some(""),
        [Token::Text(text)] => Some(text),
        _ => None,
    }
}

/// Lets every dash and slash stand for all of them.
pub(crate) fn windash(tokens: &[Token]) -> Vec<Token> {
    let mut out = Vec::new();
    for token in tokens {
        let Token::Text(text) = token else {
            out.push(token.clone());
            continue;
        };
        for piece in text.split_inclusive(DASHES) {
            let (before, dash) = match piece.strip_suffix(DASHES) {
                Some(before) => (before, true),
                None => (piece, false),
            };
            if !before.is_empty() {
                out.push(Token::Text(before.to_owned()));
            }
            if dash {
                out.push(Token::Dash);
            }
        }
    }
    out
}
