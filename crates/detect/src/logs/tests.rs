//! A log of the list has all its parts, and they agree with each other.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value;
use trailhound_sigma::{CompiledRule, FieldMap, LogSource, ParseOptions, SigmaDocument, UnknownField, parse};

use super::list::{LOGS, of};
use super::members::ObjectMember;
use crate::event::FieldMaps;
use crate::event::testing::{merged, read};
use crate::facts::Facts;
use crate::log_type::LogType;
use crate::rules::EMBEDDED;

fn sample(log: LogType) -> Value {
    serde_json::from_str(of(log).sample).unwrap_or_else(|error| panic!("{log:?}: {error}"))
}

/// The logs that rules read.
fn told() -> impl Iterator<Item = LogType> {
    LogType::ALL.iter().copied().filter(|log| of(*log).fields.is_some())
}

#[test]
fn the_list_is_in_the_order_of_its_names() {
    assert_eq!(LOGS.len(), LogType::ALL.len());
    for (at, log) in LogType::ALL.iter().enumerate() {
        assert!(std::ptr::eq(LOGS[at], of(*log)), "{log:?}");
    }
}

#[test]
fn a_sample_is_recognised_and_identified() {
    for &log in LogType::ALL {
        let (read_as, facts) = read(&sample(log));
        assert_eq!((read_as, facts.log, facts.provider), (log, log, log.provider()));
        assert!(
            !facts.identity().is_empty() && facts.identity() == read(&sample(log)).1.identity(),
            "{log:?}"
        );
    }
}

#[test]
fn logs_have_words_of_their_own() {
    let (mut names, mut records) = (BTreeSet::new(), BTreeSet::new());
    for &log in LogType::ALL {
        let words = &of(log).words;
        assert!([words.log, words.record, words.event].iter().all(|word| !word.is_empty()), "{log:?}");
        assert!(names.insert(log.as_str()), "{log:?}");
        assert!(records.insert(words.record) || of(log).fields.is_none(), "{log:?}");
        let facts = read(&sample(log)).1;
        assert!(
            !(words.source_event)(&facts).is_empty() && !(words.cloud)(&facts).provider.is_empty(),
            "{log:?}"
        );
    }
}

#[test]
fn what_rules_read_tells_who_did_what_to_what_and_when() {
    for log in told() {
        let facts = read(&sample(log)).1;
        assert!(facts.time.is_some() && !facts.original_time.is_empty(), "{log:?}");
        assert!(
            facts.action.key.len() > 1 && !facts.action.service.is_empty(),
            "{log:?}: {:?}",
            facts.action
        );
        assert!(!facts.actor.key.is_empty() && !facts.actor.display.is_empty(), "{log:?}: {:?}", facts.actor);
        // A detection of risk is of somebody, not on something.
        assert!(!facts.target.ids.is_empty() || log == LogType::EntraRisk, "{log:?}");
        assert!(!facts.scope.account.is_empty(), "{log:?}");
    }
}

#[test]
fn rules_can_ask_for_it_and_are_found_by_fields_it_has() {
    for &log in LogType::ALL {
        let (known, record) = (of(log), sample(log));
        assert_eq!(known.sources.is_empty(), known.fields.is_none(), "{log:?}");
        let Some(fields) = known.fields else { continue };
        let found_by = &known.found_by;
        for path in found_by.raw.iter().chain(found_by.common).copied() {
            assert_eq!(fields.resolve(path).as_deref(), Some(&[path.to_owned()][..]), "{log:?}");
            let pointer = format!("/{}", path.replace('.', "/"));
            assert!(record.pointer(&pointer).is_some(), "{log:?}: no {path} in the sample");
        }
    }
}

#[test]
fn a_rule_can_be_begun_by_what_the_sample_says_was_done() {
    for log in told() {
        let (known, record) = (of(log), sample(log));
        let fields = known.fields.expect("told by its fields");
        assert!(!known.begun.told_by.is_empty(), "{log:?}");
        for field in known.begun.told_by {
            let stands = fields.resolve(field).unwrap_or_default().into_iter().any(|path| {
                record.pointer(&format!("/{}", path.replace('.', "/"))).is_some_and(Value::is_string)
            });
            assert!(stands, "{log:?}: no {field} in the sample");
        }
        if known.begun.refused.is_empty() {
            assert!(known.outcome.is_empty(), "{log:?} tells how calls end");
            continue;
        }
        let patch = serde_json::from_str(known.begun.refused).unwrap();
        let outcome = read(&merged(&record, &patch)).1.outcome.kind.as_str();
        assert!(matches!(outcome, "denied" | "failed"), "{log:?}: {outcome}");
    }
}

#[test]
fn what_is_shown_or_withheld_can_be_named_by_rules() {
    for log in told() {
        let known = of(log);
        let shown = (known.shows.fields)(&read(&sample(log)).1).iter().map(|shown| shown.path);
        let fields = known.fields.expect("told by its fields");
        for path in shown.chain(known.shows.withheld.iter().copied()) {
            assert!(fields.resolve(path).is_some(), "{log:?}: {path}");
        }
    }
}

#[test]
fn a_member_whose_members_rules_name_is_an_object_or_a_list() {
    for log in told() {
        for path in of(log).fields.expect("told by its fields").open_members() {
            assert!(ObjectMember::find(of(log).members, path).is_some(), "{log:?}: {path}");
        }
    }
}

/// Notes what rules name, and where it stands.
struct Names<'n>(&'n RefCell<BTreeSet<(LogType, String)>>);

impl FieldMap for Names<'_> {
    fn resolve(&self, logsource: &LogSource, field: &str) -> Result<Vec<String>, UnknownField> {
        let paths = FieldMaps.resolve(logsource, field)?;
        for log in FieldMaps.log_types(logsource).unwrap_or_default() {
            self.0.borrow_mut().extend(paths.iter().map(|path| (log, path.clone())));
        }
        Ok(paths)
    }
}

#[test]
fn what_shipped_rules_look_into_is_declared() {
    let named = RefCell::default();
    for file in EMBEDDED.iter() {
        let options = ParseOptions::default().with_extensions(&["trailhound"]);
        let documents = parse(file.path, file.text, &options).expect("a shipped rule");
        for document in documents {
            if let SigmaDocument::Rule(rule) = document {
                CompiledRule::compile(&rule, &Names(&named)).expect("a shipped rule");
            }
        }
    }
    let named = named.into_inner();
    assert!(named.len() > 50);
    for (log, path) in named.iter().filter(|(_, path)| !path.starts_with("n.") && !path.contains("://")) {
        for (at, _) in path.match_indices('.') {
            let head = &path[..at];
            assert!(ObjectMember::find(of(*log).members, head).is_some(), "{log:?}: {head} of {path}");
        }
    }
}

/// What a record says; of a log without ids of its own the id is the text's.
fn said(record: &Value) -> (LogType, Facts) {
    let (log, mut facts) = read(record);
    if !record.to_string().contains(&facts.event_uid) && log == LogType::BastionAudit {
        facts.event_uid.clear();
    }
    (log, facts)
}

#[test]
fn what_comes_as_text_says_the_same() {
    for log in told() {
        let plain = sample(log);
        let due = said(&plain);
        let mut folded = plain.clone();
        for (name, value) in folded.as_object_mut().expect("an object") {
            if value.is_object() || value.is_array() {
                *value = value.to_string().into();
                let mut one = plain.clone();
                one[name] = value.clone();
                assert_eq!(said(&one), due, "{log:?}: {name}");
            }
        }
        assert_eq!(said(&folded), due, "{log:?}");
    }
}
