//! CloudTrail records, whole or in part, Insights and aggregated data events.

use trailhound_sigma::json::{Kind, Node};

use super::Shape;
use crate::event::LogType;

pub(super) fn shape(root: Node<'_>) -> Option<Shape<'_>> {
    // Azure's REST shape has `eventName` and `eventSource` too, as objects.
    let is_text = |name: &str| root.key(name).is_some_and(|node| node.kind() == Kind::String);
    if !is_text("eventName") {
        return other(root);
    }
    if is_text("eventSource") {
        return Some(Shape::As(kind(root)));
    }
    let fragment = is_text("awsRegion")
        || is_text("eventVersion")
        || root.key("userIdentity").is_some_and(|id| id.key("type").is_some());
    fragment.then(|| Shape::As(kind(root)))
}

/// Insights and aggregates need no `eventName` of their own.
fn other(root: Node<'_>) -> Option<Shape<'_>> {
    let log = kind(root);
    (log != LogType::CloudTrail).then_some(Shape::As(log))
}

fn kind(root: Node<'_>) -> LogType {
    let is = |name: &str, word: &str| root.key(name).is_some_and(|node| node.raw() == word);
    if is("eventType", "AwsCloudTrailInsight") || is("eventCategory", "Insight") {
        LogType::CloudTrailInsight
    } else if is("eventType", "AwsAggregatedEvent") || is("eventCategory", "Aggregated") {
        LogType::CloudTrailAggregated
    } else {
        LogType::CloudTrail
    }
}
