//! What a record is, decided by its content alone.
//!
//! Each log has one canonical form that facts and rules read: CloudTrail's own record, the Event Hub record for
//! Azure and Entra, Sysmon's field names for processes. A record that has that form already is read in place; any
//! other is rewritten once.

mod activity;
mod azure;
mod cloudtrail;
mod defender;
mod ecs;
mod endpoint;
mod entra;
mod falcon;
mod gcp;
mod windows;
mod wrapper;
pub(super) mod xml;

use std::borrow::Cow;

use trailhound_sigma::json::{Document, Kind, Node};

use super::LogType;

/// What to make of a record.
#[derive(Debug)]
pub(super) enum Shape<'d> {
    /// In canonical form.
    As(LogType),
    /// The same in other words; the function writes the canonical form.
    Like(LogType, fn(Node<'_>) -> String),
    /// Another record stands inside: JSON or XML.
    Around(Cow<'d, str>),
    /// Several do.
    Rows(Vec<String>),
}

/// Names a record's log type; nothing for what is no record we know, and for wrappers, whose inside decides.
pub fn classify(record: &Document<'_>) -> Option<LogType> {
    match of(record.root())? {
        Shape::As(log) | Shape::Like(log, _) => Some(log),
        Shape::Around(_) | Shape::Rows(_) => None,
    }
}

/// The keys of a record that is to be rewritten whose values a key of the canonical form may have; nothing where that
/// cannot be told.
pub(crate) fn spellings(log: LogType, key: &str) -> Option<Vec<&'static str>> {
    if log != LogType::AzureActivity {
        return None;
    }
    Some([activity::spellings(key)?, ecs::activity_spellings(key)?].concat())
}

/// The most common first.
pub(super) fn of(root: Node<'_>) -> Option<Shape<'_>> {
    match root.kind() {
        Kind::Object => cloudtrail::shape(root)
            .or_else(|| azure::shape(root))
            .or_else(|| endpoint::shape(root))
            .or_else(|| ecs::shape(root))
            .or_else(|| gcp::shape(root))
            .or_else(|| wrapper::shape(root)),
        Kind::String => root.as_str().filter(|text| wrapper::is_record_text(text)).map(Shape::Around),
        _ => None,
    }
}

/// The text of a string, or of the `value` inside `{value, localizedValue}`.
fn word(node: Node<'_>) -> Option<Cow<'_, str>> {
    match node.kind() {
        Kind::String => node.as_str(),
        Kind::Object => node.key("value")?.as_str(),
        _ => None,
    }
}
