//! Upper and lower case.

/// Does the case of letters matter?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Ignored,
    /// `cased`
    Kept,
}
