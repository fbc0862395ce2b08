//! Caps on what one delivery may cost.

/// Caps that keep memory and time bounded whatever the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest single record, in bytes.
    pub record: usize,
    /// Most bytes a delivery may inflate to.
    pub inflated: u64,
    /// Most inflated bytes for each compressed byte, once past the first 32 MiB. Records alike compress some 200:1;
    /// what gets beyond 500:1 repeats a dozen bytes.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { record: 16 << 20, inflated: 16 << 30, ratio: 500 }
    }
}
