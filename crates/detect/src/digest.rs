//! SHA-256 in hex: ids of findings, ids of events where a log has none, and values that must not be kept.

use sha2::{Digest, Sha256};
use trailhound_sigma::json::{Kind, Node};

/// The hash of the parts, each with its length, so that no two lists of parts can read alike.
pub(crate) fn of_parts(parts: &[&str]) -> String {
    to_hex(&sum_of_parts(parts.iter().copied()))
}

/// What the first sixteen digits of the same say, as a number.
pub(crate) fn word_of_parts<'p>(parts: impl Iterator<Item = &'p str>) -> u64 {
    first_word(&sum_of_parts(parts))
}

fn sum_of_parts<'p>(parts: impl Iterator<Item = &'p str>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}

fn first_word(hash: &[u8]) -> u64 {
    hash.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// A hash of a text that tells it from the few thousands beside it.
pub(crate) fn short(text: &str) -> u64 {
    first_word(&Sha256::digest(text.as_bytes()))
}

/// The hash of bytes as they are.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    to_hex(&Sha256::digest(bytes))
}

/// The hash of what a JSON value says: neither white space, nor escapes, nor the order of keys change it.
pub(crate) fn of_content(value: Node<'_>) -> String {
    let mut hasher = Sha256::new();
    add(&mut hasher, value);
    to_hex(&hasher.finalize())
}

fn add(hasher: &mut Sha256, value: Node<'_>) {
    let mut word = |kind: &[u8], text: &str| {
        hasher.update(kind);
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    };
    match value.kind() {
        Kind::String => word(b"s", &value.as_str().unwrap_or_default()),
        Kind::Null | Kind::True | Kind::False | Kind::Number => word(b"l", value.raw()),
        Kind::Array => {
            word(b"[", &value.members().count().to_string());
            value.members().for_each(|member| add(hasher, member));
        }
        Kind::Object => {
            let mut entries: Vec<_> =
                value.entries().map(|(key, value)| (key.as_str().unwrap_or_default(), value)).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            word(b"{", &entries.len().to_string());
            for (key, value) in entries {
                hasher.update((key.len() as u64).to_be_bytes());
                hasher.update(key.as_bytes());
                add(hasher, value);
            }
        }
    }
}

fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = vec![0; bytes.len() * 2];
    for (two, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *two = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    // Digits alone: this takes the bytes as they are.
    String::from_utf8(text).unwrap_or_default()
}
