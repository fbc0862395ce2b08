//! Which records may hand out a session, as far as their bytes tell.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use trailhound_sigma::hides_literals;
use trailhound_sigma::json::Node;
use wide::u8x16;

use crate::decode::{Family, Record, encoded};
use crate::event::{Form, LogType, Wanted};
use crate::logs;

/// Stands in every record of CloudTrail's that hands out a session.
static ANSWER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("redentials"));

/// Of words that stand in every record that hands out a session, whoever carries or spells it, all but the first letter:
/// CloudTrail's `credentials`, and `uniqueTokenIdentifier` of a sign-in, as names are written in small letters, in great
/// ones, or with a great one first.
static WORDS: LazyLock<[Finder<'static>; 4]> =
    LazyLock::new(|| ["redentials", "REDENTIALS", "dentifier", "DENTIFIER"].map(Finder::new));

/// Records that may hand something out.
pub(super) struct Answers;

impl Wanted for Answers {
    fn by_bytes(&self, record: &Record<'_>) -> bool {
        match record.family {
            Family::CloudTrail => {
                ANSWER.find(record.bytes).is_some()
                    || ((record.has_escape || record.has_non_ascii) && hides_literals(record.bytes))
            }
            Family::Any => may_hold(record.bytes),
        }
    }

    fn by_members(&self, log: LogType, _: Form, _: Node<'_>) -> bool {
        logs::hands_out(log)
    }
}

/// Could a record inside, however deep, hand out a session?
fn may_hold(bytes: &[u8]) -> bool {
    WORDS.iter().any(|word| word.find(bytes).is_some()) || hides_letters(bytes) || holds_encoded(bytes)
}

/// A letter by its number, behind as many backslashes as strings stand around it.
fn hides_letters(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, br"\u").any(|at| {
        let digits = bytes.get(at + 2..at + 6);
        digits.is_none_or(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// A stretch of base64's letters that begins as what can be read does.
fn holds_encoded(bytes: &[u8]) -> bool {
    /// A stretch that is long enough begins in a window of so many bytes and has what is looked at of it in the window's rest.
    const STEP: usize = 64 - encoded::HEAD;
    let mut at = 0;
    while at < bytes.len() {
        let window = &bytes[at..bytes.len().min(at + 64)];
        let letters = letters(window);
        let mut runs = letters;
        for length in [1, 2, 4, 8] {
            runs &= runs >> length;
        }
        let is_behind_letter = at > 0 && LETTERS[usize::from(bytes[at - 1])];
        let mut begins = runs & !(letters << 1 | u64::from(is_behind_letter)) & ((1 << STEP) - 1);
        while begins != 0 {
            let stretch = &bytes[at + begins.trailing_zeros() as usize..];
            let may_be = stretch[0] == b'\\' || encoded::may_begin(stretch[0]);
            if may_be && is_encoded(stretch) {
                return true;
            }
            begins &= begins - 1;
        }
        at += STEP;
    }
    false
}

/// A bit for each of as many as sixty-four bytes that is one of the letters.
fn letters(window: &[u8]) -> u64 {
    let mut padded = [b' '; 64];
    let window = window.first_chunk().unwrap_or_else(|| {
        padded[..window.len()].copy_from_slice(window);
        &padded
    });
    let mut letters = 0;
    for (at, run) in window.as_chunks::<16>().0.iter().enumerate() {
        let run = u8x16::from(*run);
        let is = |byte: u8| run.simd_eq(u8x16::splat(byte));
        let within = |run: u8x16, first: u8, last: u8| {
            let behind = run - u8x16::splat(first);
            behind.min(u8x16::splat(last - first)).simd_eq(behind)
        };
        let small = run | u8x16::splat(b'a' ^ b'A');
        let found = within(small, b'a', b'z') | within(run, b'/', b'9') | is(b'+') | is(b'-') | is(b'_');
        letters |= u64::from((found | is(b'\\')).to_bitmask()) << (16 * at);
    }
    letters
}

/// The letters of base64's two alphabets, and the backslash that may stand before some of them, or be a line's end.
const LETTERS: [bool; 256] = {
    const ALL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_\\";
    let mut letters = [false; 256];
    let mut at = 0;
    while at < ALL.len() {
        letters[ALL[at] as usize] = true;
        at += 1;
    }
    letters
};

/// Does the stretch that these bytes begin with begin as what is encoded does?
fn is_encoded(bytes: &[u8]) -> bool {
    let length = bytes.iter().position(|byte| !LETTERS[usize::from(*byte)]);
    let mut text = &bytes[..length.unwrap_or(bytes.len())];
    while let [b'\\', rest @ ..] = text {
        // Behind a line's end or a tab.
        text = rest;
        if let [b't' | b'r' | b'n' | b'f', rest @ ..] = text {
            text = rest;
        }
    }
    let mut head = [0; encoded::HEAD];
    let letters = text.iter().filter(|byte| **byte != b'\\');
    let count = head.iter_mut().zip(letters).map(|(place, letter)| *place = *letter).count();
    count == head.len() && encoded::begins(&head)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As looking at one stretch after the other says.
        #[test]
        fn encoded_stretches_are_found_wherever_they_stand(
            parts in prop::collection::vec(
                r#"[ ":,]{1,3}|[a-zA-Z0-9+/_-]{1,20}|\\|\\n|eyJhIjogMSwgImIiOiAyfQ|H4sIAAAAAAAAA6tWyk5VsgIA|é|\{"#, 0..24,
            ),
        ) {
            let text = parts.concat();
            let due = text
                .as_bytes()
                .split(|byte| !LETTERS[usize::from(*byte)])
                .any(|stretch| stretch.len() >= encoded::HEAD && is_encoded(stretch));
            prop_assert_eq!(holds_encoded(text.as_bytes()), due, "{}", text);
        }
    }

    #[test]
    fn letters_are_those_of_the_table() {
        for byte in 0..=u8::MAX {
            assert_eq!(letters(&[byte]) == 1, LETTERS[usize::from(byte)], "{byte}");
        }
    }
}
