//! One attempt at a delivery, and what its source does if it fails.

use jiff::Timestamp;

use crate::time::Budget;

/// One attempt at a delivery.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Tells its claims from those of any other attempt, those of other processes included.
    pub claimant: String,
    /// How long it may take.
    pub budget: Budget,
    /// What becomes of the delivery if it fails.
    pub after: After,
    /// Which attempt it is, where the source tells; zero is the first.
    pub number: Option<i64>,
    /// When its source was given it.
    pub given_at: Timestamp,
}

/// What a source does with a delivery that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Delivers it again.
    Again,
    /// Delivers it once more.
    OnceMore,
    /// Moves on.
    Never,
}
