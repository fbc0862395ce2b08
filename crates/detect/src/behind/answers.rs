//! Which records may hand out a session, as far as their bytes tell.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use trailhound_sigma::hides_literals;
use trailhound_sigma::json::Node;

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
    /// A stretch that is long enough covers one of every so many bytes.
    const STEP: usize = encoded::HEAD;
    let mut at = STEP - 1;
    while let Some(byte) = bytes.get(at) {
        if !LETTERS[usize::from(*byte)] {
            at += STEP;
            continue;
        }
        let begin = bytes[..at].iter().rposition(|byte| !LETTERS[usize::from(*byte)]).map_or(0, |at| at + 1);
        let length = bytes[at..].iter().position(|byte| !LETTERS[usize::from(*byte)]);
        let end = length.map_or(bytes.len(), |length| at + length);
        if end - begin >= STEP && is_encoded(&bytes[begin..end]) {
            return true;
        }
        at = end + STEP;
    }
    false
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

fn is_encoded(stretch: &[u8]) -> bool {
    let mut text = stretch;
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
