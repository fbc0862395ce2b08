//! What the Functions host posts, in every serialisation it is known to produce.
//!
//! The host writes most values as JSON inside a JSON string, some as they are, and bytes as base64; one event or
//! many; as strings or as objects. All come out here as bodies with the place in Event Hubs they were read from,
//! so that nothing behind this module knows there is a host.

mod metadata;
mod strings;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use serde::Deserialize;
use serde_json::value::RawValue;

use metadata::Metadata;
pub use metadata::{Partition, Retry};

/// The name of the trigger's binding in `detect/function.json`.
const BINDING: &str = "events";

/// One event of Event Hubs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// `eventhub://namespace/hub/partition@sequence`.
    pub origin: String,
    /// What the sender wrote.
    pub bytes: Vec<u8>,
}

/// One call of the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// Where the events were read from.
    pub partition: Partition,
    /// The events, in the order of their sequence numbers.
    pub bodies: Vec<Body>,
    /// Which attempt this is, when it is not the first.
    pub retry: Option<Retry>,
    /// When the oldest event entered Event Hubs.
    pub enqueued: Option<jiff::Timestamp>,
    /// The first and last sequence number.
    pub span: String,
}

/// The request is not what a host posts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoInvocation {
    /// Not JSON, or not an object with `Data` and `Metadata`.
    #[error("the request is no invocation: {0}")]
    Shape(String),
    /// No value for the trigger's binding.
    #[error("the request's Data has no '{BINDING}'")]
    NoEvents,
}

/// What the host sends: every value a string that holds JSON.
#[derive(Deserialize)]
struct Wrapped<'a> {
    #[serde(rename = "Data")]
    data: BTreeMap<String, String>,
    #[serde(borrow, rename = "Metadata", default)]
    metadata: Option<&'a RawValue>,
}

/// The same with values of any kind.
#[derive(Deserialize)]
struct Native<'a> {
    #[serde(borrow, rename = "Data")]
    data: BTreeMap<String, &'a RawValue>,
    #[serde(borrow, rename = "Metadata", default)]
    metadata: Option<&'a RawValue>,
}

impl Invocation {
    /// Reads a request's body.
    pub fn read(request: &[u8]) -> Result<Self, NoInvocation> {
        Self::read_strings(request).map_or_else(|| Self::read_any(request), Ok)
    }

    /// Reads the form that the host uses with our settings.
    fn read_strings(request: &[u8]) -> Option<Self> {
        let read = strings::read(request)?;
        let Wrapped { metadata, .. } = serde_json::from_slice(&read.rest).ok()?;
        let metadata = Metadata::read(metadata);
        (!metadata.one).then(|| Self::join(metadata, read.bodies.into_iter().map(body).collect()))
    }

    /// Reads any form.
    fn read_any(request: &[u8]) -> Result<Self, NoInvocation> {
        if let Ok(Wrapped { mut data, metadata }) = serde_json::from_slice(request) {
            let metadata = Metadata::read(metadata);
            let text = take(&mut data).ok_or(NoInvocation::NoEvents)?;
            let bodies = if metadata.one { vec![one(text)] } else { many(text) };
            return Ok(Self::join(metadata, bodies));
        }
        let Native { mut data, metadata } =
            serde_json::from_slice(request).map_err(|error| NoInvocation::Shape(error.to_string()))?;
        let metadata = Metadata::read(metadata);
        let value = take(&mut data).ok_or(NoInvocation::NoEvents)?;
        let bodies = match serde_json::from_str::<String>(value.get()) {
            Ok(text) if metadata.one => vec![one(text)],
            Ok(text) => many(text),
            Err(_) if metadata.one => vec![value.get().as_bytes().to_vec()],
            Err(_) => members(value.get()).unwrap_or_else(|| vec![value.get().as_bytes().to_vec()]),
        };
        Ok(Self::join(metadata, bodies))
    }

    /// `eventhub://namespace/hub/partition@first-last`.
    pub fn origin(&self) -> String {
        format!("{}@{}", self.partition, self.span)
    }

    /// Will the host move on after this attempt, whatever the answer?
    pub fn is_last_attempt(&self) -> bool {
        self.retry.is_some_and(Retry::is_last)
    }

    /// Is there at most one attempt left after this one?
    pub fn is_near_end(&self) -> bool {
        self.retry.is_some_and(Retry::is_near_end)
    }

    fn join(metadata: Metadata, bodies: Vec<Vec<u8>>) -> Self {
        let sequence = |at: usize| match metadata.sequences.get(at) {
            Some(number) => number.to_string(),
            None => format!("unknown-{at}"),
        };
        let span = match bodies.len() {
            0 => "none".to_owned(),
            1 => sequence(0),
            n => format!("{}-{}", sequence(0), sequence(n - 1)),
        };
        let partition = metadata.partition;
        let bodies = bodies
            .into_iter()
            .enumerate()
            .map(|(at, bytes)| Body { origin: format!("{partition}@{}", sequence(at)), bytes })
            .collect();
        Self { partition, bodies, retry: metadata.retry, enqueued: metadata.enqueued, span }
    }
}

/// The trigger's value: by its name, or the only one there is.
fn take<V>(data: &mut BTreeMap<String, V>) -> Option<V> {
    data.remove(BINDING)
        .or_else(|| if data.len() == 1 { data.pop_first().map(|(_, value)| value) } else { None })
}

/// A string that should hold an array of events.
fn many(text: String) -> Vec<Vec<u8>> {
    members(&text).unwrap_or_else(|| vec![one(text)])
}

/// The members of a JSON array: strings are event bodies as text, all else is a body as it stands.
fn members(text: &str) -> Option<Vec<Vec<u8>>> {
    if let Ok(texts) = serde_json::from_str::<Vec<String>>(text) {
        return Some(texts.into_iter().map(|text| body(text.into_bytes())).collect());
    }
    let members: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    Some(members.into_iter().map(|member| member_body(member.get())).collect())
}

fn member_body(json: &str) -> Vec<u8> {
    match serde_json::from_str::<String>(json) {
        Ok(text) => body(text.into_bytes()),
        Err(_) => json.as_bytes().to_vec(),
    }
}

/// A string that should hold one event, itself perhaps as a JSON string.
fn one(text: String) -> Vec<u8> {
    if text.starts_with('"')
        && let Ok(inner) = serde_json::from_str::<String>(&text)
    {
        return body(inner.into_bytes());
    }
    body(text.into_bytes())
}

/// An event as the host passed it on: its text, or its bytes in base64.
fn body(text: Vec<u8>) -> Vec<u8> {
    from_base64(&text).unwrap_or(text)
}

/// Base64 only where what it holds begins as a body can: text that happens to be of the alphabet stays text.
fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.trim_ascii();
    if text.len() < 4 || !text.len().is_multiple_of(4) || !text[0].is_ascii_alphanumeric() {
        return None;
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).trim_ascii_start();
    (start.starts_with(b"{") || start.starts_with(b"[") || start.starts_with(b"\x1f\x8b")).then_some(bytes)
}

/// A value that may be wrapped in a string: what is inside, or the string itself.
pub(crate) fn unwrapped(value: &RawValue) -> serde_json::Value {
    let parsed: serde_json::Value = serde_json::from_str(value.get()).unwrap_or_default();
    match parsed {
        serde_json::Value::String(text) => match serde_json::from_str(&text) {
            Ok(inner) => inner,
            Err(_) => serde_json::Value::String(text),
        },
        other => other,
    }
}

/// A text for a URL-like origin: what would break it apart is taken out.
fn segment(text: &str) -> Cow<'_, str> {
    let breaks = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '/' | '@' | '#');
    if text.contains(breaks) { Cow::Owned(text.replace(breaks, "_")) } else { Cow::Borrowed(text) }
}
