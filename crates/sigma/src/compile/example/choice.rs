//! Which of a rule's choices an example takes: the first of each, then others without a pattern, always the same.

/// The choices of one example.
pub(super) struct Choice(Option<u64>);

impl Choice {
    pub(super) fn new(number: usize) -> Self {
        Self((number > 0).then_some(number as u64))
    }

    /// A number below `count`; zero if there is none.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let Some(state) = &mut self.0 else { return 0 };
        // SplitMix64.
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = *state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let of = (bits ^ (bits >> 31)) % count.max(1) as u64;
        usize::try_from(of).unwrap_or_default()
    }

    /// One of some.
    pub(super) fn of<'t, T>(&mut self, some: &'t [T]) -> Option<&'t T> {
        some.get(self.below(some.len()))
    }
}
