//! How much a rule may ask memory to keep.

/// So many members of a window are kept; the oldest go first. No shipped threshold comes near it.
pub const MOST_MEMBERS: usize = 256;
/// Events of an account that is being learned are counted so far and no further: every count is a write.
pub const MOST_EVENTS: u64 = 200;
