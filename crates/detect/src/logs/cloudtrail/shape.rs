//! CloudTrail records, whole or in part, Insights and aggregated data events.

use trailhound_sigma::json::{Kind, Node};

use crate::log_type::LogType;
use crate::logs::log::Shape;

/// What tells, gathered in one pass over the record's keys: this is the hottest look-up of all.
#[derive(Default)]
struct Signs {
    name: bool,
    source: bool,
    /// A region, a version or an identity, which a fragment without `eventSource` must have.
    origin: bool,
    special: Option<LogType>,
}

pub(super) fn by_keys(root: Node<'_>) -> Option<Shape<'_>> {
    let mut signs = Signs::default();
    for (key, value) in root.entries() {
        let Some(key) = key.as_str() else { continue };
        // Azure's REST shape has `eventName` and `eventSource` too, as objects.
        let is_text = value.kind() == Kind::String;
        match &*key {
            "eventName" => signs.name = is_text,
            "eventSource" => signs.source = is_text,
            "awsRegion" | "eventVersion" => signs.origin |= is_text,
            "userIdentity" => signs.origin |= value.key("type").is_some() || value.raw().starts_with('{'),
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
        return signs.special.map(Shape::As);
    }
    (signs.name && (signs.source || signs.origin)).then_some(Shape::As(LogType::CloudTrail))
}
