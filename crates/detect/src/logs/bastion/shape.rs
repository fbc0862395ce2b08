//! Bastion's sessions as Event Hubs and Log Analytics have them.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Document, Kind, Node};

use crate::log_type::LogType;
use crate::logs::azure::entra::{decapitalised, row};
use crate::logs::json::{Object, folded};
use crate::logs::log::Recognised;

const CATEGORY: &str = "BastionAuditLogs";

pub(super) fn by_category<'d>(root: Node<'d>, category: &str) -> Option<Recognised<'d>> {
    category.eq_ignore_ascii_case(CATEGORY).then(|| shape(root))
}

/// A row of a Log Analytics table.
pub(super) fn by_look(root: Node<'_>) -> Option<Recognised<'_>> {
    let is = |key: &str, name: &str| root.key(key).is_some_and(|node| node.raw() == name);
    let is_row = is("Type", "MicrosoftAzureBastionAuditLogs") || is("Category", CATEGORY);
    is_row.then_some(Recognised::Like(LogType::BastionAudit, |root| row(root, CATEGORY, &["Category"])))
}

/// In place where the names below `properties` begin in lower case.
fn shape(root: Node<'_>) -> Recognised<'_> {
    let is_ours = root.key("properties").is_some_and(|properties| {
        properties.kind() == Kind::Object
            && !properties.entries().any(|(key, _)| key.raw().starts_with(|c: char| c.is_ascii_uppercase()))
    });
    let log = LogType::BastionAudit;
    if is_ours { Recognised::As(log) } else { Recognised::Like(log, canonical) }
}

fn canonical(root: Node<'_>) -> String {
    let mut record = Object::default();
    for (key, value) in root.entries() {
        if !key.is_named("properties") {
            record.copy(&key.as_str().unwrap_or_default(), value);
        }
    }
    let properties = root.key("properties");
    let text = properties.and_then(folded);
    let inner = text.as_deref().and_then(|text| Document::parse(text).ok());
    let held = inner.as_ref().map(Document::root).or(properties);
    // A store that allows several has one in a list.
    let held = held.and_then(|held| held.members().next()).or(held);
    if let Some(text) = held.filter(|held| held.kind() == Kind::String) {
        record.copy("properties", text);
        return record.finish();
    }
    let mut object = Object::default();
    for (key, value) in held.into_iter().flat_map(Node::entries) {
        object.copy(&decapitalised(&key.as_str().unwrap_or_default()), value);
    }
    record.nested("properties", object);
    record.finish()
}
