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

    /// Every value that a field can hold, where those are few and known for good: a rule that needs another could never
    /// match, and is refused.
    fn closed(&self, _logsource: &LogSource, _field: &str) -> Option<Vec<String>> {
        None
    }
}

/// Takes every field's name for its path.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainFields;

impl FieldMap for PlainFields {
    fn resolve(&self, _: &LogSource, field: &str) -> Result<Vec<String>, UnknownField> {
        Ok(vec![field.to_owned()])
    }
}
