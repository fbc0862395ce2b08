//! What the Functions host posts, in every serialisation it is known to produce.
//!
//! The host writes most values as JSON inside a JSON string, some as they are, and bytes as base64; one event or
//! many; as strings or as objects. All come out here as bodies with the place in Event Hubs they were read from,
//! so that nothing behind this module knows there is a host.

mod item;
mod metadata;
mod strings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use base64::Engine;
use serde::Deserialize;
use serde_json::value::RawValue;

pub use item::Item;
use metadata::Metadata;
pub use metadata::{Partition, Retry};
use strings::{Remains, Strings};

/// The name of the trigger's binding in `detect/function.json`.
const BINDING: &str = "events";

/// What a request says of its events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// Where the events were read from.
    pub partition: Partition,
    /// Which attempt this is, when it is not the first.
    pub retry: Option<Retry>,
    /// When the oldest event entered Event Hubs.
    pub enqueued: Option<jiff::Timestamp>,
    sequences: Vec<Option<i64>>,
    /// Which events somebody had sent again.
    replayed: Vec<bool>,
    /// The binding's cardinality is `one`.
    one: bool,
}

/// The request is not what a host posts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoInvocation {
    /// Not JSON, or not an object with `Data` and `Metadata`.
    #[error("the request is no invocation: {0}")]
    Shape(String),
    /// No value for the trigger's binding.
    #[error("the request's Data has not what its trigger binds")]
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

/// A request that is none, as far as it was not read.
#[derive(Debug)]
pub struct Unread {
    /// Why.
    pub error: NoInvocation,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Reads a request as it arrives.
#[derive(Debug)]
pub struct Intake(Strings);

impl Default for Intake {
    fn default() -> Self {
        Self(Strings::new())
    }
}

impl Intake {
    /// Takes the next bytes, and hands out the bodies of events that are complete.
    pub fn push(&mut self, bytes: &[u8], visit: &mut dyn FnMut(Vec<u8>)) {
        self.0.push(bytes, &mut |text| visit(body(text)));
    }

    /// Nothing more will come: hands out the bodies that are left, and says what the request says of all of them.
    pub fn finish(self, visit: &mut dyn FnMut(Vec<u8>)) -> Result<Invocation, Unread> {
        let unread = |error, bytes| Unread { error, bytes };
        match self.0.finish() {
            Remains::Rest(rest) => match serde_json::from_slice::<Wrapped<'_>>(&rest) {
                Ok(Wrapped { metadata, .. }) => Ok(Invocation::of(Metadata::read(metadata))),
                Err(error) => Err(unread(NoInvocation::Shape(error.to_string()), rest)),
            },
            Remains::Request { bytes, extra } => match any(&bytes) {
                Ok((metadata, bodies)) => {
                    bodies.into_iter().skip(extra).for_each(visit);
                    Ok(Invocation::of(metadata))
                }
                Err(error) => Err(unread(error, bytes)),
            },
        }
    }
}

impl Invocation {
    /// Where an event stands that no request says anything of.
    pub fn unknown() -> String {
        format!("{}@unknown", Partition::default())
    }

    fn of(Metadata { partition, sequences, replayed, enqueued, retry, one }: Metadata) -> Self {
        Self { partition, retry, enqueued, sequences, replayed, one }
    }

    /// Where one of the events stands: `eventhub://namespace/hub/partition@sequence`.
    pub fn origin_of(&self, event: usize) -> String {
        format!("{}@{}", self.partition, self.sequence(event))
    }

    /// Where all of so many stand: `eventhub://namespace/hub/partition@first-last`.
    pub fn origin(&self, events: usize) -> String {
        match events {
            0 => format!("{}@none", self.partition),
            1 => self.origin_of(0),
            _ => format!("{}@{}-{}", self.partition, self.sequence(0), self.sequence(events - 1)),
        }
    }

    fn sequence(&self, event: usize) -> String {
        // What is one event to the host may have turned out several.
        let at = if self.one { 0 } else { event };
        self.sequences
            .get(at)
            .copied()
            .flatten()
            .map_or_else(|| format!("unknown-{at}"), |number| number.to_string())
    }

    /// Which of so many bodies somebody had sent again.
    pub fn replayed(&self, events: usize) -> Vec<bool> {
        // What is one event to the host may have turned out several.
        let at = |event| if self.one { 0 } else { event };
        (0..events).map(|event| self.replayed.get(at(event)).copied().unwrap_or(false)).collect()
    }

    /// Will the host move on after this attempt, whatever the answer?
    pub fn is_last_attempt(&self) -> bool {
        self.retry.is_some_and(Retry::is_last)
    }

    /// Is there at most one attempt left after this one?
    pub fn is_near_end(&self) -> bool {
        self.retry.is_some_and(Retry::is_near_end)
    }
}

/// Reads a whole request of any form.
fn any(request: &[u8]) -> Result<(Metadata, Vec<Vec<u8>>), NoInvocation> {
    if let Ok(Wrapped { mut data, metadata }) = serde_json::from_slice(request) {
        let metadata = Metadata::read(metadata);
        let text = take(&mut data, BINDING).ok_or(NoInvocation::NoEvents)?;
        let bodies = if metadata.one { vec![one(text)] } else { many(text) };
        return Ok((metadata, bodies));
    }
    let Native { mut data, metadata } =
        serde_json::from_slice(request).map_err(|error| NoInvocation::Shape(error.to_string()))?;
    let metadata = Metadata::read(metadata);
    let value = take(&mut data, BINDING).ok_or(NoInvocation::NoEvents)?;
    let bodies = match serde_json::from_str::<String>(value.get()) {
        Ok(text) if metadata.one => vec![one(text)],
        Ok(text) => many(text),
        Err(_) if metadata.one => vec![value.get().as_bytes().to_vec()],
        Err(_) => members(value.get()).unwrap_or_else(|| vec![value.get().as_bytes().to_vec()]),
    };
    Ok((metadata, bodies))
}

/// The trigger's value: by its name, or the only one there is.
fn take<V>(data: &mut BTreeMap<String, V>, binding: &str) -> Option<V> {
    data.remove(binding)
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
