//! The words that documents are written with, for schemas and for editors. Each list is the one that the reader goes by.

use crate::correlation::{self, CorrelationKind};
use crate::modifier;
use crate::rule::{self, Status};

/// The keys that every kind of document may have, besides those of its kind.
///
/// ```
/// assert!(trailhound_sigma::words::document_keys().contains(&"falsepositives"));
/// ```
pub fn document_keys() -> &'static [&'static str] {
    rule::SHARED_KEYS
}

/// The parts of a log source.
pub fn log_source_keys() -> &'static [&'static str] {
    rule::LOG_SOURCE_KEYS
}

/// The keys of a `correlation`.
pub fn correlation_keys() -> &'static [&'static str] {
    correlation::KEYS
}

/// The comparisons in the condition of a correlation that counts.
pub fn comparisons() -> impl Iterator<Item = &'static str> {
    correlation::COMPARISONS.iter().map(|(word, _)| *word)
}

/// The types of correlations.
pub fn correlation_types() -> impl Iterator<Item = CorrelationKind> {
    CorrelationKind::ALL.into_iter().map(|(_, kind)| kind)
}

/// What may follow a field's name behind `|`.
pub fn modifiers() -> impl Iterator<Item = &'static str> {
    modifier::NAMES.iter().map(|(name, _)| *name)
}

/// What `status` may say.
pub fn statuses() -> impl Iterator<Item = Status> {
    Status::ALL.into_iter().map(|(_, status)| status)
}
