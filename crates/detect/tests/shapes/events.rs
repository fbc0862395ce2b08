//! What the proof is made with: every rule's test events and every sample, each with an identity of its own, so that
//! several may travel in one delivery.

use std::io::Read as _;
use std::path::Path;
use std::sync::OnceLock;

use flate2::read::MultiGzDecoder;
use serde_json::{Value, json};
use trailhound_detect::proving::shapes::{KnownMembers, Log};
use trailhound_detect::proving::{Tests, parse_all, shipped};

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

/// The members that their records are known to have.
pub(crate) fn known() -> &'static KnownMembers {
    static KNOWN: OnceLock<KnownMembers> = OnceLock::new();
    KNOWN.get_or_init(|| KnownMembers::from(all().iter().map(|event| (event.log, &event.record))))
}
