//! Text as it is read rather than as it is written: full-width letters as plain ones, quotes of any script as quotes, and
//! nothing of what is not seen.

use std::ops::Range;

/// A text and where each of its bytes was.
pub(super) struct Folded {
    pub(super) text: String,
    at: Vec<usize>,
}

impl Folded {
    /// Spans of this text as spans of the one it was folded from.
    pub(super) fn back(&self, spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
        spans.into_iter().map(|span| self.at[span.start]..self.at[span.end]).collect()
    }
}

/// The text folded, where anything in it folds.
pub(super) fn folded(text: &str) -> Option<Folded> {
    if text.is_ascii() || text.chars().all(|one| fold(one) == Some(one)) {
        return None;
    }
    let mut folded =
        Folded { text: String::with_capacity(text.len()), at: Vec::with_capacity(text.len() + 1) };
    for (at, one) in text.char_indices() {
        if let Some(one) = fold(one) {
            folded.text.push(one);
            folded.at.resize(folded.text.len(), at);
        }
    }
    folded.at.push(text.len());
    Some(folded)
}

fn fold(one: char) -> Option<char> {
    match one {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(one) - 0xfee0),
        '\u{3000}' | '\u{a0}' | '\u{2000}'..='\u{200a}' => Some(' '),
        '\u{2018}'..='\u{201b}' => Some('\''),
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => Some('"'),
        // Accents that stand by themselves behind their letter.
        '\u{300}'..='\u{36f}'
        | '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => None,
        one => Some(one),
    }
}
