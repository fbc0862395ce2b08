//! Strings as JSON writes them, there and back.

use std::fmt::Write as _;

/// Resolves the escapes of a string that the parser accepted; a lone surrogate becomes U+FFFD.
///
/// In JSON within JSON a backslash is never far: runs without one are copied by words of a fixed length, and what was copied
/// too much is written over.
pub(super) fn unescape(raw: &str) -> String {
    const STRIDE: usize = 16;
    let bytes = raw.as_bytes();
    // No escape is shorter than what it stands for.
    let mut out = vec![0; bytes.len() + STRIDE];
    let (mut at, mut made) = (0, 0);
    while let Some(run) = bytes.get(at..).and_then(<[u8]>::first_chunk::<STRIDE>) {
        out[made..made + STRIDE].copy_from_slice(run);
        let plain = before_backslash(*run);
        (at, made) = (at + plain, made + plain);
        // Text inside text has several in a row.
        while bytes.get(at) == Some(&b'\\') {
            resolve(bytes, &mut at, &mut out, &mut made);
        }
    }
    while let Some(&byte) = bytes.get(at) {
        if byte == b'\\' {
            resolve(bytes, &mut at, &mut out, &mut made);
        } else {
            out[made] = byte;
            (at, made) = (at + 1, made + 1);
        }
    }
    out.truncate(made);
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// How many of the bytes stand before the first backslash.
fn before_backslash(bytes: [u8; 16]) -> usize {
    const ONES: u128 = u128::MAX / 0xFF;
    let others = u128::from_le_bytes(bytes) ^ (ONES * 0x5C);
    // The high bit of each byte that is zero; above the lowest such byte others may be marked wrongly.
    let backslashes = others.wrapping_sub(ONES) & !others & (ONES << 7);
    backslashes.trailing_zeros() as usize / 8
}

/// Writes what the escape that begins at `at` stands for.
#[inline]
fn resolve(bytes: &[u8], at: &mut usize, out: &mut [u8], made: &mut usize) {
    let escape = bytes[*at + 1];
    *at += 2;
    if escape == b'u' {
        let character = character(bytes, at);
        *made += character.encode_utf8(&mut out[*made..]).len();
        return;
    }
    out[*made] = STANDS_FOR[escape as usize];
    *made += 1;
}

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
