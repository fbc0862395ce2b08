//! Where a JSON object or array ends, found without parsing it.
//!
//! Sixty-four bytes at a time: which are quotes, which are escaped, which brackets stand outside strings, and
//! whether enough of them close to reach the outside. Kinds of brackets are not told apart here; a record that
//! ends in the wrong one is broken, and whoever asked sees to that. The scan can stop and go on as bytes arrive.

mod blocks;
#[cfg(test)]
mod tests;

pub(super) use blocks::Blocks;
use blocks::{Block, Classify, Work};

use trailhound_sigma::json::MAX_DEPTH;

use super::rest::Rest;

/// How far a scan got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The value ends before this offset.
    End(usize),
    /// More bytes are needed.
    More,
    /// More than [`MAX_DEPTH`] containers inside each other. Asked again, the scan goes on regardless.
    TooDeep,
}

/// A scan of one container, from its opening bracket on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan {
    /// The next byte to look at.
    at: usize,
    depth: u32,
    /// All ones inside a string.
    in_string: u64,
    /// One when the byte before `at` escapes the one at it.
    escaping: u64,
    backslashes: u64,
    non_ascii: u64,
    deep: bool,
}

impl Scan {
    /// Stands behind the opening bracket at offset 0.
    pub(super) fn new() -> Self {
        Self { at: 1, depth: 1, in_string: 0, escaping: 0, backslashes: 0, non_ascii: 0, deep: false }
    }

    /// How many bytes were looked at.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The bytes before `gone` were dropped.
    pub(super) fn forget(&mut self, gone: usize) {
        self.at -= gone;
    }

    /// A backslash was seen.
    pub(super) fn has_escape(&self) -> bool {
        self.backslashes != 0
    }

    /// A byte outside ASCII was seen.
    pub(super) fn has_non_ascii(&self) -> bool {
        self.non_ascii != 0
    }

    /// Looks on for the end. `bytes` begins with the opening bracket and holds at least what it held last time;
    /// `after` says what will come.
    pub(super) fn advance(&mut self, blocks: Blocks, bytes: &[u8], after: Rest) -> Reach {
        blocks.run(Advance { scan: self, bytes, after })
    }

    /// Takes in one block; says where in it the container ends.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "inlined into code compiled for the processor's vectors")]
    fn block(&mut self, block: Block) -> Option<u32> {
        let escaped =
            if block.backslashes | self.escaping == 0 { 0 } else { self.escapes(block.backslashes) };
        let strings = parity(block.quotes & !escaped) ^ self.in_string;
        self.in_string = 0u64.wrapping_sub(strings >> 63);
        let opens = block.opens & !strings;
        let closes = block.closes & !strings;
        let closing = closes.count_ones();
        if self.depth > closing {
            self.depth = self.depth + opens.count_ones() - closing;
        } else if let Some(end) = self.walk(opens, closes) {
            let seen = u64::MAX >> (63 - end);
            self.backslashes |= block.backslashes & seen;
            self.non_ascii |= block.non_ascii & seen;
            return Some(end);
        }
        self.backslashes |= block.backslashes;
        self.non_ascii |= block.non_ascii;
        None
    }

    /// Follows the depth bracket by bracket, since it may reach zero.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "inlined into code compiled for the processor's vectors")]
    fn walk(&mut self, opens: u64, mut closes: u64) -> Option<u32> {
        let mut ended = 0;
        while closes != 0 {
            let position = closes.trailing_zeros();
            ended += 1;
            let opened = (opens & ((1 << position) - 1)).count_ones();
            if self.depth + opened == ended {
                return Some(position);
            }
            closes &= closes - 1;
        }
        self.depth = self.depth + opens.count_ones() - ended;
        None
    }

    /// The bytes that a backslash escapes: those behind a run of an odd number of them.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "inlined into code compiled for the processor's vectors")]
    fn escapes(&mut self, backslashes: u64) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        let backslashes = backslashes & !self.escaping;
        let follows = backslashes << 1 | self.escaping;
        let odd_starts = backslashes & !EVEN & !follows;
        let (runs, overflow) = odd_starts.overflowing_add(backslashes);
        self.escaping = u64::from(overflow);
        (EVEN ^ (runs << 1)) & follows
    }
}

/// Ones from every odd bit set up to the next: inside strings, given the quotes.
#[inline(always)]
#[allow(clippy::inline_always, reason = "inlined into code compiled for the processor's vectors")]
fn parity(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^ (bits << 32)
}

struct Advance<'s, 'b> {
    scan: &'s mut Scan,
    bytes: &'b [u8],
    after: Rest,
}

impl Work for Advance<'_, '_> {
    type Output = Reach;

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "inlined into code compiled for the processor's vectors")]
    fn with<C: Classify>(self, classify: C) -> Reach {
        let mut scan = *self.scan;
        let mut rest = self.bytes.get(scan.at..).unwrap_or_default();
        let reach = loop {
            let Some((block, after)) = rest.split_first_chunk::<64>() else {
                if !self.after.is_nothing() || rest.is_empty() {
                    break Reach::More;
                }
                let mut padded = [b' '; 64];
                padded[..rest.len()].copy_from_slice(rest);
                match scan.block(classify.block(&padded)) {
                    Some(end) => break Reach::End(scan.at + end as usize + 1),
                    None => scan.at += rest.len(),
                }
                break Reach::More;
            };
            if let Some(end) = scan.block(classify.block(block)) {
                break Reach::End(scan.at + end as usize + 1);
            }
            scan.at += 64;
            rest = after;
            if scan.depth as usize > MAX_DEPTH && !scan.deep {
                scan.deep = true;
                break Reach::TooDeep;
            }
        };
        *self.scan = scan;
        reach
    }
}
