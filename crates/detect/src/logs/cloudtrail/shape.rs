//! CloudTrail records, whole or in part, Insights and aggregated data events.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use trailhound_sigma::json::{Kind, Node, is_closed};

use super::members;
use crate::log_type::LogType;
use crate::logs::log::Recognised;
use crate::logs::members::is_member;

/// What tells, gathered in one pass over the record's keys: this is the hottest look-up of all.
#[derive(Default)]
struct KeySigns {
    name: bool,
    source: bool,
    /// A region, a version or an identity, which a fragment without `eventSource` must have.
    origin: bool,
    special: Option<LogType>,
}

/// A name that tells, in the log's own case.
fn as_ours(key: Cow<'_, str>) -> Cow<'_, str> {
    const NAMES: [&str; 7] = [
        "eventName",
        "eventSource",
        "awsRegion",
        "eventVersion",
        "userIdentity",
        "eventType",
        "eventCategory",
    ];
    let letters = key.bytes().filter(|b| !matches!(b, b'_' | b'-' | b' ')).map(|b| b.to_ascii_lowercase());
    let is_same = |name: &str| name.bytes().map(|b| b.to_ascii_lowercase()).eq(letters.clone());
    match NAMES.iter().find(|name| is_same(name)) {
        Some(name) => Cow::Borrowed(*name),
        None => key,
    }
}

/// Text that begins as CloudTrail writes a record, names what makes it one, and is whole, as nearly all are that others
/// keep: known without being read.
pub(crate) fn is_plainly(text: &str) -> bool {
    let has = |part: &str| memchr::memmem::find(text.as_bytes(), part.as_bytes()).is_some();
    text.starts_with("{\"eventVersion\":\"1.")
        && has("\"eventSource\":\"")
        // What calls a function names itself so.
        && !has("\"eventSource\":\"aws:")
        && has("\"eventName\":\"")
        && is_closed(text)
}

pub(super) fn by_keys(root: Node<'_>) -> Option<Recognised<'_>> {
    if ["eventName", "eventType", "eventCategory"].iter().all(|name| root.key(name).is_none()) {
        return None;
    }
    let mut signs = KeySigns::default();
    for (key, value) in root.entries() {
        let Some(key) = key.as_str() else { continue };
        let key = if root.ignores_case() { as_ours(key) } else { key };
        // Azure's REST shape has `eventName` and `eventSource` too, as objects.
        let is_text = value.kind() == Kind::String;
        match &*key {
            "eventName" => signs.name = is_text || is_list_of_one(value),
            // What calls a function names itself so.
            "eventSource" if value.raw().starts_with("aws:") => return None,
            "eventSource" => signs.source = is_text,
            "awsRegion" | "eventVersion" => signs.origin |= is_text,
            "userIdentity" => signs.origin |= value.key("type").is_some() || value.raw().starts_with('{'),
            // Splunk keeps the record itself beside what it made of it.
            "_raw" if is_text && value.raw().starts_with('{') => return None,
            "eventType" | "eventCategory" if is_text => {
                signs.special = match value.raw() {
                    "AwsCloudTrailInsight" | "Insight" => Some(LogType::CloudTrailInsight),
                    "AwsAggregatedEvent" | "Aggregated" => Some(LogType::CloudTrailAggregated),
                    _ => signs.special,
                }
            }
            _ => {}
        }
    }
    if signs.special.is_some() {
        return signs.special.map(Recognised::As);
    }
    (signs.name && (signs.source || signs.origin)).then_some(Recognised::As(LogType::CloudTrail))
}

/// As stores of columns write a text.
fn is_list_of_one(value: Node<'_>) -> bool {
    let mut members = value.members();
    members.next().is_some_and(|first| first.kind() == Kind::String) && members.next().is_none()
}

/// A row of the console's event history: it has a name for who called, and neither the identity nor the parameters, so
/// that a tunnel looks like a shell and nobody can say who it was.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-console.html>
pub(super) fn is_of_history(record: Node<'_>) -> bool {
    let is_named = |key: Node<'_>, name: &str| key.ignoring_case().is_named(name);
    let has_name = record.entries().any(|(key, _)| is_named(key, "userName"));
    has_name && !record.entries().any(|(key, _)| is_member(members::WHO_AND_WHAT, key))
}
