//! Windows events as OpenTelemetry's receiver keeps them in a record's body.
//! <https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/windowseventlogreceiver>

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Document, Kind, Node};

use super::windows;
use crate::log_type::LogType;
use crate::logs::json::Object;
use crate::logs::log::Recognised;

const HEAD: &[(&str, &str)] = &[
    ("EventID", "event_id.id"),
    ("Channel", "channel"),
    ("ProviderName", "provider.name"),
    ("Computer", "computer"),
    ("TimeCreated", "system_time"),
    ("EventRecordID", "record_id"),
    ("Message", "message"),
];

pub(super) fn shape(root: Node<'_>) -> Option<Recognised<'_>> {
    root.get("event_id.id").and(root.key("channel")).and(root.key("record_id"))?;
    let flat = flat(root);
    let document = Document::parse(&flat).ok()?;
    Some(match windows::shape(document.root())? {
        Recognised::As(LogType::EndpointOther) => Recognised::As(LogType::EndpointOther),
        _ => Recognised::Like(LogType::ProcessCreation, canonical),
    })
}

fn canonical(root: Node<'_>) -> String {
    let flat = flat(root);
    let made = Document::parse(&flat).map(|document| windows::canonical(document.root()));
    made.unwrap_or(flat)
}

/// The event's parts beside each other, its data below `EventData`.
fn flat(root: Node<'_>) -> String {
    let mut record = Object::default();
    for (name, path) in HEAD {
        record.copy_some(name, root.get(path));
    }
    let mut data = Object::default();
    let given = root.key("event_data");
    match given.and_then(|given| given.key("data")).filter(|list| list.kind() == Kind::Array) {
        // Each by itself, since the event may name two alike.
        Some(list) => copy(list.members().flat_map(Node::entries), &mut data),
        None => copy(given.into_iter().flat_map(Node::entries), &mut data),
    }
    if !data.is_empty() {
        record.nested("EventData", data);
    }
    record.finish()
}

fn copy<'d>(entries: impl Iterator<Item = (Node<'d>, Node<'d>)>, data: &mut Object) {
    for (key, value) in entries {
        data.copy(&key.as_str().unwrap_or_default(), value);
    }
}
