//! What an example is made of.

use crate::value::Field;

/// What an event could hold so that a rule matches it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Example {
    /// Each field that the rule asks for, with what to put there.
    pub fields: Vec<(Field, Wanted)>,
    /// Texts that have to stand somewhere.
    pub keywords: Vec<String>,
}

/// What to put into a field.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Wanted {
    /// This text.
    Text(String),
    /// This number.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// Anything that the rule does not keep out.
    Present,
    /// Nothing; the field is not there.
    Absent,
}

/// Whether a field is there without mattering otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum There {
    No,
    Yes,
}
