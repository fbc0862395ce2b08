//! A message of a Storage queue, as the host posts it.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::metadata::{number, segment, unwrapped};
use super::{Native, NoInvocation, Wrapped, one, take};

/// The name of the trigger's binding in `gather/function.json`.
const BINDING: &str = "item";

/// A queue's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The queue's id for it.
    pub id: String,
    /// How often it was handed out, this time included.
    pub times: Option<i64>,
    /// What its sender wrote; in base64 as well, which the queue's own tools like to add.
    pub text: Vec<u8>,
}

impl Item {
    /// Reads a request that holds one.
    pub fn read(request: &[u8]) -> Result<Self, NoInvocation> {
        if let Ok(Wrapped { mut data, metadata }) = serde_json::from_slice(request) {
            let text = take(&mut data, BINDING).ok_or(NoInvocation::NoEvents)?;
            return Ok(Self::of(one(text), metadata));
        }
        let Native { mut data, metadata } =
            serde_json::from_slice(request).map_err(|error| NoInvocation::Shape(error.to_string()))?;
        let value = take(&mut data, BINDING).ok_or(NoInvocation::NoEvents)?;
        let text = match serde_json::from_str::<String>(value.get()) {
            Ok(text) => one(text),
            Err(_) => value.get().as_bytes().to_vec(),
        };
        Ok(Self::of(text, metadata))
    }

    fn of(text: Vec<u8>, metadata: Option<&RawValue>) -> Self {
        let entries: BTreeMap<String, &RawValue> =
            metadata.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
        let get = |name: &str| entries.get(name).map(|value| unwrapped(value)).unwrap_or_default();
        let id = match get("Id") {
            Value::String(id) => segment(&id).into_owned(),
            _ => "unknown".to_owned(),
        };
        Self { id, times: number(&get("DequeueCount")), text }
    }
}
