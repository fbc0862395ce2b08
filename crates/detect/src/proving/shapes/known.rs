//! The members that records are known to have, which stores fill with nothing where a record has none.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::log::Log;

/// Members by the path of the object they stand in.
pub(super) type Members = BTreeMap<String, Map<String, Value>>;

/// The members that records of a log are known to have: by the path of the object they stand in, with a value of the
/// kind they have. What depends on the action is kept by action.
#[derive(Clone, Debug, Default)]
pub struct KnownMembers(BTreeMap<Log, Members>);

impl KnownMembers {
    /// What these records have.
    pub fn from<'r>(records: impl Iterator<Item = (Log, &'r Value)>) -> Self {
        let mut known: BTreeMap<Log, Members> = BTreeMap::new();
        for (log, record) in records.filter(|(log, _)| *log != Log::Foreign) {
            gather(&place_of(record), record, known.entry(log).or_default());
        }
        Self(known)
    }

    pub(super) fn of(&self, log: Log) -> &Members {
        static NONE: Members = Members::new();
        self.0.get(&log).unwrap_or(&NONE)
    }
}

/// Where a record's own members are kept in [`KnownMembers`]: parameters differ by action.
pub(super) fn place_of(record: &Value) -> String {
    let action = ["eventName", "operationName", "category"].iter().find_map(|name| record[name].as_str());
    action.unwrap_or_default().to_lowercase()
}

/// The place of a member's members.
pub(super) fn below(place: &str, name: &str) -> String {
    let is_of_every_action = matches!(name, "userIdentity" | "identity");
    if is_of_every_action { format!("/{name}") } else { format!("{place}/{name}") }
}

fn gather(place: &str, value: &Value, known: &mut Members) {
    let Value::Object(object) = value else { return };
    // Claims are told of by the issuer of the token, not by the log.
    if place.ends_with("/claims") {
        return;
    }
    for (name, member) in object {
        gather(&below(place, name), member, known);
        if !member.is_null() {
            known.entry(place.to_owned()).or_default().entry(name.clone()).or_insert_with(|| member.clone());
        }
    }
}
