//! What notices say of objects: S3's own, those that EventBridge passes on, and CloudTrail's. By whatever envelope they come, a
//! function follows them, and so does whoever replays what it could not finish.
//!
//! Keys of S3's own are form-urlencoded: `+` is a space, and `%2B` a plus. Those of the others come as they are.

use serde_json::Value;
use trailhound_detect::tally::Notice;

use crate::ports::ObjectRef;

/// The major version of S3's format that we read; minor versions only add.
const VERSION: &str = "2";

/// What is told of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectNotice {
    /// It was written, and may be read.
    Written(ObjectRef),
    /// Something else that is known by name: there is nothing to read.
    Other(Notice),
    /// What nobody knows, and why.
    Unknown(String),
}

/// The text of a field, where it has one.
fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
}

/// `s3:TestEvent`, sent when a notification is configured.
pub fn is_test(value: &Value) -> bool {
    text(value, "/Event") == Some("s3:TestEvent")
}

/// One entry of the `Records` of S3's own notice; `None` when it is none.
pub fn of_s3(entry: &Value) -> Option<ObjectNotice> {
    if entry.get("s3").is_none() && text(entry, "/eventSource") != Some("aws:s3") {
        return None;
    }
    let unknown = |why: String| Some(ObjectNotice::Unknown(why));
    let name = text(entry, "/eventName").unwrap_or("ObjectCreated:");
    let name = name.strip_prefix("s3:").unwrap_or(name);
    let other = |notice| Some(ObjectNotice::Other(notice));
    match name.split(':').next().unwrap_or(name) {
        "ObjectCreated" => {}
        "ObjectRemoved" => return other(Notice::ObjectRemoved),
        "TestEvent" => return other(Notice::S3TestEvent),
        "LifecycleExpiration"
        | "LifecycleTransition"
        | "IntelligentTiering"
        | "ObjectRestore"
        | "ObjectTagging"
        | "ObjectAcl"
        | "Replication"
        | "ReducedRedundancyLostObject" => return other(Notice::ObjectLifecycle),
        name => return unknown(format!("an S3 event named {name:?}")),
    }
    let version = text(entry, "/eventVersion").unwrap_or(VERSION);
    if version.split('.').next() != Some(VERSION) {
        return unknown(format!("notification format {version:?}, not {VERSION}.x"));
    }
    let (Some(bucket), Some(key)) = (text(entry, "/s3/bucket/name"), text(entry, "/s3/object/key")) else {
        return unknown("an S3 notice without bucket or key".to_owned());
    };
    let Some(key) = decode_key(key) else {
        return unknown(format!("a key that is no text once decoded: {key:?}"));
    };
    Some(ObjectNotice::Written(ObjectRef {
        bucket: bucket.to_owned(),
        key,
        region: text(entry, "/awsRegion").map(str::to_owned),
        version: text(entry, "/s3/object/versionId").map(str::to_owned),
        e_tag: text(entry, "/s3/object/eTag").map(str::to_owned),
    }))
}

/// An event of EventBridge's whose source is S3; `None` when it is none.
pub fn of_event_bridge(event: &Value) -> Option<ObjectNotice> {
    let (kind, detail) = (text(event, "/detail-type")?, event.get("detail")?);
    if text(event, "/source") != Some("aws.s3") {
        return None;
    }
    match kind {
        "Object Created" => {}
        "Object Deleted" => return Some(ObjectNotice::Other(Notice::ObjectRemoved)),
        _ => return Some(ObjectNotice::Other(Notice::ObjectLifecycle)),
    }
    let (Some(bucket), Some(key)) = (text(detail, "/bucket/name"), text(detail, "/object/key")) else {
        let why = "an Object Created event without bucket or key";
        return Some(ObjectNotice::Unknown(why.to_owned()));
    };
    Some(ObjectNotice::Written(ObjectRef {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        region: text(event, "/region").map(str::to_owned),
        version: text(detail, "/object/version-id").map(str::to_owned),
        e_tag: text(detail, "/object/etag").map(str::to_owned),
    }))
}

/// `{"s3Bucket": "…", "s3ObjectKey": ["…"]}`, CloudTrail's own message; `None` when the value is none.
pub fn of_cloudtrail(value: &Value) -> Option<Vec<ObjectNotice>> {
    let bucket = text(value, "/s3Bucket")?;
    let keys = match value.get("s3ObjectKey")? {
        Value::Array(keys) => keys.as_slice(),
        key => std::slice::from_ref(key),
    };
    let of_key = |key: &Value| match key.as_str() {
        Some(key) if !key.is_empty() => ObjectNotice::Written(ObjectRef {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            ..ObjectRef::default()
        }),
        _ => ObjectNotice::Unknown("an s3ObjectKey that is no text".to_owned()),
    };
    Some(keys.iter().map(of_key).collect())
}

/// Undoes form-urlencoding; a `%` that starts no escape stands for itself.
pub fn decode_key(key: &str) -> Option<String> {
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
