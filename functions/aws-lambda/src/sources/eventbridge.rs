//! EventBridge: "Object Created" from S3, and CloudTrail's events themselves.
//!
//! Keys come as they are, never encoded. CloudTrail events keep their envelope; the core unwraps `detail`.

use serde_json::Value;
use trailhound_courier::ports::ObjectRef;
use trailhound_detect::tally::{Notice, RejectReason};

use super::input::{Input, text, unreadable};

/// An EventBridge event, `None` when the value is none.
pub(super) fn read(value: &Value, body: &str, origin: &str) -> Option<Vec<Input>> {
    let kind = text(value, "/detail-type")?;
    let detail = value.get("detail")?;
    if kind.ends_with("via CloudTrail") {
        return Some(vec![Input::Event { origin: event_origin(value, origin), body: body.to_owned() }]);
    }
    if text(value, "/source") != Some("aws.s3") {
        return None;
    }
    let notice = |notice| Some(vec![Input::Notice { origin: origin.to_owned(), notice }]);
    match kind {
        "Object Created" => {}
        "Object Deleted" => return notice(Notice::ObjectRemoved),
        _ => return notice(Notice::ObjectLifecycle),
    }
    let (Some(bucket), Some(key)) = (text(detail, "/bucket/name"), text(detail, "/object/key")) else {
        let detail = "an Object Created event without bucket or key";
        return Some(vec![unreadable(body, origin, RejectReason::UnknownRecord, detail)]);
    };
    Some(vec![Input::Object {
        object: ObjectRef { bucket: bucket.to_owned(), key: key.to_owned() },
        notice: body.to_owned(),
    }])
}

/// A CloudTrail record by itself: an event whose rule passes its `detail` on, and nothing else.
pub(super) fn detail(value: &Value, body: &str, origin: &str) -> Option<Vec<Input>> {
    is_cloudtrail_record(value)
        .then(|| vec![Input::Event { origin: origin.to_owned(), body: body.to_owned() }])
}

fn event_origin(event: &Value, origin: &str) -> String {
    match (text(event, "/account"), text(event, "/region"), text(event, "/id")) {
        (Some(account), Some(region), Some(id)) => format!("eventbridge://{account}/{region}/{id}"),
        _ => origin.to_owned(),
    }
}

/// Is this a record of CloudTrail's?
pub(super) fn is_cloudtrail_record(entry: &Value) -> bool {
    entry.get("eventVersion").is_some()
        && entry.get("eventName").is_some()
        && (entry.get("userIdentity").is_some() || entry.get("eventID").is_some())
        && entry.get("s3").is_none()
}
