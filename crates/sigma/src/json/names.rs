//! How names of members are compared.

use super::signs::is_between;

/// How names of members are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    AsWritten,
    InAnyCase,
    /// There is none, and which were asked for is written down.
    Heard,
    HeardInAnyCase,
}

impl Names {
    pub(super) fn are_same(self, one: &str, other: &str) -> bool {
        match self {
            Self::AsWritten | Self::Heard => one == other,
            Self::InAnyCase | Self::HeardInAnyCase => are_alike(one, other),
        }
    }

    pub(super) fn are_heard(self) -> bool {
        matches!(self, Self::Heard | Self::HeardInAnyCase)
    }
}

/// The same in camel case, in snake case, in words.
fn are_alike(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

/// Could two names that begin so be alike?
pub(super) fn begin_alike(one: Option<&u8>, other: Option<&u8>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other) || is_between(*one) || is_between(*other),
        _ => true,
    }
}

fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|b| !is_between(*b)).map(|b| b.to_ascii_lowercase())
}
