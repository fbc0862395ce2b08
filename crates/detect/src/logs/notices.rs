//! What services send to see whether anybody listens, and what they announce: recognised, and no record.

use trailhound_sigma::json::Node;

use crate::tally::Notice;

/// The notice that a value is, if it is one.
pub(crate) fn notice(root: Node<'_>) -> Option<Notice> {
    let is = |name: &str, due: &str| root.key(name).is_some_and(|node| node.raw() == due);
    let has = |name: &str| root.key(name).is_some();
    // CloudWatch Logs asks whether its subscription's destination answers.
    if is("messageType", "CONTROL_MESSAGE") {
        return Some(Notice::ControlMessage);
    }
    if has("TopicArn") && (is("Type", "SubscriptionConfirmation") || is("Type", "UnsubscribeConfirmation")) {
        return Some(Notice::SnsSubscription);
    }
    if is("Event", "s3:TestEvent") {
        return Some(Notice::S3TestEvent);
    }
    if has("digestStartTime") && has("awsAccountId") {
        return Some(Notice::CloudTrailDigest);
    }
    let validates = |name: &str| {
        root.key(name).is_some_and(|kind| kind.raw().starts_with("Microsoft.EventGrid.Subscription"))
    };
    let is_scheduled = is("source", "aws.events") && is("detail-type", "Scheduled Event");
    // What the Lambda console offers for a try.
    let is_try = ["key1", "key2", "key3"].iter().all(|name| has(name));
    (validates("eventType") || validates("type") || is_scheduled || is_try).then_some(Notice::HealthProbe)
}
