//! How a run ends.

/// How a run ended; the numbers are documented in `--help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Clean = 0,
    Findings = 1,
    Usage = 2,
    Rejected = 3,
    /// As a shell has it for what Ctrl-C ended.
    Interrupted = 130,
}

impl Exit {
    /// This one, or another where nothing was the matter; that Ctrl-C ended it is told before all else.
    pub(crate) fn or(self, other: Self) -> Self {
        if self == Self::Clean || other == Self::Interrupted { other } else { self }
    }
}
