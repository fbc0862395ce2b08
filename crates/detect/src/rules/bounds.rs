//! How much a rule may ask memory to keep.

/// So many members of a window are kept and told; of those before them it is kept what was counted.
pub const MOST_MEMBERS: usize = 256;
/// So many members, or values of members, are counted; beyond it is told that there are at least so many.
pub const MOST_COUNTED: usize = 10_000;
/// Events of an account that is being learned are counted so far and no further: every count is a write.
pub const MOST_EVENTS: u64 = 200;
