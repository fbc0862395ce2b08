//! Single words that no person speaks: what stands in a comment or an error among words and changes between letters and
//! digits as passwords do.

use std::borrow::Cow;
use std::ops::Range;

use super::made::LazyPattern;

/// Words of prose that look like secrets: all too random to be names, and where something in the text speaks of
/// secrets, those with a digit inside as well.
pub(super) fn words(text: &str, triggered: bool) -> impl Iterator<Item = Range<usize>> + '_ {
    text.split_whitespace().flat_map(move |chunk| {
        // An address is made of names.
        let triggered = triggered && !chunk.contains("://");
        chunk.split(is_end).filter_map(move |word| {
            let word = word.trim_matches(is_edge);
            let start = word.as_ptr().addr() - text.as_ptr().addr();
            (is_random(word) || triggered && is_made_up(word)).then_some(start..start + word.len())
        })
    })
}

/// What ends a word. Paths, addresses and names in parts are looked at part by part.
fn is_end(one: char) -> bool {
    matches!(
        one,
        '"' | '\''
            | '`'
            | '='
            | ':'
            | ','
            | ';'
            | '/'
            | '\\'
            | '|'
            | '<'
            | '>'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
    )
}

fn is_edge(one: char) -> bool {
    matches!(one, '.' | '?' | '-' | '_')
}

struct Kinds {
    letters: Vec<u8>,
    marks: usize,
    /// A digit with something other than digits behind it.
    inner_digit: bool,
}

fn kinds(word: &str) -> Kinds {
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let all: Vec<u8> = word.bytes().map(kind).collect();
    let inner_digit = all.windows(2).any(|two| two[0] == 2 && two[1] != 2);
    let letters: Vec<u8> = all.into_iter().filter(|kind| *kind != 3).collect();
    Kinds { marks: word.len() - letters.len(), letters, inner_digit }
}

impl Kinds {
    fn has_all(&self) -> bool {
        (0..3).all(|kind| self.letters.contains(&kind))
    }

    fn changes(&self) -> usize {
        self.letters.windows(2).filter(|two| two[0] != two[1]).count()
    }
}

/// Ten characters or more that change their kind at nearly every second one. What names are made of in parts, and what
/// is longer, is judged elsewhere.
fn is_random(word: &str) -> bool {
    if !(10..32).contains(&word.len()) || word.contains(['-', '_', '.', '@', '#', '+', '*']) {
        return false;
    }
    let kinds = kinds(word);
    kinds.has_all() && kinds.inner_digit && kinds.changes() * 2 >= word.len()
}

/// Eight characters or more of all kinds with a digit inside, as people make passwords up.
fn is_made_up(word: &str) -> bool {
    if !(8..32).contains(&word.len()) || word.contains(['-', '_', '.', '#', '*']) {
        return false;
    }
    let kinds = kinds(word);
    kinds.has_all() && kinds.inner_digit && (kinds.marks > 0 || kinds.changes() >= 4)
}

/// Does a word mix letters with digits or marks, as what stands behind "password" does when it is one? Ids, addresses,
/// dates, versions, tickets and paths do not count.
pub(super) fn mixes(word: &str) -> bool {
    static ORDINARY: LazyPattern = LazyPattern::new(Cow::Borrowed(concat!(
        r"^(?:[A-Za-z]{1,12}-[0-9a-f]{8,}|[A-Z]{2,}[-_#]?[0-9]+|[vV]?[0-9]+(?:[.:-][0-9TZ+]+)+Z?",
        r"|[^@]+@[\w-]+\.[\w.-]+|.*/.*|[\w-]+(?:\.[\w-]+){2,}|[0-9]+[a-z]{1,4}|AADSTS[0-9]+)$",
    )));
    // What is joined to it says nothing of it; a path begins with nothing.
    let word = word.split('/').next().unwrap_or_default();
    let has = |wanted: fn(&u8) -> bool| word.bytes().any(|byte| wanted(&byte));
    let bare = word.trim_end_matches(['.', '?', '!']);
    has(u8::is_ascii_alphabetic)
        && (has(u8::is_ascii_digit) || word.contains(['!', '$', '%', '^', '&', '*', '+', '~']))
        && !ORDINARY.of(bare).is_match(bare)
}
