//! What tells windows apart that are kept together.

/// Which window of a group: the beginning of the digest of its correlation and of all that keeps it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct WindowId(pub(super) u64);

impl WindowId {
    /// Of the digest in hex.
    pub(crate) fn of(hex: &str) -> Self {
        Self(hex.get(..16).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or_default())
    }
}
