//! Bytes of a text as bit masks, sixteen or sixty-four at a time. Bit `i` stands for byte `i`.

use wide::u8x16;

/// So many bytes are looked at at once where a string is likely to end.
pub(super) const RUN: usize = 16;
/// And where it is likely to go on.
pub(super) const BLOCK: usize = 64;

/// What there is in a block of text.
pub(super) struct Marks {
    pub(super) quotes: u64,
    pub(super) backslashes: u64,
    /// What may not stand in a string.
    pub(super) controls: u64,
}

impl Marks {
    #[inline]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        let mut marks = Self { quotes: 0, backslashes: 0, controls: 0 };
        for (at, run) in runs(block) {
            marks.quotes |= put(run.simd_eq(u8x16::splat(b'"')), at);
            marks.backslashes |= put(run.simd_eq(u8x16::splat(b'\\')), at);
            marks.controls |= put(are_controls(run), at);
        }
        marks
    }
}

/// Quotes, backslashes and the braces of objects.
pub(super) struct Braces {
    pub(super) quotes: u64,
    pub(super) backslashes: u64,
    pub(super) opens: u64,
    pub(super) closes: u64,
}

impl Braces {
    #[inline]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        let mut braces = Self { quotes: 0, backslashes: 0, opens: 0, closes: 0 };
        for (at, run) in runs(block) {
            braces.quotes |= put(run.simd_eq(u8x16::splat(b'"')), at);
            braces.backslashes |= put(run.simd_eq(u8x16::splat(b'\\')), at);
            braces.opens |= put(run.simd_eq(u8x16::splat(b'{')), at);
            braces.closes |= put(run.simd_eq(u8x16::splat(b'}')), at);
        }
        braces
    }
}

/// The backslashes of a block.
#[inline]
pub(super) fn backslashes(block: &[u8; BLOCK]) -> u64 {
    let mut backslashes = 0;
    for (at, run) in runs(block) {
        backslashes |= put(run.simd_eq(u8x16::splat(b'\\')), at);
    }
    backslashes
}

/// Quotes, backslashes and control characters: what ends a run of characters that stand for themselves.
#[inline]
pub(super) fn ends_of_run(run: [u8; RUN]) -> u32 {
    let run = u8x16::from(run);
    let marks = run.simd_eq(u8x16::splat(b'"')) | run.simd_eq(u8x16::splat(b'\\')) | are_controls(run);
    marks.to_bitmask()
}

/// The bytes that a backslash escapes: those behind a run of an odd number of them. `escaping` is one where the byte before
/// the block escapes its first.
#[inline]
pub(super) fn escaped(backslashes: u64, escaping: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let backslashes = backslashes & !*escaping;
    let follows = backslashes << 1 | *escaping;
    let odd_starts = backslashes & !EVEN & !follows;
    let (runs, overflow) = odd_starts.overflowing_add(backslashes);
    *escaping = u64::from(overflow);
    (EVEN ^ (runs << 1)) & follows
}

#[inline]
fn are_controls(run: u8x16) -> u8x16 {
    run.min(u8x16::splat(0x1F)).simd_eq(run)
}

#[inline]
fn runs(block: &[u8; BLOCK]) -> impl Iterator<Item = (usize, u8x16)> {
    block.as_chunks::<RUN>().0.iter().map(|run| u8x16::from(*run)).enumerate()
}

/// The bits of one of a block's runs.
#[inline]
fn put(marks: u8x16, run: usize) -> u64 {
    u64::from(marks.to_bitmask()) << (RUN * run)
}
