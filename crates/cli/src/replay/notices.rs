//! The objects that a message names: S3's own notices, by whatever way they come, and CloudTrail's.

use serde_json::Value;
use trailhound_courier::notices::{ObjectNotice, is_test, of_cloudtrail, of_event_bridge, of_s3};
use trailhound_courier::ports::ObjectRef;

/// How many envelopes may wrap one another, as in the function.
const DEEPEST: u8 = 4;

/// What a message asks for.
#[derive(Default)]
pub(super) struct NamedObjects {
    /// The objects that it names, in its order.
    pub(super) objects: Vec<ObjectRef>,
    /// It tells of something that holds no records, as that an object was removed.
    pub(super) is_notice: bool,
    /// Why something in it is not known.
    pub(super) unknown: Option<String>,
}

/// What a message asks for; nothing where it holds records itself, or nothing that anybody knows.
pub(super) fn named_in(message: &[u8]) -> NamedObjects {
    let mut named = NamedObjects::default();
    if let Ok(value) = serde_json::from_slice(message) {
        look(&value, 0, &mut named);
    }
    named
}

fn look(value: &Value, depth: u8, named: &mut NamedObjects) {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
    if let Some(message) = text("/Message").or_else(|| text("/Sns/Message")) {
        if let (true, Ok(inner)) = (depth < DEEPEST, serde_json::from_str(message)) {
            look(&inner, depth + 1, named);
        }
    } else if let Some(records) = value.get("Records").and_then(Value::as_array) {
        for record in records {
            look(record, depth, named);
        }
    } else if is_test(value) {
        named.is_notice = true;
    } else {
        let one = of_s3(value).or_else(|| of_event_bridge(value)).map(|notice| vec![notice]);
        for notice in one.or_else(|| of_cloudtrail(value)).into_iter().flatten() {
            match notice {
                ObjectNotice::Written(object) => named.objects.push(object),
                ObjectNotice::Other(_) => named.is_notice = true,
                ObjectNotice::Unknown(why) => named.unknown = Some(why),
            }
        }
    }
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
        named.objects.iter().map(|object| format!("s3://{}/{}", object.bucket, object.key)).collect()
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
        assert!(named_in(b"no JSON").objects.is_empty());
    }

    #[test]
    fn what_was_removed_or_moved_is_no_object_to_read() {
        let of = |name: &str| json!({"eventSource": "aws:s3", "eventName": name, "s3": {"bucket": {"name": "b"}, "object": {"key": "k"}}});
        let removed = json!({"Records": [of("ObjectRemoved:Delete"), of("LifecycleExpiration:Delete")]});
        let bridge = json!({"source": "aws.s3", "detail-type": "Object Deleted", "detail": {"bucket": {"name": "b"}, "object": {"key": "k"}}});
        for message in [&removed, &bridge, &json!({"Event": "s3:TestEvent"})] {
            for message in [message.to_string(), json!({"Message": message.to_string()}).to_string()] {
                let NamedObjects { objects, is_notice, unknown } = named_in(message.as_bytes());
                assert!(objects.is_empty() && is_notice && unknown.is_none(), "{message}");
            }
        }
        let all =
            json!({"Records": [of("ObjectRemoved:Delete"), of("ObjectCreated:Put"), of("ObjectBent:Put")]});
        assert_eq!(uris(&all), ["s3://b/k"]);
        assert!(named_in(all.to_string().as_bytes()).unknown.is_some_and(|why| why.contains("ObjectBent")));
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
