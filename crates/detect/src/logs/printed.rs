//! Objects and lists as programs print them, which is what is left of a member where somebody wrote it with `str()`
//! in place of a JSON encoder, or cast it to text: a Java or Hive map, a Python dict, a DuckDB struct, a Ruby hash, a
//! JavaScript object, a YAML flow mapping, Postgres' hstore, a Go map, a PowerShell hashtable.
//!
//! What is read is written as JSON. A text that none of them prints is left to whoever asks.

mod go;
mod java;
mod literal;
mod parts;
mod powershell;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub(super) use parts::quoted;

/// The object or the list that a text prints, as JSON; nothing for other text.
pub(crate) fn printed(text: &str) -> Option<Cow<'static, str>> {
    let text = text.trim();
    let json = match text.as_bytes().first()? {
        b'{' => literal::read(text).or_else(|| java::object(text)),
        b'[' if text.starts_with("[object ") => None,
        b'[' => literal::read(text).or_else(|| java::list(text)),
        b'@' => powershell::read(text),
        b'm' => go::read(text),
        b'"' => literal::without_braces(text),
        _ => None,
    };
    json.map(Cow::Owned)
}

/// Are these the bytes of a whole record as a program prints one? What JSON there is begins with a quote.
pub(crate) fn is_printed(text: &[u8]) -> bool {
    matches!(text, [b'{', b'\'' | b':' | b'a'..=b'z' | b'A'..=b'Z', .., b'}'])
}

/// Could this, without white space before it, begin what some program prints of an object or a list?
pub(super) fn may_begin(text: &str) -> bool {
    ["{", "[", "@{", "map["].iter().any(|head| text.starts_with(head))
}

/// Does a text stand for an object that is not in it: the name of its type, its place in memory, or its values without
/// their names? Not where it says that somebody took it out.
pub(super) fn stands_for_one(text: &str) -> bool {
    let text = text.trim();
    let is_type = ["[object ", "System.", "Microsoft.", "#<", "<__main__", "java.", "com.amazonaws."];
    let is_one = may_begin(text) || text.starts_with(['(', '<']);
    (is_one || is_type.iter().any(|head| text.starts_with(head))) && !says_taken_out(text)
}

/// Is a text nothing but words, and one of them that something was taken out: `{PII Removed}`, `<redacted>`?
fn says_taken_out(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "anonymized",
        "filtered",
        "hidden",
        "masked",
        "obfuscated",
        "omitted",
        "pii",
        "redacted",
        "removed",
        "sanitized",
        "scrubbed",
        "suppressed",
        "truncated",
        "withheld",
    ];
    let is_of_words = |c: char| !matches!(c, '=' | ':' | ',' | ';' | '"' | '\'');
    text.len() <= 64
        && text.chars().all(is_of_words)
        && text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|one| WORDS.iter().any(|word| one.eq_ignore_ascii_case(word)))
}
