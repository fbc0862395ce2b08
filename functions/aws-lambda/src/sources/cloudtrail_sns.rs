//! CloudTrail's own SNS message: a bucket and keys, which come as they are.

use serde_json::Value;
use trailhound_courier::ports::ObjectRef;
use trailhound_detect::tally::RejectReason;

use super::input::{Input, text, unreadable};

/// `{"s3Bucket": "…", "s3ObjectKey": ["…"]}`, `None` when the value is no such message.
pub(super) fn read(value: &Value, body: &str, origin: &str) -> Option<Vec<Input>> {
    let bucket = text(value, "/s3Bucket")?;
    let keys = match value.get("s3ObjectKey")? {
        Value::Array(keys) => keys.as_slice(),
        key => std::slice::from_ref(key),
    };
    let inputs = keys.iter().map(|key| match key.as_str() {
        Some(key) if !key.is_empty() => Input::Object {
            object: ObjectRef { bucket: bucket.to_owned(), key: key.to_owned(), ..ObjectRef::default() },
            notice: body.to_owned(),
        },
        _ => unreadable(body, origin, RejectReason::UnknownRecord, "an s3ObjectKey that is no text"),
    });
    Some(inputs.collect())
}

/// What CloudTrail sends to a topic when the trail is made, to see whether it may.
pub(super) fn is_validation_message(body: &str) -> bool {
    body.trim().trim_matches('"') == "CloudTrail validation message."
}
