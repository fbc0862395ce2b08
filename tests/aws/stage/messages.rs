//! What a function is woken with, and what it answers.

use serde_json::{Value, json};
use trailhound_testkit::lambda_runtime_api::Outcome;

/// What Lambda makes of queue messages.
pub(crate) fn sqs_event(bodies: &[String]) -> Value {
    let records: Vec<Value> = bodies
        .iter()
        .enumerate()
        .map(|(n, body)| {
            json!({
                "messageId": format!("m{n}"), "receiptHandle": "h", "body": body, "attributes": {},
                "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:111122223333:example-queue",
                "awsRegion": "us-east-1"
            })
        })
        .collect();
    json!({ "Records": records })
}

/// S3's notice of a new object.
pub(crate) fn s3_notice(bucket: &str, keys: &[&str]) -> Value {
    let records: Vec<Value> = keys
        .iter()
        .map(|key| {
            json!({"eventVersion": "2.5", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
                   "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": 1}}})
        })
        .collect();
    json!({ "Records": records })
}

/// An answer that acknowledges everything.
pub(crate) fn all_done() -> Outcome {
    Outcome::Answered(json!({"batchItemFailures": []}))
}

/// An answer that gives these messages back.
pub(crate) fn given_back(ids: &[&str]) -> Outcome {
    let failures: Vec<Value> = ids.iter().map(|id| json!({ "itemIdentifier": id })).collect();
    Outcome::Answered(json!({ "batchItemFailures": failures }))
}

/// Does every record and every match of an accounting line have a fate?
pub(crate) fn balances(account: &Value) -> bool {
    let figure =
        |name: &str| account[name].as_u64().unwrap_or_else(|| panic!("{name} is no integer: {account}"));
    let rejected: u64 =
        account["rejected"].as_object().into_iter().flatten().filter_map(|(_, n)| n.as_u64()).sum();
    figure("records") == figure("evaluated") + rejected
        && figure("matches")
            == figure("published") + figure("suppressed") + figure("duplicates") + figure("deferred")
}
