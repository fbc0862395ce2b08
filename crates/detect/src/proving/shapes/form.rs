//! What a shape is, and what all that write one need.

use serde_json::Value;

use super::known::KnownMembers;
use super::log::Log;

/// How records are put into a shape.
#[derive(Clone, Copy, Debug)]
pub enum Put {
    /// Each record becomes others, which are told apart in the report; every one of them must be found.
    Record(fn(&KnownMembers, Log, &Value) -> Vec<Value>),
    /// Records, one or several, become the bytes of a delivery; nothing where the shape cannot hold them.
    Delivery(fn(&[Value]) -> Option<Vec<u8>>),
}

/// A shape.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// What it is called.
    pub name: &'static str,
    /// The logs it is known for.
    pub logs: &'static [Log],
    /// How it is made.
    pub put: Put,
}

impl Shape {
    /// The bytes of one record in this shape; none where it cannot hold the record, several where it comes in
    /// variants.
    pub fn deliveries(&self, known: &KnownMembers, log: Log, record: &Value) -> Vec<Vec<u8>> {
        match self.put {
            Put::Record(put) => {
                put(known, log, record).iter().map(|record| record.to_string().into_bytes()).collect()
            }
            Put::Delivery(put) => put(std::slice::from_ref(record)).into_iter().collect(),
        }
    }
}

pub(super) const fn record(
    name: &'static str,
    logs: &'static [Log],
    put: fn(&KnownMembers, Log, &Value) -> Vec<Value>,
) -> Shape {
    Shape { name, logs, put: Put::Record(put) }
}

pub(super) const fn delivery(
    name: &'static str,
    logs: &'static [Log],
    put: fn(&[Value]) -> Option<Vec<u8>>,
) -> Shape {
    Shape { name, logs, put: Put::Delivery(put) }
}

/// Every log in its own form.
pub(super) const OWN: &[Log] = &Log::OWN;
/// And those that already are in another.
pub(super) const ANY: &[Log] = &[
    Log::CloudTrail,
    Log::Activity,
    Log::SignIn,
    Log::Audit,
    Log::Risk,
    Log::Bastion,
    Log::Sysmon,
    Log::Falcon,
    Log::Gcp,
    Log::Foreign,
];
pub(super) const CLOUDTRAIL: &[Log] = &[Log::CloudTrail];
pub(super) const ACTIVITY: &[Log] = &[Log::Activity];
pub(super) const AZURE: &[Log] = &[Log::Activity, Log::SignIn, Log::Audit, Log::Risk, Log::Bastion];
pub(super) const ENTRA: &[Log] = &[Log::SignIn, Log::Audit, Log::Risk];

/// A path of members, or null.
pub(super) fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(value, |value, name| &value[name])
}

/// Puts a value at a dotted path, unless there is none.
pub(super) fn set(target: &mut Value, path: &str, value: &Value) {
    if value.is_null() {
        return;
    }
    let mut place = target;
    for name in path.split('.') {
        if !place.is_object() {
            *place = Value::Object(serde_json::Map::new());
        }
        place = &mut place[name];
    }
    *place = value.clone();
}

/// The records as one JSON document.
pub(super) fn bytes(value: &Value) -> Option<Vec<u8>> {
    serde_json::to_vec(value).ok()
}
