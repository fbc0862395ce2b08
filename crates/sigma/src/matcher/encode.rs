//! Values that stand encoded in events: UTF-16 and base64.

use super::Matcher;
use super::problem::{Problem, problem};
use crate::modifier::Modifier;
use crate::pattern::{self, Anchor, Case, Pattern, Token};

/// How many texts one value may stand for.
const MAX_VARIANTS: usize = 4_096;

/// One text in every encoding that the chain asks for.
pub(super) fn encoded(
    tokens: &[Token],
    chain: &[Modifier],
    anchor: Anchor,
    case: Case,
) -> Result<Matcher, Problem> {
    let mut patterns = Vec::new();
    for text in variants(tokens)? {
        let bytes =
            match chain.iter().find(|m| matches!(m, Modifier::Utf16 | Modifier::Utf16Le | Modifier::Utf16Be))
            {
                None => text.into_bytes(),
                Some(Modifier::Utf16Be) => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                Some(Modifier::Utf16) => {
                    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
                }
                Some(_) => text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
            };
        let plain = |text: String| if text.is_empty() { vec![] } else { vec![Token::Text(text)] };
        if chain.contains(&Modifier::Base64Offset) {
            if bytes.len() < 2 {
                return problem(
                    "the value is too short to be recognised inside base64",
                    "give at least two bytes, better four",
                );
            }
            for offset in 0..3 {
                patterns.push(Pattern::new(&plain(base64_middle(&bytes, offset)), Anchor::Anywhere, case));
            }
        } else if chain.contains(&Modifier::Base64) {
            patterns.push(Pattern::new(&plain(base64(&bytes)), anchor, case));
        } else {
            match String::from_utf8(bytes) {
                Ok(text) => patterns.push(Pattern::new(&plain(text), anchor, case)),
                Err(_) => {
                    return problem(
                        "this UTF-16 text is never valid in a log value",
                        "add base64 or base64offset",
                    );
                }
            }
        }
    }
    Ok(Matcher::AnyText(patterns))
}

/// The plain texts that a value stands for: one for every choice of its dashes.
fn variants(tokens: &[Token]) -> Result<Vec<String>, Problem> {
    let mut variants = vec![String::new()];
    for token in tokens {
        match token {
            Token::Text(text) => variants.iter_mut().for_each(|variant| variant.push_str(text)),
            Token::Dash if variants.len() * pattern::DASHES.len() > MAX_VARIANTS => {
                return problem("too many dashes to encode every choice of them", "give a shorter value");
            }
            Token::Dash => {
                let with = |variant: &String| pattern::DASHES.map(|dash| format!("{variant}{dash}"));
                variants = variants.iter().flat_map(with).collect();
            }
            Token::One | Token::Many => {
                return problem(
                    "wildcards cannot be encoded",
                    "escape them as \\* and \\?, or leave them out",
                );
            }
        }
    }
    Ok(variants)
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |n: usize| u32::from(chunk.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4u32 {
            let sextet = (bits >> (18 - 6 * n)) & 63;
            out.push(if n as usize <= chunk.len() { char::from(ALPHABET[sextet as usize]) } else { '=' });
        }
    }
    out
}

/// The part of an encoding that is the same whatever stands before and after: `offset` bytes of the value's first
/// group of three belong to something else.
fn base64_middle(bytes: &[u8], offset: usize) -> String {
    let mut shifted = vec![0; offset];
    shifted.extend_from_slice(bytes);
    let encoded = base64(&shifted);
    let start = [0, 2, 3][offset];
    let whole_sextets = shifted.len() * 8 / 6;
    encoded[start..whole_sextets].to_owned()
}
