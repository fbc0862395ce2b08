//! S3's own notifications: created, removed, moved by a lifecycle, or only a test.
//!
//! Keys are form-urlencoded: `+` is a space, and `%2B` a plus.

use serde_json::Value;
use trailhound_courier::ports::ObjectRef;
use trailhound_detect::tally::{Notice, RejectReason};

use super::input::{Input, text, unreadable};

/// The major version of the notification format we read; minor versions only add.
const VERSION: &str = "2";

/// `s3:TestEvent`, sent when a notification is configured.
pub(super) fn test_event(value: &Value, origin: &str) -> Option<Vec<Input>> {
    (text(value, "/Event") == Some("s3:TestEvent"))
        .then(|| vec![Input::Notice { origin: origin.to_owned(), notice: Notice::S3TestEvent }])
}

/// One entry of `Records`, `None` when it is not S3's. `body` is the message it stands in.
pub(super) fn entry(entry: &Value, body: &str, origin: &str) -> Option<Vec<Input>> {
    if entry.get("s3").is_none() && text(entry, "/eventSource") != Some("aws:s3") {
        return None;
    }
    let name = text(entry, "/eventName").unwrap_or("ObjectCreated:");
    let name = name.strip_prefix("s3:").unwrap_or(name);
    let notice = |notice| Some(vec![Input::Notice { origin: origin.to_owned(), notice }]);
    match name.split(':').next().unwrap_or(name) {
        "ObjectCreated" => {}
        "ObjectRemoved" => return notice(Notice::ObjectRemoved),
        "TestEvent" => return notice(Notice::S3TestEvent),
        "LifecycleExpiration"
        | "LifecycleTransition"
        | "IntelligentTiering"
        | "ObjectRestore"
        | "ObjectTagging"
        | "ObjectAcl"
        | "Replication"
        | "ReducedRedundancyLostObject" => return notice(Notice::ObjectLifecycle),
        other => return Some(vec![unknown(entry, origin, format!("an S3 event named {other:?}"))]),
    }
    let version = text(entry, "/eventVersion").unwrap_or(VERSION);
    if version.split('.').next() != Some(VERSION) {
        return Some(vec![unknown(
            entry,
            origin,
            format!("notification format {version:?}, not {VERSION}.x"),
        )]);
    }
    let (Some(bucket), Some(key)) = (text(entry, "/s3/bucket/name"), text(entry, "/s3/object/key")) else {
        return Some(vec![unknown(entry, origin, "an S3 notice without bucket or key".to_owned())]);
    };
    let Some(key) = decode_key(key) else {
        return Some(vec![unknown(entry, origin, format!("a key that is no text once decoded: {key:?}"))]);
    };
    Some(vec![Input::Object {
        object: ObjectRef {
            bucket: bucket.to_owned(),
            key,
            region: text(entry, "/awsRegion").map(str::to_owned),
            version: text(entry, "/s3/object/versionId").map(str::to_owned),
            e_tag: text(entry, "/s3/object/eTag").map(str::to_owned),
        },
        notice: body.to_owned(),
    }])
}

fn unknown(entry: &Value, origin: &str, detail: String) -> Input {
    unreadable(&entry.to_string(), origin, RejectReason::UnknownRecord, detail)
}

/// Undoes form-urlencoding; a `%` that starts no escape stands for itself.
pub(super) fn decode_key(key: &str) -> Option<String> {
    let mut rest = key.as_bytes();
    let mut decoded = Vec::with_capacity(rest.len());
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => decoded.push(b' '),
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    decoded.push(high << 4 | low);
                    rest = after;
                }
                _ => decoded.push(b'%'),
            },
            (byte, _) => decoded.push(*byte),
        }
    }
    String::from_utf8(decoded).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
