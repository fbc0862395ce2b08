//! CloudTrail's own SNS message: a bucket and keys, which come as they are.

use serde_json::Value;
use trailhound_courier::notices::of_cloudtrail;

use super::input::Input;
use super::s3;

/// `{"s3Bucket": "…", "s3ObjectKey": ["…"]}`, `None` when the value is no such message.
pub(super) fn read(value: &Value, body: &str, origin: &str) -> Option<Vec<Input>> {
    let notices = of_cloudtrail(value)?.into_iter();
    Some(notices.map(|notice| s3::input(notice, (body, body), origin)).collect())
}

/// What CloudTrail sends to a topic when the trail is made, to see whether it may.
pub(super) fn is_validation_message(body: &str) -> bool {
    body.trim().trim_matches('"') == "CloudTrail validation message."
}
