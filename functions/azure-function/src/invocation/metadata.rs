//! The host's `Metadata`: where events stand in Event Hubs, and which attempt this is.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

/// The property that `trailhound replay` sends beside what it hands over.
const REPLAYED: &str = "trailhound-replay";

/// A partition of an event hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// The namespace's name, without the cloud's suffix.
    pub namespace: String,
    /// The event hub.
    pub hub: String,
    /// The partition's id.
    pub id: String,
}

impl Default for Partition {
    fn default() -> Self {
        let unknown = || "unknown".to_owned();
        Self { namespace: unknown(), hub: unknown(), id: unknown() }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "eventhub://{}/{}/{}", self.namespace, self.hub, self.id)
    }
}

/// Which attempt at a batch this is, when it is not the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How many attempts went before.
    pub count: i64,
    /// How many the policy allows; below zero means without end.
    pub max: i64,
}

impl Retry {
    /// Does the host move on after this attempt, whatever the answer?
    pub fn is_last(self) -> bool {
        self.max >= 0 && self.count >= self.max
    }

    /// Is this the last attempt, or the one before it?
    pub fn is_near_end(self) -> bool {
        self.max >= 0 && self.count + 1 >= self.max
    }
}

/// What this handler needs of `Metadata`.
pub(super) struct Metadata {
    pub(super) partition: Partition,
    pub(super) sequences: Vec<Option<i64>>,
    /// Which events `trailhound replay` sent.
    pub(super) replayed: Vec<bool>,
    pub(super) enqueued: Option<Timestamp>,
    pub(super) retry: Option<Retry>,
    /// The binding's cardinality is `one`.
    pub(super) one: bool,
}

impl Metadata {
    /// Reads what is there; all of it is context, so that what is missing or odd costs no event.
    pub(super) fn read(raw: Option<&RawValue>) -> Self {
        let entries: BTreeMap<String, &RawValue> =
            raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
        let get = |name: &str| entries.get(name).map(|value| unwrapped(value)).unwrap_or_default();

        let context = get("PartitionContext");
        let text = |name: &str| match &context[name] {
            Value::String(text) if !text.is_empty() => segment(text).into_owned(),
            Value::Number(number) => number.to_string(),
            _ => "unknown".to_owned(),
        };
        let namespace = text("FullyQualifiedNamespace");
        let namespace = namespace.split('.').next().unwrap_or_default().to_owned();

        let many = get("SequenceNumberArray");
        let single = get("SequenceNumber");
        let sequences = match &many {
            // One that is none keeps its place, so that no event bears another's.
            Value::Array(numbers) => numbers.iter().map(number).collect(),
            _ => vec![number(&single)],
        };
        let is_replayed = |properties: &Value| properties.get(REPLAYED).is_some();
        let replayed = match get("PropertiesArray") {
            Value::Array(all) => all.iter().map(is_replayed).collect(),
            _ => vec![is_replayed(&get("Properties"))],
        };
        let enqueued = match get("EnqueuedTimeUtcArray") {
            Value::Array(times) => times.iter().filter_map(time).min(),
            _ => time(&get("EnqueuedTimeUtc")),
        };
        let retry = match get("RetryContext") {
            Value::Object(context) => Some(Retry {
                count: context.get("RetryCount").and_then(number).unwrap_or(0),
                max: context.get("MaxRetryCount").and_then(number).unwrap_or(-1),
            }),
            _ => None,
        };
        Self {
            partition: Partition { namespace, hub: text("EventHubName"), id: text("PartitionId") },
            sequences,
            replayed,
            enqueued,
            retry,
            one: !single.is_null() && many.is_null(),
        }
    }
}

pub(super) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A time as the host writes it: UTC, mostly without saying so.
fn time(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?;
    text.parse().ok().or_else(|| {
        let local: jiff::civil::DateTime = text.parse().ok()?;
        Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })
}

/// A value that may be wrapped in a string: what is inside, or the string itself.
pub(super) fn unwrapped(value: &RawValue) -> Value {
    let parsed: Value = serde_json::from_str(value.get()).unwrap_or_default();
    match parsed {
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(inner) => inner,
            Err(_) => Value::String(text),
        },
        other => other,
    }
}

/// A text for a URL-like origin: what would break it apart is taken out.
pub(super) fn segment(text: &str) -> Cow<'_, str> {
    let breaks = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '/' | '@' | '#');
    if text.contains(breaks) { Cow::Owned(text.replace(breaks, "_")) } else { Cow::Borrowed(text) }
}
