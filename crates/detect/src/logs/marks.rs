//! Names of members as a few bits, to tell at one look at each key of an object who would find something in it.

use trailhound_sigma::json::{AskedNames, Node};

/// So many bits: of a hundred names, a key that is none of them is taken for one every fortieth time.
const BITS: usize = 4096;

/// AskerBits of an object, a bit each.
pub(super) type AskerBits = u64;

/// The names that each of some readers asks for, in whatever case and spelling.
pub(super) struct NameMarks {
    bits: [u64; BITS / 64],
    /// Who asks for the names of a bit, in the order of the bits.
    askers: Vec<(usize, AskerBits)>,
    /// Of these nothing can be told.
    always: AskerBits,
}

impl NameMarks {
    /// What the first reader asks for, what the second does, and so on.
    pub(super) fn of(asked: &[AskedNames]) -> Self {
        let mut marks = Self { bits: [0; BITS / 64], askers: Vec::new(), always: 0 };
        for (reader, asked) in asked.iter().enumerate() {
            let reader = 1 << reader;
            marks.always |= if asked.all { reader } else { 0 };
            for name in &asked.names {
                marks.add(bit(name), reader);
            }
        }
        marks
    }

    fn add(&mut self, bit: usize, reader: AskerBits) {
        self.bits[bit / 64] |= 1 << (bit % 64);
        match self.askers.binary_search_by_key(&bit, |(bit, _)| *bit) {
            Ok(at) => self.askers[at].1 |= reader,
            Err(at) => self.askers.insert(at, (bit, reader)),
        }
    }

    /// Those that could find something in an object: the others say of it what they say of an empty one.
    pub(super) fn readers(&self, object: Node<'_>) -> AskerBits {
        object.entries().fold(self.always, |readers, (key, _)| readers | self.askers(key))
    }

    fn askers(&self, key: Node<'_>) -> AskerBits {
        if key.is_escaped() {
            return AskerBits::MAX;
        }
        let bit = bit(key.raw());
        if self.bits[bit / 64] & (1 << (bit % 64)) == 0 {
            return 0;
        }
        let at = self.askers.binary_search_by_key(&bit, |(bit, _)| *bit);
        at.map_or(0, |at| self.askers[at].1)
    }
}

/// Of a name's first word, the same for all that are alike.
fn bit(name: &str) -> usize {
    const PRIME: u32 = 0x0100_0193;
    let mut hash = 0x811C_9DC5_u32;
    for byte in name.bytes() {
        match LETTERS[usize::from(byte)] {
            END => break,
            BETWEEN => {}
            letter => hash = (hash ^ u32::from(letter)).wrapping_mul(PRIME),
        }
    }
    (hash >> 16) as usize % BITS
}

/// Of a byte that ends the first word, and of one between its parts.
const END: u8 = 0;
const BETWEEN: u8 = 1;

/// What each byte of a name counts as. The two that stand for what is no letter are in no name that anybody asks for.
static LETTERS: [u8; 256] = {
    let mut letters = [BETWEEN; 256];
    let mut byte = 2;
    while byte <= u8::MAX as usize {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the table has as many places as a byte has values"
        )]
        let itself = byte as u8;
        letters[byte] = match itself {
            b'.' => END,
            b'_' | b'-' | b' ' => BETWEEN,
            _ => itself.to_ascii_lowercase(),
        };
        byte += 1;
    }
    letters
};
