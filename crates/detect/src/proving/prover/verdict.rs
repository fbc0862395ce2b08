//! What is found out of a rule, in a word.

use serde::Serialize;

/// What was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Firing {
    /// It fires.
    Fires,
    /// It fires in some shapes and not in others.
    Partly,
    /// A record that meets the rule as written does not make it fire.
    Cannot,
    /// No such record could be made.
    Unproven,
    /// It is switched off.
    Off,
}

impl Firing {
    /// As it is told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fires => "FIRES",
            Self::Partly => "PARTLY",
            Self::Cannot => "CANNOT",
            Self::Unproven => "UNPROVEN",
            Self::Off => "OFF",
        }
    }
}
