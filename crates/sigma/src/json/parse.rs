//! Text to tape, without recursion.

use super::runs::{BLOCK, Marks, RUN, ends_of_run, escaped};
use super::signs::Signs;
use super::tape::{Kind, Tape};

/// How deep objects and arrays may nest.
pub const MAX_DEPTH: usize = 128;

/// Why a text is no JSON, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// A byte that cannot stand where it does.
    #[error("unexpected byte at offset {0}")]
    Unexpected(usize),
    /// The text ends inside a value.
    #[error("the JSON ends too early")]
    Truncated,
    /// More than [`MAX_DEPTH`] objects and arrays inside each other.
    #[error("nested deeper than {MAX_DEPTH} levels at offset {0}")]
    TooDeep(usize),
    /// Longer than spans can say.
    #[error("longer than 4 GiB")]
    TooLong,
    /// A value ends and something other than white space follows.
    #[error("something follows the JSON value at offset {0}")]
    Trailing(usize),
}

/// What may come next.
enum Expect {
    Value,
    /// A value, or the end of an array that has no member yet.
    FirstMember,
    Key,
    /// A key, or the end of an object that has no entry yet.
    FirstKey,
    /// A comma or the end of the container.
    After,
}

/// Reads the text onto a tape, and gives back the signs of the outermost object's names.
#[allow(clippy::too_many_lines, reason = "one state machine reads best in one piece")]
pub(super) fn parse(text: &str, tape: &mut impl Tape) -> Result<Signs, JsonError> {
    let mut signs = Signs::NONE;
    let bytes = text.as_bytes();
    if u32::try_from(bytes.len()).is_err() {
        return Err(JsonError::TooLong);
    }
    let mut open = [(0, false); MAX_DEPTH];
    let mut depth = 0;
    let mut at = 0;
    let mut expect = Expect::Value;
    loop {
        while at < bytes.len() && matches!(bytes[at], b' ' | b'\n' | b'\r' | b'\t') {
            at += 1;
        }
        let Some(&byte) = bytes.get(at) else { return Err(JsonError::Truncated) };
        match expect {
            Expect::FirstMember if byte == b']' => {
                expect = Expect::After;
                continue;
            }
            Expect::FirstKey if byte == b'}' => {
                expect = Expect::After;
                continue;
            }
            Expect::Value | Expect::FirstMember => match byte {
                b'{' | b'[' => {
                    if depth == MAX_DEPTH {
                        return Err(JsonError::TooDeep(at));
                    }
                    let is_object = byte == b'{';
                    let kind = if is_object { Kind::Object } else { Kind::Array };
                    open[depth] = (tape.open(at, kind), is_object);
                    depth += 1;
                    at += 1;
                    expect = if is_object { Expect::FirstKey } else { Expect::FirstMember };
                    continue;
                }
                b'"' => at = string(bytes, at, tape)?.end + 1,
                b'-' | b'0'..=b'9' => at = number(bytes, at, tape)?,
                b't' => at = literal(bytes, at, b"true", Kind::True, tape)?,
                b'f' => at = literal(bytes, at, b"false", Kind::False, tape)?,
                b'n' => at = literal(bytes, at, b"null", Kind::Null, tape)?,
                _ => return Err(JsonError::Unexpected(at)),
            },
            Expect::Key | Expect::FirstKey => {
                if byte != b'"' {
                    return Err(JsonError::Unexpected(at));
                }
                let key = string(bytes, at, tape)?;
                if depth == 1 {
                    signs = signs.and((!key.escaped).then(|| &text[at + 1..key.end]));
                }
                at = key.end + 1;
                while at < bytes.len() && matches!(bytes[at], b' ' | b'\n' | b'\r' | b'\t') {
                    at += 1;
                }
                match bytes.get(at) {
                    Some(b':') => at += 1,
                    Some(_) => return Err(JsonError::Unexpected(at)),
                    None => return Err(JsonError::Truncated),
                }
                expect = Expect::Value;
                continue;
            }
            Expect::After => {
                let (container, is_object) = open[depth - 1];
                match byte {
                    b',' => {
                        at += 1;
                        expect = if is_object { Expect::Key } else { Expect::Value };
                        continue;
                    }
                    b'}' if is_object => {}
                    b']' if !is_object => {}
                    _ => return Err(JsonError::Unexpected(at)),
                }
                at += 1;
                tape.close(container, at);
                depth -= 1;
            }
        }
        if depth == 0 {
            break;
        }
        expect = Expect::After;
    }
    match bytes[at..].iter().position(|b| !matches!(b, b' ' | b'\n' | b'\r' | b'\t')) {
        Some(offset) => Err(JsonError::Trailing(at + offset)),
        None => Ok(signs),
    }
}

/// A string that was read.
struct Ended {
    /// Where its last quote stands.
    end: usize,
    escaped: bool,
}

fn string(bytes: &[u8], quote: usize, tape: &mut impl Tape) -> Result<Ended, JsonError> {
    let start = quote + 1;
    let mut at = start;
    // Names and most values end soon, and have no escape.
    while let Some(run) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let ends = ends_of_run(*run);
        if ends == 0 {
            at += RUN;
            continue;
        }
        let end = at + ends.trailing_zeros() as usize;
        return match bytes[end] {
            b'"' => Ok(ended(start, end, false, tape)),
            b'\\' => with_escapes(bytes, start, end, tape),
            _ => Err(JsonError::Unexpected(end)),
        };
    }
    byte_by_byte(bytes, start, at, false, tape)
}

fn ended(start: usize, end: usize, escaped: bool, tape: &mut impl Tape) -> Ended {
    tape.value(start, end, Kind::String, escaped);
    Ended { end, escaped }
}

/// Goes on at the first escape of a string, which has more of them where it holds JSON.
fn with_escapes(bytes: &[u8], start: usize, first: usize, tape: &mut impl Tape) -> Result<Ended, JsonError> {
    let (mut at, mut escaping) = (first, 0);
    while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let marks = Marks::of(block);
        let escaped = escaped(marks.backslashes, &mut escaping);
        let ends = marks.quotes & !escaped;
        // Below the lowest bit, or all where there is none.
        let inside = (ends & ends.wrapping_neg()).wrapping_sub(1);
        let letters = escaped & !(marks.quotes | marks.backslashes);
        if (marks.controls | letters) & inside != 0
            && !are_escapes(bytes, at, letters & inside, marks.controls & inside)
        {
            // Which says what is wrong, and where.
            return byte_by_byte(bytes, start, start, false, tape);
        }
        if ends != 0 {
            return Ok(ended(start, at + ends.trailing_zeros() as usize, true, tape));
        }
        at += BLOCK;
    }
    byte_by_byte(bytes, start, at.saturating_sub(usize::from(escaping != 0)), true, tape)
}

/// May these bytes, counted from `at`, stand behind a backslash?
fn are_escapes(bytes: &[u8], at: usize, mut letters: u64, controls: u64) -> bool {
    while letters != 0 {
        let backslash = at + letters.trailing_zeros() as usize - 1;
        if escape(bytes, backslash).is_err() {
            return false;
        }
        letters &= letters - 1;
    }
    controls == 0
}

/// The rest of a string.
fn byte_by_byte(
    bytes: &[u8],
    start: usize,
    mut at: usize,
    mut escaped: bool,
    tape: &mut impl Tape,
) -> Result<Ended, JsonError> {
    loop {
        match bytes.get(at) {
            None => return Err(JsonError::Truncated),
            Some(b'"') => return Ok(ended(start, at, escaped, tape)),
            Some(byte) if ENDS_RUN[*byte as usize] => {
                escaped = true;
                at += escape(bytes, at)?;
            }
            Some(_) => at += 1,
        }
    }
}

/// How long the escape there is; what else ends a run may not stand in a string.
#[inline]
fn escape(bytes: &[u8], at: usize) -> Result<usize, JsonError> {
    if bytes[at] != b'\\' {
        return Err(JsonError::Unexpected(at));
    }
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
        Some(b'u') => {
            let digits = bytes.get(at + 2..at + 6).ok_or(JsonError::Truncated)?;
            if digits.iter().all(u8::is_ascii_hexdigit) { Ok(6) } else { Err(JsonError::Unexpected(at)) }
        }
        Some(_) => Err(JsonError::Unexpected(at + 1)),
        None => Err(JsonError::Truncated),
    }
}

/// How many of these bytes of a JSON string stand for themselves: those before the first quote, backslash or control
/// character.
#[inline]
pub fn plain_run(run: [u8; 16]) -> usize {
    (ends_of_run(run).trailing_zeros() as usize).min(RUN)
}

/// Quotes, backslashes and the control characters that may not stand in a string.
static ENDS_RUN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};

fn number(bytes: &[u8], start: usize, tape: &mut impl Tape) -> Result<usize, JsonError> {
    let digits = |from: usize| from + bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = start + usize::from(bytes[start] == b'-');
    let mut at = digits(whole);
    if at == whole || (bytes[whole] == b'0' && at > whole + 1) {
        return Err(JsonError::Unexpected(whole));
    }
    if bytes.get(at) == Some(&b'.') {
        let fraction = at + 1;
        at = digits(fraction);
        if at == fraction {
            return Err(JsonError::Unexpected(at));
        }
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let exponent = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at = digits(exponent.min(bytes.len()));
        if at == exponent {
            return Err(JsonError::Unexpected(at));
        }
    }
    tape.value(start, at, Kind::Number, false);
    Ok(at)
}

fn literal(
    bytes: &[u8],
    start: usize,
    word: &[u8],
    kind: Kind,
    tape: &mut impl Tape,
) -> Result<usize, JsonError> {
    let end = start + word.len();
    if bytes.get(start..end) != Some(word) {
        return Err(JsonError::Unexpected(start));
    }
    tape.value(start, end, kind, false);
    Ok(end)
}
