//! What is known of the bytes behind those at hand.

/// What comes behind the bytes at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// More may.
    Coming,
    /// Nothing: these are the last.
    Nothing,
}

impl Rest {
    pub(super) fn is_nothing(self) -> bool {
        self == Self::Nothing
    }

    /// What comes behind the first `horizon` of the bytes at hand.
    pub(super) fn beyond(self, horizon: usize, bytes: &[u8]) -> Self {
        if horizon == bytes.len() { self } else { Self::Coming }
    }
}
