//! Whom a trust policy lets in.

use serde::{Deserialize, Serialize};

/// A kind of principal that a trust policy allows, seen from the account that the policy is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Trusted {
    /// The account itself, or somebody in it.
    Account,
    /// Another account, or somebody in it.
    Foreign,
    /// Everybody who meets a condition that not everybody can.
    Conditioned,
    /// Everybody.
    Everybody,
}

impl Trusted {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Account, Self::Foreign, Self::Conditioned, Self::Everybody];

    /// The word in `n.trusted`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Foreign => "foreign",
            Self::Conditioned => "conditioned",
            Self::Everybody => "everybody",
        }
    }
}
