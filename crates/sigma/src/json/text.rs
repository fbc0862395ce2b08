//! Strings as JSON writes them, there and back.

use std::fmt::Write as _;

use super::runs::{BLOCK, RUN, backslashes, escaped};

/// Resolves the escapes of a string that the parser accepted; a lone surrogate becomes U+FFFD.
///
/// In JSON within JSON a backslash is never far, and nearly always stands before what it stands for: what lies between two
/// of them is copied by words of a fixed length, and what was copied too much is written over.
pub(super) fn unescape(raw: &str) -> String {
    let bytes = raw.as_bytes();
    // No escape is shorter than what it stands for.
    let mut out = Unescaped { bytes: vec![0; bytes.len() + RUN], made: 0 };
    let mut at = 0;
    while let Some(window) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        at += out.block(window);
    }
    while let Some(&byte) = bytes.get(at) {
        if byte == b'\\' {
            out.escape(bytes, &mut at);
        } else {
            out.put(byte);
            at += 1;
        }
    }
    let Unescaped { mut bytes, made } = out;
    bytes.truncate(made);
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// A block and what a run that begins in it, or an escape, may reach behind it.
const WINDOW: usize = BLOCK + RUN;

/// What is made of a string.
struct Unescaped {
    bytes: Vec<u8>,
    made: usize,
}

impl Unescaped {
    /// Takes in the block that the window begins with, outside any escape; says how many bytes that was, since an escape may go
    /// on behind it.
    #[inline]
    fn block(&mut self, window: &[u8; WINDOW]) -> usize {
        let (block, _) = window.split_first_chunk().unwrap_or((&[0; BLOCK], &[]));
        let backslashes = backslashes(block);
        let mut escapes = backslashes & !escaped(backslashes, &mut 0);
        let mut from = 0;
        while escapes != 0 {
            let mut at = escapes.trailing_zeros() as usize;
            self.copy(window, from, at);
            if STANDS_FOR_ITSELF[window[at + 1] as usize] {
                // It begins what is copied next.
                from = at + 1;
                escapes &= escapes - 1;
                continue;
            }
            self.escape(window, &mut at);
            from = at;
            if from >= BLOCK {
                return from;
            }
            escapes &= u64::MAX << from;
        }
        if from < BLOCK {
            self.copy(window, from, BLOCK);
            return BLOCK;
        }
        // The last letter of the block is escaped from behind it, where it may not be taken for a backslash.
        self.put(window[BLOCK]);
        BLOCK + 1
    }

    #[inline]
    fn copy(&mut self, window: &[u8; WINDOW], from: usize, to: usize) {
        let mut at = from;
        while at < to {
            self.bytes[self.made + at - from..][..RUN].copy_from_slice(&window[at..][..RUN]);
            at += RUN;
        }
        self.made += to - from;
    }

    fn put(&mut self, byte: u8) {
        self.bytes[self.made] = byte;
        self.made += 1;
    }

    /// Writes what the escape that begins at `at` stands for.
    #[inline]
    fn escape(&mut self, bytes: &[u8], at: &mut usize) {
        let letter = bytes[*at + 1];
        *at += 2;
        if letter == b'u' {
            let character = character(bytes, at);
            self.made += character.encode_utf8(&mut self.bytes[self.made..]).len();
            return;
        }
        self.put(STANDS_FOR[letter as usize]);
    }
}

/// Does the letter behind a backslash stand for itself?
static STANDS_FOR_ITSELF: [bool; 256] = {
    let mut table = [true; 256];
    let others = b"bfnrtu";
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = false;
        at += 1;
    }
    table
};

/// What the letter behind a backslash stands for; nearly all for themselves.
static STANDS_FOR: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the table has as many places as a byte has values"
        )]
        let itself = byte as u8;
        table[byte] = match itself {
            b'b' => 0x08,
            b'f' => 0x0C,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            _ => itself,
        };
        byte += 1;
    }
    table
};

/// The character whose digits begin at `at`; a pair's second half has an escape of its own.
fn character(bytes: &[u8], at: &mut usize) -> char {
    let high = unit(bytes, *at);
    *at += 4;
    if (0xD800..0xDC00).contains(&high) && bytes[*at..].starts_with(b"\\u") {
        let low = unit(bytes, *at + 2);
        if (0xDC00..0xE000).contains(&low) {
            *at += 6;
            return char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))
                .unwrap_or(char::REPLACEMENT_CHARACTER);
        }
    }
    char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn unit(bytes: &[u8], at: usize) -> u32 {
    let digits = bytes[at..at + 4].iter().filter_map(|digit| char::from(*digit).to_digit(16));
    digits.fold(0, |unit, digit| unit << 4 | digit)
}

/// Appends a text as a JSON string, quotes included.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => _ = write!(out, "\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
}
