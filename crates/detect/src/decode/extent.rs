//! Where one JSON value ends: a container by its brackets, a string by its quote, anything else by what follows it.

use super::rest::Rest;
use super::scan::{Blocks, Reach, Scan};

/// A value whose end is being looked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Extent {
    Container(Scan),
    /// Looked at up to here.
    String(usize),
    /// Looked at up to here. Also whatever is no JSON at all.
    Scalar(usize),
}

impl Extent {
    /// A value by its first byte.
    pub(super) fn of(first: u8) -> Self {
        match first {
            b'{' | b'[' => Self::Container(Scan::new()),
            b'"' => Self::String(1),
            _ => Self::Scalar(1),
        }
    }

    /// How much was looked at.
    pub(super) fn at(&self) -> usize {
        match self {
            Self::Container(scan) => scan.at(),
            Self::String(at) | Self::Scalar(at) => *at,
        }
    }

    /// The bytes before `gone` were dropped.
    pub(super) fn forget(&mut self, gone: usize) {
        match self {
            Self::Container(scan) => scan.forget(gone),
            Self::String(at) | Self::Scalar(at) => *at -= gone,
        }
    }

    /// Looks on. `value` begins where the value does (or did, before bytes were dropped).
    pub(super) fn advance(&mut self, blocks: Blocks, value: &[u8], after: Rest) -> Reach {
        match self {
            Self::Container(scan) => scan.advance(blocks, value, after),
            Self::String(at) => loop {
                match memchr::memchr2(b'"', b'\\', &value[(*at).min(value.len())..]) {
                    Some(offset) if value[*at + offset] == b'"' => return Reach::End(*at + offset + 1),
                    // What is escaped is stepped over, also when it has not arrived yet.
                    Some(offset) => *at += offset + 2,
                    None => {
                        *at = value.len().max(*at);
                        return Reach::More;
                    }
                }
            },
            Self::Scalar(at) => {
                let ends = |b: &u8| matches!(b, b',' | b']' | b'}' | b'{' | b'[' | b'"') || is_space(*b);
                match value[*at..].iter().position(ends) {
                    Some(offset) => Reach::End(*at + offset),
                    None if after.is_nothing() => Reach::End(value.len()),
                    None => {
                        *at = value.len();
                        Reach::More
                    }
                }
            }
        }
    }
}

/// JSON's white space.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// How many bytes of white space come first.
pub(super) fn spaces(bytes: &[u8]) -> usize {
    bytes.iter().position(|b| !is_space(*b)).unwrap_or(bytes.len())
}

/// Without white space on either side.
pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    let bytes = &bytes[spaces(bytes)..];
    let end = bytes.iter().rposition(|b| !is_space(*b)).map_or(0, |last| last + 1);
    &bytes[..end]
}
