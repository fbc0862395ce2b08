//! Untrusted text made safe to look at: what cannot be seen is spelled out as `\u{..}`.
//!
//! A backslash stays as it is, so that paths read well, unless it would begin such a spelling itself; so text that
//! was made visible can never be mistaken for text that came that way. Cuts count characters, never bytes.

use std::borrow::Cow;
use std::fmt::Write;

#[cfg(test)]
pub(super) mod tests;

/// Stands where text was cut.
const ELLIPSIS: char = '…';

/// `text` with control, bidirectional, zero-width, tag and other unseen characters spelled out.
pub fn visible(text: &str) -> Cow<'_, str> {
    if is_seen(text) {
        return Cow::Borrowed(text);
    }
    let mut rest = text.char_indices();
    let Some(at) = rest.find_map(|(at, c)| must_spell(c, &text[at..]).then_some(at)) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..at]);
    for (offset, c) in text[at..].char_indices() {
        if must_spell(c, &text[at + offset..]) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Like [`visible`], and no longer than `most` characters; what was cut ends in `…`.
pub fn visible_within(text: &str, most: usize) -> Cow<'_, str> {
    // Only so much can end up in the result, so that a huge text costs no more than a long one.
    let beyond = || text.char_indices().nth(most.saturating_add(1)).map_or(text, |(at, _)| &text[..at]);
    let head = if text.len() <= most { text } else { beyond() };
    cut(visible(head), most)
}

/// `text` in no more than `most` characters.
pub(super) fn cut(text: Cow<'_, str>, most: usize) -> Cow<'_, str> {
    if text.len() <= most || text.chars().count() <= most {
        return text;
    }
    let mut out: String = text.chars().take(most.saturating_sub(1)).collect();
    // Half of a spelling would read as something that came that way.
    if let Some(at) = out.rfind("\\u{")
        && !out[at..].contains('}')
    {
        out.truncate(at);
    }
    if most > 0 {
        out.push(ELLIPSIS);
    }
    Cow::Owned(out)
}

/// Our own prose in one line: runs of white space become one space.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Nothing but what ASCII shows, and no backslash: as nearly every text is, and looked at without telling characters.
fn is_seen(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\')
}

fn must_spell(c: char, from_here: &str) -> bool {
    if c == '\\' {
        return from_here.starts_with("\\u{");
    }
    c.is_control() || is_unseen(c)
}

/// Format characters that change or hide what stands around them.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
