//! A text that stands somewhere in a value.

/// A text, and whether the value may go on before and behind it.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) at_start: bool,
    pub(super) at_end: bool,
}
