//! EventBridge: "Object Created" from S3, and CloudTrail's events themselves.
//!
//! Keys come as they are, never encoded. CloudTrail events keep their envelope; the core unwraps `detail`. Whoever may
//! put events on a bus chooses all of them but the account, and a source that begins with `aws.`, which is AWS's own:
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html>.

use serde_json::Value;
use trailhound_courier::notices::of_event_bridge;
use trailhound_detect::tally::RejectReason;

use super::input::{Input, text, unreadable};
use super::s3;

/// An EventBridge event, `None` when the value is none.
pub(super) fn read(value: &Value, body: &str, origin: &str) -> Option<Vec<Input>> {
    let kind = text(value, "/detail-type")?;
    value.get("detail")?;
    if kind.ends_with("via CloudTrail") {
        let origin = event_origin(value, origin);
        return Some(vec![match forged(value) {
            Some(why) => unreadable(body, &origin, RejectReason::NotAllowed, why),
            None => Input::Event { origin, body: body.to_owned(), vouched: true },
        }]);
    }
    Some(vec![s3::input(of_event_bridge(value)?, (body, body), origin)])
}

/// A CloudTrail record by itself: an event whose rule passes its `detail` on, and nothing else.
pub(super) fn detail(value: &Value, body: &str, origin: &str) -> Option<Vec<Input>> {
    is_cloudtrail_record(value).then(|| unvouched(body, origin))
}

/// Records without an envelope, which anybody can write who reaches the queue.
pub(super) fn unvouched(body: &str, origin: &str) -> Vec<Input> {
    vec![Input::Event { origin: origin.to_owned(), body: body.to_owned(), vouched: false }]
}

/// Is the event one that AWS put on the bus?
pub(super) fn is_of_aws(event: &Value) -> bool {
    text(event, "/source").is_some_and(|source| source.starts_with("aws."))
}

/// Why an event is not CloudTrail's, whatever it says.
fn forged(event: &Value) -> Option<&'static str> {
    if !is_of_aws(event) {
        return Some("an event via CloudTrail whose source is not AWS's own");
    }
    let account = text(event, "/account");
    let of_record = ["/detail/recipientAccountId", "/detail/userIdentity/accountId"]
        .iter()
        .find_map(|path| text(event, path));
    (of_record.is_some() && account != of_record)
        .then_some("an event via CloudTrail whose account is not the one its record names")
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
