//! What texts are, as far as it decides what may stand in them.

/// What a text is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An id by itself, such as an access key's.
    Id,
    /// A name, an address, a path.
    Text,
    /// A comment, a reason, an error's words.
    Prose,
}
