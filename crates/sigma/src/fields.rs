//! From the field names of rules to where events keep them.

use crate::rule::LogSource;

/// A field that the log source does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownField {
    /// A field that most likely was meant.
    pub suggestion: Option<String>,
}

/// Resolves the field names of rules.
pub trait FieldMap {
    /// Where events of a log source keep a field: dotted paths in order of preference, at least one.
    fn resolve(&self, logsource: &LogSource, field: &str) -> Result<Vec<String>, UnknownField>;
}

/// Takes every field's name for its path.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainFields;

impl FieldMap for PlainFields {
    fn resolve(&self, _: &LogSource, field: &str) -> Result<Vec<String>, UnknownField> {
        Ok(vec![field.to_owned()])
    }
}
