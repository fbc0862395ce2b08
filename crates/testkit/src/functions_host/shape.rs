//! Requests as the host writes them. `Strings` is what `"dataType": "string"` with cardinality many gives today;
//! the others are what the host gives under other settings, or is documented to.

use base64::Engine;
use serde_json::{Map, Value, json};

/// One event of Event Hubs.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its sequence number.
    pub sequence: i64,
    /// What its sender wrote.
    pub body: Vec<u8>,
}

/// Where a batch was read.
#[derive(Clone, Copy, Debug)]
pub struct Position<'a> {
    /// The namespace's full name.
    pub namespace: &'a str,
    /// The event hub.
    pub hub: &'a str,
    /// The partition's id.
    pub partition: &'a str,
}

impl Default for Position<'_> {
    fn default() -> Self {
        Self { namespace: "hubs-example.servicebus.windows.net", hub: "activity", partition: "0" }
    }
}

/// `RetryContext`, present from the second attempt on.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// Attempts before this one.
    pub count: i64,
    /// Most attempts after the first.
    pub max: i64,
}

/// What is posted.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Where it was read.
    pub position: Position<'a>,
    /// Its events.
    pub events: &'a [Event],
    /// Which attempt this is.
    pub retry: Option<Retry>,
}

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// Many, `dataType` string: a JSON string that holds an array of strings.
    Strings,
    /// Many, no `dataType`: a JSON string that holds an array of objects; what is no JSON stays a string.
    Objects,
    /// Many, `dataType` binary: a JSON string that holds an array of base64.
    Base64,
    /// An array of strings as it is.
    NativeStrings,
    /// An array of objects as it is.
    NativeObjects,
    /// One event, as a JSON string in a JSON string.
    One,
    /// One event, as an object.
    OneNative,
}

impl Wrapping {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Strings,
        Self::Objects,
        Self::Base64,
        Self::NativeStrings,
        Self::NativeObjects,
        Self::One,
        Self::OneNative,
    ];

    /// Does a request hold one event only?
    pub fn is_one(self) -> bool {
        matches!(self, Self::One | Self::OneNative)
    }

    fn is_native(self) -> bool {
        matches!(self, Self::NativeStrings | Self::NativeObjects | Self::OneNative)
    }
}

/// The body of a request.
pub fn request(batch: &Batch<'_>, wrapping: Wrapping) -> Vec<u8> {
    let members: Vec<Value> = batch.events.iter().map(|event| member(&event.body, wrapping)).collect();
    let value = if wrapping.is_one() {
        members.into_iter().next().unwrap_or_default()
    } else {
        Value::Array(members)
    };
    let wrap = |value: Value| if wrapping.is_native() { value } else { Value::String(value.to_string()) };
    let data = json!({"events": wrap(value)});
    let metadata = metadata(batch, wrapping, &wrap);
    // Data before Metadata, as the host writes them.
    format!(r#"{{"Data":{data},"Metadata":{metadata}}}"#).into_bytes()
}

fn member(body: &[u8], wrapping: Wrapping) -> Value {
    // The host decodes as UTF-8 and puts a replacement for what is not.
    let text = String::from_utf8_lossy(body).into_owned();
    match wrapping {
        Wrapping::Base64 => Value::String(base64::engine::general_purpose::STANDARD.encode(body)),
        Wrapping::Objects | Wrapping::NativeObjects | Wrapping::OneNative => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        Wrapping::Strings | Wrapping::NativeStrings | Wrapping::One => Value::String(text),
    }
}

fn metadata(batch: &Batch<'_>, wrapping: Wrapping, wrap: &dyn Fn(Value) -> Value) -> Value {
    let mut entries = Map::new();
    entries.insert(
        "PartitionContext".to_owned(),
        json!({
            "FullyQualifiedNamespace": batch.position.namespace, "EventHubName": batch.position.hub,
            "ConsumerGroup": "$Default", "PartitionId": batch.position.partition,
            "IsCheckpointingAfterInvocation": true,
        }),
    );
    let list = |of: &dyn Fn(&Event) -> Value| batch.events.iter().map(of).collect::<Vec<Value>>();
    let time = "2026-08-01T10:00:00.123";
    if wrapping.is_one() {
        let event = batch.events.first();
        entries.insert("SequenceNumber".to_owned(), wrap(json!(event.map(|event| event.sequence))));
        entries.insert("Offset".to_owned(), wrap(json!(event.map(|event| event.sequence.to_string()))));
        entries.insert("EnqueuedTimeUtc".to_owned(), json!("2026-08-01T10:00:00"));
        entries.insert("PartitionKey".to_owned(), Value::Null);
    } else {
        entries.insert(
            "SequenceNumberArray".to_owned(),
            wrap(Value::Array(list(&|event| json!(event.sequence)))),
        );
        entries.insert(
            "OffsetArray".to_owned(),
            wrap(Value::Array(list(&|event| json!((event.sequence * 100).to_string())))),
        );
        entries.insert("PartitionKeyArray".to_owned(), wrap(Value::Array(list(&|_| Value::Null))));
        entries.insert("EnqueuedTimeUtcArray".to_owned(), wrap(Value::Array(list(&|_| json!(time)))));
        entries.insert("PropertiesArray".to_owned(), wrap(Value::Array(list(&|_| json!({})))));
        entries.insert(
            "SystemPropertiesArray".to_owned(),
            wrap(Value::Array(list(
                &|event| json!({"SequenceNumber": event.sequence, "EnqueuedTimeUtc": time}),
            ))),
        );
    }
    entries.insert(
        "sys".to_owned(),
        json!({"MethodName": "detect", "UtcNow": "2026-08-01T10:00:01Z", "RandGuid": "00000000-0000-0000-0000-000000000000"}),
    );
    if let Some(retry) = batch.retry {
        let context = json!({"RetryCount": retry.count, "MaxRetryCount": retry.max, "Exception": null});
        entries.insert("RetryContext".to_owned(), context);
    }
    Value::Object(entries)
}
