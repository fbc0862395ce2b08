//! The values that rules ask for under one key.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use trailhound_sigma::Necessary;

/// Values asked for; case is of no concern here, which only admits more.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Whole values in lower case, by length and then in order.
    exact: Vec<Vec<Box<[u8]>>>,
    /// The signs of whole values: nearly every value has another.
    signs: Signs,
    /// Parts of values.
    parts: Vec<Part>,
    /// The same, found all at once, where they are many.
    all: OnceLock<Option<AhoCorasick>>,
}

/// More parts than this are not tried one by one.
const FEW: usize = 8;

#[derive(Debug, PartialEq, Eq)]
struct Part {
    place: At,
    /// In lower case.
    text: Box<[u8]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Start,
    End,
    Anywhere,
}

impl Values {
    /// A value of this shape is asked for.
    pub(super) fn ask(&mut self, shape: &Necessary) {
        let text: Box<[u8]> = shape.literal().text.to_lowercase().into_bytes().into();
        let place = match shape {
            Necessary::Exact(_) => {
                if self.exact.len() <= text.len() {
                    self.exact.resize(text.len() + 1, Vec::new());
                }
                self.signs.add(&text);
                let same_length = &mut self.exact[text.len()];
                if let Err(at) = same_length.binary_search(&text) {
                    same_length.insert(at, text);
                }
                return;
            }
            Necessary::Prefix(_) => At::Start,
            Necessary::Suffix(_) => At::End,
            Necessary::Contains(_) => At::Anywhere,
        };
        let part = Part { place, text };
        if !self.parts.contains(&part) {
            self.parts.push(part);
        }
    }

    /// Is this text, without escapes, asked for? Text outside ASCII may be: it is never compared.
    pub(super) fn may_be(&self, text: &[u8]) -> bool {
        (self.signs.may_have(text) && self.exact.get(text.len()).is_some_and(|exact| is_among(exact, text)))
            || !text.is_ascii()
            || self.has_part(text)
    }

    fn has_part(&self, text: &[u8]) -> bool {
        if self.parts.len() <= FEW {
            return self.parts.iter().any(|part| part.is_in(text));
        }
        let all = self.all.get_or_init(|| {
            let parts = self.parts.iter().map(|part| &part.text);
            let kind = Some(AhoCorasickKind::DFA);
            AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(parts).ok()
        });
        let Some(all) = all else { return true };
        all.find_overlapping_iter(text).any(|found| match self.parts[found.pattern().as_usize()].place {
            At::Start => found.start() == 0,
            At::End => found.end() == text.len(),
            At::Anywhere => true,
        })
    }
}

/// A bit for each length and first and last letters, in whatever case.
#[derive(Debug, Default)]
struct Signs(Vec<u64>);

impl Signs {
    /// Enough for thousands of values.
    const BITS: usize = 1 << 16;

    fn add(&mut self, text: &[u8]) {
        self.0.resize(Self::BITS / 64, 0);
        let bit = Self::bit(text);
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    fn may_have(&self, text: &[u8]) -> bool {
        let bit = Self::bit(text);
        self.0.get(bit / 64).is_some_and(|bits| bits >> (bit % 64) & 1 == 1)
    }

    fn bit(text: &[u8]) -> usize {
        let ends = text.iter().take(12).chain(text.iter().rev().take(4));
        ends.fold(text.len(), |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(byte | 0x20)))
            % Self::BITS
    }
}

/// Is this text one of those, which are of its length, in lower case and in order?
fn is_among(exact: &[Box<[u8]>], text: &[u8]) -> bool {
    let lower = || text.iter().map(u8::to_ascii_lowercase);
    exact.binary_search_by(|exact| exact.iter().copied().cmp(lower())).is_ok()
}

impl Part {
    fn is_in(&self, text: &[u8]) -> bool {
        let len = self.text.len();
        let same = |part: Option<&[u8]>| part.is_some_and(|part| self.text.eq_ignore_ascii_case(part));
        match self.place {
            At::Start => same(text.get(..len)),
            At::End => same(text.len().checked_sub(len).and_then(|start| text.get(start..))),
            At::Anywhere => {
                (0..=text.len().saturating_sub(len)).any(|start| same(text.get(start..start + len)))
            }
        }
    }
}
