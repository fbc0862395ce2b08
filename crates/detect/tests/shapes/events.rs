//! What the proof is made with: every rule's test events and every sample, each with an identity of its own, so that
//! several may travel in one delivery.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::OnceLock;

use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value, json};
use trailhound_detect::proving::{Tests, parse_all, shipped};

/// The log a record is of, in the form that its cloud itself writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Log {
    CloudTrail,
    Activity,
    SignIn,
    Audit,
    Risk,
    Bastion,
    Sysmon,
    Falcon,
    Gcp,
    /// Somebody else's form of it already, which only what knows no log may carry.
    Foreign,
}

impl Log {
    /// The logs that have a form of their own.
    pub(crate) const OWN: [Self; 9] = [
        Self::CloudTrail,
        Self::Activity,
        Self::SignIn,
        Self::Audit,
        Self::Risk,
        Self::Bastion,
        Self::Sysmon,
        Self::Falcon,
        Self::Gcp,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CloudTrail => "cloudtrail",
            Self::Activity => "activity",
            Self::SignIn => "signin",
            Self::Audit => "audit",
            Self::Risk => "risk",
            Self::Bastion => "bastion",
            Self::Sysmon => "sysmon",
            Self::Falcon => "falcon",
            Self::Gcp => "gcp",
            Self::Foreign => "foreign",
        }
    }

    fn of(record: &Value) -> Self {
        let text = |name: &str| record[name].as_str().unwrap_or_default();
        let category = text("category");
        let is_wrapped = ["time", "@timestamp"].iter().all(|name| record[name].is_null());
        if record["eventSource"].is_string() && record["eventName"].is_string() {
            Self::CloudTrail
        } else if record["protoPayload"].is_object() {
            Self::Gcp
        } else if record["event_simpleName"].is_string() {
            Self::Falcon
        } else if record["Image"].is_string() && (record["UtcTime"].is_string() || record["EventID"].is_u64())
        {
            Self::Sysmon
        } else if is_wrapped {
            Self::Foreign
        } else if category.ends_with("SignInLogs") {
            Self::SignIn
        } else if category == "AuditLogs" {
            Self::Audit
        } else if category.ends_with("RiskEvents") {
            Self::Risk
        } else if category == "BastionAuditLogs" {
            Self::Bastion
        } else if text("operationName").contains('/') && matches!(category, "Administrative" | "") {
            Self::Activity
        } else {
            Self::Foreign
        }
    }

    /// Where a record names itself.
    fn id(self) -> Option<&'static str> {
        match self {
            Self::CloudTrail => Some("/eventID"),
            Self::Activity => Some("/correlationId"),
            Self::SignIn | Self::Audit | Self::Risk => Some("/properties/id"),
            Self::Falcon => Some("/id"),
            Self::Sysmon => Some("/EventRecordID"),
            Self::Bastion | Self::Gcp | Self::Foreign => None,
        }
    }
}

/// One record.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// The rule whose test it is, or the sample's file.
    pub(crate) rule: String,
    /// Which of its tests.
    pub(crate) name: String,
    pub(crate) log: Log,
    pub(crate) record: Value,
    /// It names itself, so that its finding's id does not depend on its bytes or place.
    pub(crate) has_id: bool,
}

/// All of them, in the same order always.
pub(crate) fn all() -> &'static [Event] {
    static ALL: OnceLock<Vec<Event>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut events = of_rules();
        events.extend(of_samples());
        for (number, event) in events.iter_mut().enumerate() {
            identify(event, number);
        }
        events
    })
}

fn of_rules() -> Vec<Event> {
    let mut events = Vec::new();
    for tests in parse_all(&shipped()) {
        let Tests::Rule(tests) = tests.expect("a shipped tests file reads") else { continue };
        for test in tests.tests {
            // What is cut off in the middle has no shape.
            let Ok(record) = serde_json::from_slice::<Value>(&test.event) else { continue };
            let log = Log::of(&record);
            events.push(Event { rule: tests.rule.clone(), name: test.name, log, record, has_id: false });
        }
    }
    events
}

fn of_samples() -> Vec<Event> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("the samples").map(|entry| entry.expect("a file").path()).collect();
    files.retain(|file| file.is_file());
    files.sort();
    let mut events = Vec::new();
    for file in files {
        let bytes = std::fs::read(&file).expect("a readable sample");
        let text = if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut text = String::new();
            MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("gzip");
            text
        } else {
            String::from_utf8(bytes).expect("UTF-8")
        };
        let rule = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let mut number = 0;
        for document in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
            for record in records(document.expect("JSON")) {
                number += 1;
                let log = Log::of(&record);
                events.push(Event {
                    rule: rule.clone(),
                    name: format!("#{number}"),
                    log,
                    record,
                    has_id: false,
                });
            }
        }
    }
    events
}

/// What an envelope of the clouds themselves holds; anything else is taken as one.
fn records(document: Value) -> Vec<Value> {
    match document {
        Value::Array(members) => members,
        Value::Object(mut object) => {
            for name in ["Records", "records"] {
                if let Some(Value::Array(members)) = object.remove(name) {
                    return members;
                }
            }
            vec![Value::Object(object)]
        }
        other => vec![other],
    }
}

/// Gives a record that names itself a name of its own.
fn identify(event: &mut Event, number: usize) {
    let Some(place) = event.log.id().and_then(|path| event.record.pointer_mut(path)) else { return };
    *place = match place {
        Value::Number(_) => json!(700_000 + number),
        Value::String(_) => json!(format!("00000000-0000-4000-8000-{number:012x}")),
        _ => return,
    };
    event.has_id = true;
}

/// Members by the path of the object they stand in.
pub(crate) type Members = BTreeMap<String, Map<String, Value>>;

/// The members that records of a log are known to have: by the path of the object they stand in, with a value of the
/// kind they have. What depends on the action is kept by action.
pub(crate) fn known_members(log: Log) -> &'static Members {
    static KNOWN: OnceLock<BTreeMap<Log, Members>> = OnceLock::new();
    static NONE: Members = BTreeMap::new();
    let known = KNOWN.get_or_init(|| {
        let mut known: BTreeMap<Log, Members> = BTreeMap::new();
        for event in all().iter().filter(|event| event.log != Log::Foreign) {
            gather(&place_of(&event.record), &event.record, known.entry(event.log).or_default());
        }
        known
    });
    known.get(&log).unwrap_or(&NONE)
}

/// Where a record's own members are kept in [`known_members`]: parameters differ by action.
pub(crate) fn place_of(record: &Value) -> String {
    let action = ["eventName", "operationName", "category"].iter().find_map(|name| record[name].as_str());
    action.unwrap_or_default().to_lowercase()
}

/// The place of a member's members.
pub(crate) fn below(place: &str, name: &str) -> String {
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
