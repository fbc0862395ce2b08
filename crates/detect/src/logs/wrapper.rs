//! Carriers whose own members look like a record's: an event of EventBridge, an answer of LookupEvents.

use trailhound_sigma::json::{Kind, Node};

use super::json::{looks_like_json, verbatim};
use super::log::Recognised;

pub(super) fn shape(root: Node<'_>) -> Option<Recognised<'_>> {
    let inner = through_cloudtrail(root).or_else(|| {
        root.key_any_case("CloudTrailEvent").or_else(|| root.key_any_case("cloud_trail_event"))
    })?;
    match inner.kind() {
        Kind::Object => Some(Recognised::Around(verbatim(inner))),
        Kind::String => inner.as_str().filter(|text| looks_like_json(text)).map(Recognised::Around),
        _ => None,
    }
}

/// EventBridge: any `detail-type` that ends in `via CloudTrail`, and any `detail` that is plainly such a record.
fn through_cloudtrail(root: Node<'_>) -> Option<Node<'_>> {
    let kind = root.key("detail-type")?.as_str()?;
    let detail = root.key("detail")?;
    let is_record =
        || ["eventName", "eventSource", "eventVersion"].iter().all(|name| detail.key(name).is_some());
    (kind.to_ascii_lowercase().ends_with("via cloudtrail") || is_record()).then_some(detail)
}
