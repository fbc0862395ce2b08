//! Base64 that holds something to read: told by what its first bytes decode to.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};

use super::layers::Layer;

/// Shorter text holds no record.
const SHORTEST: usize = 32;
/// So many characters are looked at first, a multiple of four.
pub(crate) const HEAD: usize = 16;

const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);

/// The first letters of base64 of what begins as JSON, XML, gzip or zlib do, or with a byte order mark or white space.
const FIRST: [bool; 256] = {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let begin = b"{[<\x1F\x78\xEF \t\r\n\x0C";
    let mut first = [false; 256];
    let mut at = 0;
    while at < begin.len() {
        first[LETTERS[(begin[at] >> 2) as usize] as usize] = true;
        at += 1;
    }
    first
};

/// Does it begin as encoded JSON, XML, gzip or zlib do?
pub(crate) fn is_likely(text: &[u8]) -> bool {
    text.len() >= SHORTEST && begins(text)
}

/// Could what begins with that letter?
pub(crate) fn may_begin(letter: u8) -> bool {
    FIRST[usize::from(letter)]
}

/// The same of as much of it as is looked at first.
pub(crate) fn begins(text: &[u8]) -> bool {
    let Some(head) = text.get(..HEAD).filter(|head| FIRST[usize::from(head[0])]) else { return false };
    let Ok(head) = STANDARD.decode(head).or_else(|_| URL_SAFE.decode(head)) else { return false };
    let first = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&head).trim_ascii_start();
    match first {
        [b'{', ..] => matches!(first[1..].trim_ascii_start(), [] | [b'"', ..]),
        [b'[', ..] => matches!(first[1..].trim_ascii_start(), [] | [b'{' | b'"' | b'[', ..]),
        [b'<', ..] => first.starts_with(b"<Event") || first.starts_with(b"<?xml"),
        _ => matches!(Layer::of(&head), Some(Layer::Gzip | Layer::Zlib)),
    }
}

/// The bytes; nothing for text that is no base64 or holds nothing to read.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    if !is_likely(text.as_bytes()) {
        return None;
    }
    let engine = if text.contains(['-', '_']) { URL_SAFE } else { STANDARD };
    if text.contains(|c: char| c.is_ascii_whitespace()) {
        let joined: String = text.split_ascii_whitespace().collect();
        return engine.decode(joined).ok();
    }
    engine.decode(text).ok()
}
