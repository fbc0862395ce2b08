//! Text to tape, without recursion.

use super::signs::Signs;
use super::tape::{Kind, Span};

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

/// Writes the tape, and gives back the signs of the outermost object's names.
#[allow(clippy::too_many_lines, reason = "one state machine reads best in one piece")]
pub(super) fn parse(text: &str, spans: &mut Vec<Span>) -> Result<Signs, JsonError> {
    spans.clear();
    let mut signs = Signs::NONE;
    let bytes = text.as_bytes();
    if u32::try_from(bytes.len()).is_err() {
        return Err(JsonError::TooLong);
    }
    let mut open = [0u32; MAX_DEPTH];
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
                    open[depth] = index(spans.len());
                    depth += 1;
                    let kind = if byte == b'{' { Kind::Object } else { Kind::Array };
                    spans.push(Span { start: index(at), end: 0, next: 0, kind, escaped: false });
                    at += 1;
                    expect = if byte == b'{' { Expect::FirstKey } else { Expect::FirstMember };
                    continue;
                }
                b'"' => at = string(bytes, at, spans)?,
                b'-' | b'0'..=b'9' => at = number(bytes, at, spans)?,
                b't' => at = literal(bytes, at, b"true", Kind::True, spans)?,
                b'f' => at = literal(bytes, at, b"false", Kind::False, spans)?,
                b'n' => at = literal(bytes, at, b"null", Kind::Null, spans)?,
                _ => return Err(JsonError::Unexpected(at)),
            },
            Expect::Key | Expect::FirstKey => {
                if byte != b'"' {
                    return Err(JsonError::Unexpected(at));
                }
                at = string(bytes, at, spans)?;
                if depth == 1 {
                    signs = signs.and(spans[spans.len() - 1].plain(text));
                }
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
                let container = open[depth - 1] as usize;
                let is_object = spans[container].kind == Kind::Object;
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
                let next = index(spans.len());
                let span = &mut spans[container];
                span.end = index(at);
                span.next = next;
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

/// Offsets and tape indices fit: the text's length was checked to.
#[allow(clippy::cast_possible_truncation, reason = "the text's length was checked to fit")]
fn index(at: usize) -> u32 {
    at as u32
}

fn string(bytes: &[u8], quote: usize, spans: &mut Vec<Span>) -> Result<usize, JsonError> {
    let start = quote + 1;
    let mut at = start;
    let mut escaped = false;
    let end = 'string: loop {
        if let Some(run) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
            let mut ends = ends_of_runs(*run);
            let mut passed = RUN;
            while ends != 0 {
                let found = ends.trailing_zeros() as usize / 8;
                if bytes[at + found] == b'"' {
                    break 'string at + found;
                }
                escaped = true;
                passed = found + escape(bytes, at + found)?;
                if passed >= RUN {
                    break;
                }
                ends &= u128::MAX << (passed * 8);
                passed = RUN;
            }
            at += passed;
        } else {
            match bytes.get(at) {
                None => return Err(JsonError::Truncated),
                Some(b'"') => break at,
                Some(byte) if ENDS_RUN[*byte as usize] => {
                    escaped = true;
                    at += escape(bytes, at)?;
                }
                Some(_) => at += 1,
            }
        }
    };
    let next = index(spans.len() + 1);
    spans.push(Span { start: index(start), end: index(end), next, kind: Kind::String, escaped });
    Ok(end + 1)
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

/// So many bytes of a string are looked at at once.
const RUN: usize = 16;

/// How many of these bytes of a JSON string stand for themselves: those before the first quote, backslash or control
/// character.
#[inline]
pub fn plain_run(run: [u8; 16]) -> usize {
    ends_of_runs(run).trailing_zeros() as usize / 8
}

/// The high bit of each byte that ends a run of plain characters.
#[inline]
fn ends_of_runs(run: [u8; RUN]) -> u128 {
    const ONES: u128 = u128::MAX / 0xFF;
    const LOW: u128 = ONES * 0x7F;
    let word = u128::from_le_bytes(run);
    let zeros = |word: u128| !(((word & LOW) + LOW) | word | LOW);
    let controls = zeros(word & (ONES * 0xE0));
    zeros(word ^ (ONES * u128::from(b'"'))) | zeros(word ^ (ONES * u128::from(b'\\'))) | controls
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

fn number(bytes: &[u8], start: usize, spans: &mut Vec<Span>) -> Result<usize, JsonError> {
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
    let next = index(spans.len() + 1);
    spans.push(Span { start: index(start), end: index(at), next, kind: Kind::Number, escaped: false });
    Ok(at)
}

fn literal(
    bytes: &[u8],
    start: usize,
    word: &[u8],
    kind: Kind,
    spans: &mut Vec<Span>,
) -> Result<usize, JsonError> {
    let end = start + word.len();
    if bytes.get(start..end) != Some(word) {
        return Err(JsonError::Unexpected(start));
    }
    let next = index(spans.len() + 1);
    spans.push(Span { start: index(start), end: index(end), next, kind, escaped: false });
    Ok(end)
}
