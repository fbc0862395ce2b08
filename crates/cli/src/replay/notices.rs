//! The objects that a message names: S3's own notices, by whatever way they come, and CloudTrail's.

use serde_json::Value;
use trailhound_courier::ports::ObjectRef;

/// How many envelopes may wrap one another, as in the function.
const DEEPEST: u8 = 4;

/// All objects that a message names, in its order; none where it holds records itself, or nothing that anybody knows.
pub(super) fn named_in(message: &[u8]) -> Vec<ObjectRef> {
    let mut named = Vec::new();
    if let Ok(value) = serde_json::from_slice(message) {
        look(&value, 0, &mut named);
    }
    named
}

fn look(value: &Value, depth: u8, named: &mut Vec<ObjectRef>) {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
    let own = |text: Option<&str>| text.map(str::to_owned);
    if let Some(message) = text("/Message").or_else(|| text("/Sns/Message")) {
        if let (true, Ok(inner)) = (depth < DEEPEST, serde_json::from_str(message)) {
            look(&inner, depth + 1, named);
        }
    } else if let Some(records) = value.get("Records").and_then(Value::as_array) {
        for record in records {
            look(record, depth, named);
        }
    } else if let (Some(bucket), Some(key)) = (text("/s3/bucket/name"), text("/s3/object/key")) {
        named.push(ObjectRef {
            bucket: bucket.to_owned(),
            key: decoded(key),
            region: own(text("/awsRegion")),
            version: own(text("/s3/object/versionId")),
            e_tag: own(text("/s3/object/eTag")),
        });
    } else if let (Some("aws.s3"), Some(bucket), Some(key)) =
        (text("/source"), text("/detail/bucket/name"), text("/detail/object/key"))
    {
        named.push(ObjectRef {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            region: own(text("/region")),
            version: own(text("/detail/object/version-id")),
            e_tag: own(text("/detail/object/etag")),
        });
    } else if let (Some(bucket), Some(keys)) = (text("/s3Bucket"), value.get("s3ObjectKey")) {
        let keys = keys.as_array().map_or(std::slice::from_ref(keys), Vec::as_slice);
        named.extend(keys.iter().filter_map(Value::as_str).map(|key| ObjectRef {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            ..ObjectRef::default()
        }));
    }
}

/// Undoes form-urlencoding; what begins no escape stands for itself.
fn decoded(key: &str) -> String {
    let mut bytes = Vec::with_capacity(key.len());
    let mut rest = key.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let escape =
            tail.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (first, escape) {
            (b'+', _) => bytes.push(b' '),
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| key.to_owned())
}

/// CloudTrail's own notice of an object, whose keys come as they are.
pub(super) fn notice(object: &ObjectRef) -> String {
    serde_json::json!({"s3Bucket": object.bucket, "s3ObjectKey": [object.key]}).to_string()
}

/// The object that a record's origin is in: `s3://bucket/key#3`, `s3://bucket/key:3`.
pub(super) fn of_origin(origin: &str) -> Option<ObjectRef> {
    let (bucket, key) = origin.strip_prefix("s3://")?.split_once('/')?;
    let digits = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let key = match digits.strip_suffix(['#', ':']) {
        Some(before) if digits.len() < key.len() => before,
        _ => key,
    };
    Some(ObjectRef { bucket: bucket.to_owned(), key: key.to_owned(), ..ObjectRef::default() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn uris(message: &Value) -> Vec<String> {
        let named = named_in(message.to_string().as_bytes());
        named.iter().map(|object| format!("s3://{}/{}", object.bucket, object.key)).collect()
    }

    #[test]
    fn every_notice_of_an_object_names_it() {
        let own = json!({"Records": [{"eventSource": "aws:s3", "s3": {"bucket": {"name": "b"}, "object": {"key": "a+b%2Bc%zz"}}}]});
        assert_eq!(uris(&own), ["s3://b/a b+c%zz"]);
        let bridge = json!({"source": "aws.s3", "detail-type": "Object Created", "detail": {"bucket": {"name": "b"}, "object": {"key": "a+b"}}});
        assert_eq!(uris(&bridge), ["s3://b/a+b"]);
        let trail = json!({"s3Bucket": "b", "s3ObjectKey": ["x", "y"]});
        assert_eq!(uris(&trail), ["s3://b/x", "s3://b/y"]);
        for inner in [own, bridge, trail] {
            let wrapped = json!({"Type": "Notification", "TopicArn": "t", "Message": inner.to_string()});
            assert_eq!(uris(&wrapped), uris(&inner));
        }
        assert_eq!(uris(&json!({"eventName": "StartSession", "eventVersion": "1.11"})), Vec::<String>::new());
        assert_eq!(named_in(b"no JSON"), []);
    }

    #[test]
    fn an_origin_names_the_object_it_is_in() {
        for origin in ["s3://b/a/k.json.gz#12", "s3://b/a/k.json.gz:12", "s3://b/a/k.json.gz"] {
            let object = of_origin(origin).unwrap();
            assert_eq!((object.bucket.as_str(), object.key.as_str()), ("b", "a/k.json.gz"), "{origin}");
            assert_eq!(uris(&serde_json::from_str(&notice(&object)).unwrap()), ["s3://b/a/k.json.gz"]);
        }
        assert_eq!(of_origin("s3://b/k9").unwrap().key, "k9");
        assert_eq!(of_origin("sqs://q/m"), None);
    }
}
