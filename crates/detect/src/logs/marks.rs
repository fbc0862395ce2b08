//! Names of members as a few bits, to tell at one look at each key that an object has none of them.

use trailhound_sigma::json::{AskedNames, Node, first_word};

/// So many bits: of a hundred names, a key that is none of them is taken for one every fortieth time.
const BITS: usize = 4096;

/// Some names, in whatever case and spelling.
pub(super) struct NameMarks {
    bits: [u64; BITS / 64],
    /// Nothing can be told.
    any: bool,
}

impl NameMarks {
    pub(super) fn of(asked: &AskedNames) -> Self {
        let mut marks = Self { bits: [0; BITS / 64], any: asked.all };
        for name in &asked.names {
            let bit = bit(name);
            marks.bits[bit / 64] |= 1 << (bit % 64);
        }
        marks
    }

    /// Could an object have one of them?
    pub(super) fn is_in(&self, object: Node<'_>) -> bool {
        let has = |bit: usize| self.bits[bit / 64] & (1 << (bit % 64)) != 0;
        self.any || object.entries().any(|(key, _)| key.is_escaped() || has(bit(key.raw())))
    }
}

/// Of a name's first word, the same for all that are alike.
fn bit(name: &str) -> usize {
    const PRIME: u32 = 0x0100_0193;
    let letters = first_word(name).bytes().filter(|b| !matches!(b, b'_' | b'-' | b' '));
    let hash =
        letters.fold(0x811C_9DC5, |hash, b| (hash ^ u32::from(b.to_ascii_lowercase())).wrapping_mul(PRIME));
    (hash >> 16) as usize % BITS
}
