//! A record that meets a rule: what the rule wants, put into a record of its log.

use serde_json::Value;
use trailhound_sigma::{Example, Field, Wanted, json};

use super::place::{self, Choosing};
use super::verdict::Firing;
use super::{bases, facts, why};
use crate::event::Reader;
use crate::log_type::LogType;
use crate::rules::Detection;
use crate::tune::{Tuned, tune};

/// So many examples of a rule are tried.
const TRIES: usize = 96;

/// Why there is no record.
#[derive(Debug)]
pub(super) struct Not {
    pub(super) verdict: Firing,
    pub(super) reason: String,
    pub(super) record: Option<Value>,
}

/// A record, in its log's own form, that the rule matches once it was read; or why there is none.
pub(super) fn record(detection: &Detection) -> Result<Value, Not> {
    let mut met = None;
    let mut last = None;
    for number in 0..TRIES {
        let example = detection.compiled.example(number);
        for (log, source) in detection.sources() {
            for base in bases::of(*log, source) {
                let record = match made(*log, &base, &example, number) {
                    Ok(record) => record,
                    Err(missing) => {
                        last.get_or_insert(Last::Missing(missing));
                        continue;
                    }
                };
                if is_found(detection, &record) {
                    return Ok(record);
                }
                let text = record.to_string();
                let is_met =
                    json::Document::parse(&text).is_ok_and(|event| detection.compiled.matches(&event));
                if is_met {
                    met.get_or_insert(record);
                } else {
                    last.get_or_insert(Last::Unmet(record));
                }
            }
        }
    }
    if let Some(record) = met {
        let reason = why::not(detection, record.to_string().as_bytes());
        return Err(Not { verdict: Firing::Cannot, reason, record: Some(record) });
    }
    let (reason, record) = match last {
        Some(Last::Missing(missing)) => (missing, None),
        Some(Last::Unmet(record)) => (why::unmet(detection, &record), Some(record)),
        None => ("nothing is known of a record of its log".to_owned(), None),
    };
    Err(Not { verdict: Firing::Unproven, reason, record })
}

/// What became of the first try.
enum Last {
    /// There is no way to make it.
    Missing(String),
    /// It was made, and does not meet the rule.
    Unmet(Value),
}

/// Is anything found in the record once it is read?
fn is_found(detection: &Detection, record: &Value) -> bool {
    let mut is_found = false;
    Reader::default().read(record.to_string().as_bytes(), &mut |event| {
        let Ok(event) = event else { return };
        is_found |= detection.matches(event) && matches!(tune(event, detection), Tuned::Match { .. });
    });
    is_found
}

fn made(log: LogType, base: &Value, example: &Example, number: usize) -> Result<Value, String> {
    let mut record = base.clone();
    let choosing = Choosing { log, number };
    // What is to be absent first, so that what is wanted of the same object stays.
    let is_absent = |wanted: &Wanted| *wanted == Wanted::Absent;
    let absent = example.fields.iter().filter(|(_, wanted)| is_absent(wanted));
    for (field, _) in absent {
        field.paths.iter().for_each(|path| place::remove(&mut record, path));
    }
    for (field, wanted) in example.fields.iter().filter(|(_, wanted)| !is_absent(wanted)) {
        put(&mut record, field, wanted, choosing)?;
    }
    for keyword in &example.keywords {
        place::keyword(&mut record, log, keyword);
    }
    place::agree(&mut record, base, log);
    Ok(record)
}

/// Puts what is wanted where one of the field's paths says.
fn put(record: &mut Value, field: &Field, wanted: &Wanted, choosing: Choosing) -> Result<(), String> {
    let mut paths: Vec<&str> = field.paths.iter().flat_map(|path| place::alternatives(path)).collect();
    paths.sort_by_key(|path| place::rank(record, path, wanted));
    // The first tries take the best place, later ones any.
    let first = if choosing.number < 2 { 0 } else { choosing.number % paths.len().max(1) };
    for at in 0..paths.len() {
        let path = paths[(first + at) % paths.len()];
        if path.starts_with("n.") && !path.starts_with(crate::logs::NAMED_IN) {
            if facts::put(record, path, wanted, choosing) {
                return Ok(());
            }
        } else {
            place::set(record, path, wanted, choosing);
            return Ok(());
        }
    }
    Err(format!("{} is worked out of the record, and nothing is known that makes it so", field.name))
}
