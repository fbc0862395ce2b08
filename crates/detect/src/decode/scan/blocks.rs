//! Sixty-four bytes as bit masks, with the widest vectors the processor has.
//!
//! `pulp` asks the processor once and lends its AVX2 instructions as safe functions; `wide` covers the rest (SSE2,
//! NEON, plain code) with what the target always has.

use wide::u8x16;

/// Bit `i` stands for byte `i`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) quotes: u64,
    pub(super) backslashes: u64,
    /// `{` and `[`.
    pub(super) opens: u64,
    /// `}` and `]`.
    pub(super) closes: u64,
    pub(super) non_ascii: u64,
}

/// Makes masks of bytes.
pub(super) trait Classify: Copy {
    fn block(self, bytes: &[u8; 64]) -> Block;
}

/// Something to run with the best masks there are.
pub(super) trait Work {
    type Output;
    fn with<C: Classify>(self, classify: C) -> Self::Output;
}

/// The way to make masks on this machine.
#[derive(Clone, Copy, Debug)]
pub(in crate::decode) enum Blocks {
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
    Portable,
}

impl Blocks {
    /// The fastest that this processor can do.
    pub(in crate::decode) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            return Self::Avx2(simd);
        }
        Self::Portable
    }

    #[inline]
    pub(super) fn run<W: Work>(self, work: W) -> W::Output {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(simd) => simd.vectorize(avx2::Vectorized { simd, work }),
            Self::Portable => work.with(Portable),
        }
    }
}

/// The bit that tells `[` from `{` and `]` from `}`.
const CURLY: u8 = b'{' ^ b'[';

#[derive(Clone, Copy)]
struct Portable;

impl Classify for Portable {
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "the masks must stay in registers")]
    fn block(self, bytes: &[u8; 64]) -> Block {
        let mut block = Block { quotes: 0, backslashes: 0, opens: 0, closes: 0, non_ascii: 0 };
        for (quarter, chunk) in bytes.as_chunks::<16>().0.iter().enumerate() {
            let chunk = u8x16::from(*chunk);
            let curly = chunk | u8x16::splat(CURLY);
            let put = |mask: u8x16| u64::from(mask.to_bitmask()) << (16 * quarter);
            block.quotes |= put(chunk.simd_eq(u8x16::splat(b'"')));
            block.backslashes |= put(chunk.simd_eq(u8x16::splat(b'\\')));
            block.opens |= put(curly.simd_eq(u8x16::splat(b'{')));
            block.closes |= put(curly.simd_eq(u8x16::splat(b'}')));
            block.non_ascii |= put(chunk);
        }
        block
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::__m256i;

    use pulp::NullaryFnOnce;
    use pulp::x86::V3;

    use super::{Block, CURLY, Classify, Work};

    pub(super) struct Vectorized<W> {
        pub(super) simd: V3,
        pub(super) work: W,
    }

    impl<W: Work> NullaryFnOnce for Vectorized<W> {
        type Output = W::Output;

        #[inline(always)]
        #[allow(clippy::inline_always, reason = "or the work is not compiled for these vectors")]
        fn call(self) -> W::Output {
            self.work.with(Avx2(self.simd))
        }
    }

    #[derive(Clone, Copy)]
    struct Avx2(V3);

    impl Avx2 {
        #[inline(always)]
        #[allow(clippy::inline_always, reason = "a vector instruction or two")]
        fn mask(self, low: __m256i, high: __m256i) -> u64 {
            let low = self.0.avx2._mm256_movemask_epi8(low).cast_unsigned();
            let high = self.0.avx2._mm256_movemask_epi8(high).cast_unsigned();
            u64::from(high) << 32 | u64::from(low)
        }

        #[inline(always)]
        #[allow(clippy::inline_always, reason = "a vector instruction or two")]
        fn equal(self, low: __m256i, high: __m256i, byte: u8) -> u64 {
            let byte = self.0.avx._mm256_set1_epi8(byte.cast_signed());
            self.mask(self.0.avx2._mm256_cmpeq_epi8(low, byte), self.0.avx2._mm256_cmpeq_epi8(high, byte))
        }
    }

    impl Classify for Avx2 {
        #[inline(always)]
        #[allow(clippy::inline_always, reason = "the masks must stay in registers")]
        fn block(self, bytes: &[u8; 64]) -> Block {
            let [low, high]: [__m256i; 2] = pulp::cast(*bytes);
            let curly = self.0.avx._mm256_set1_epi8(CURLY.cast_signed());
            let (low_curly, high_curly) =
                (self.0.avx2._mm256_or_si256(low, curly), self.0.avx2._mm256_or_si256(high, curly));
            Block {
                quotes: self.equal(low, high, b'"'),
                backslashes: self.equal(low, high, b'\\'),
                opens: self.equal(low_curly, high_curly, b'{'),
                closes: self.equal(low_curly, high_curly, b'}'),
                non_ascii: self.mask(low, high),
            }
        }
    }
}
