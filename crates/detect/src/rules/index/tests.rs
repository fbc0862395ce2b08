//! What stands before a rule hides none of what it matches, in any log of the list: neither the index nor the screen.

mod made;

use std::collections::BTreeMap;

use proptest::test_runner::{Config, TestCaseError, TestRunner};
use trailhound_sigma::json::Node;

use super::Index;
use crate::decode::{Decoded, Decoder, Limits};
use crate::event::{Event, LogType, Reader, Reading};
use crate::logs;
use crate::rules::{Detection, Loaded, Loading, RuleFile, load_as};
use crate::screen::Screen;
use made::{Known, RulePick, Strictness, case};

/// How many sets of rules each log is asked with, unless `TRAILHOUND_INDEX_CASES` says another number.
const CASES: u32 = 40;

fn cases() -> u32 {
    std::env::var("TRAILHOUND_INDEX_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES)
}

/// The logs that rules read.
fn read() -> impl Iterator<Item = LogType> {
    LogType::ALL.iter().copied().filter(|log| logs::of(*log).fields.is_some())
}

/// The rules that could be made; what a log's closed fields refuse is left out.
fn loaded(known: &Known, picks: &[RulePick], strictness: Strictness) -> Loaded {
    let files: Vec<RuleFile> = (0..)
        .zip(picks)
        .map(|(at, pick)| RuleFile { path: format!("{at:02}.yml"), text: pick.rule(known, at, strictness) })
        .collect();
    load_as(&files, Loading { shipped: false, ..Loading::default() })
}

/// The rules of a log that an event matches, each asked by itself.
fn alone<'r>(detections: &'r [Detection], event: &Event<'_>) -> Vec<&'r str> {
    let asked = detections.iter().filter(|detection| detection.logs.contains(&event.log()));
    asked.filter(|detection| detection.matches(event)).map(|detection| detection.info.name.as_str()).collect()
}

/// The same by way of the index.
fn indexed<'r>(index: &Index, detections: &'r [Detection], event: &Event<'_>) -> Vec<&'r str> {
    let tried = index.candidates(event).map(|at| &detections[at]);
    tried.filter(|detection| detection.matches(event)).map(|detection| detection.info.name.as_str()).collect()
}

/// What each event of a record matches; nothing for what cannot be read.
fn matches(record: &str, detections: &[Detection]) -> Vec<Option<usize>> {
    let mut found = Vec::new();
    Reader::default().read(record.as_bytes(), &mut |event| {
        found.push(event.ok().map(|event| alone(detections, event).len()));
    });
    found
}

/// What the index or the screen hides; nothing where they hide nothing.
fn hidden(index: &Index, detections: &[Detection], screen: &Screen, record: &str) -> Option<String> {
    let mut fault = None;
    Reader::default().read(record.as_bytes(), &mut |event| {
        let Ok(event) = event else { return };
        let (due, found) = (alone(detections, event), indexed(index, detections, event));
        if due != found {
            fault = Some(format!("the index finds {found:?} of {due:?}"));
        }
    });
    let due = matches(record, detections);
    let mut bytes = |decoded: Decoded<'_>| {
        if let Decoded::Record(record) = decoded
            && !screen.is_candidate(&record)
            && due.iter().flatten().any(|matches| *matches > 0)
        {
            fault = Some("the screen of bytes lets a match go".to_owned());
        }
    };
    let mut decoder = Decoder::new(Limits::default());
    decoder.push(format!("{{\"Records\":[{record}]}}").as_bytes(), &mut bytes);
    decoder.finish(&mut bytes);
    if fault.is_some() || due.contains(&None) {
        return fault;
    }
    let wanted = |log, form, node: Node<'_>| screen.may_match(log, form, node);
    let mut at = 0;
    Reader::default().read_wanted(record.as_bytes(), &wanted, &mut |reading| {
        match reading {
            Reading::Unwanted(..) if due[at] != Some(0) => {
                fault = Some("the screen lets a match go".to_owned());
            }
            Reading::Mended | Reading::Notice(_) => return,
            _ => {}
        }
        at += 1;
    });
    fault
}

/// Asks as many cases of a log, and says how many matches there were and what was hidden.
fn ask(log: LogType, of_the_index: Strictness) -> (usize, Option<String>) {
    let known = Known::of(log);
    let mut runner =
        TestRunner::new(Config { cases: cases(), failure_persistence: None, ..Config::default() });
    let found = std::cell::Cell::new(0);
    let outcome = runner.run(&case(), |case| {
        let rules = loaded(&known, &case.rules, Strictness::AsWritten);
        let other = loaded(&known, &case.rules, of_the_index);
        let index = Index::new(other.rules.detections());
        let screen = Screen::new(&other.rules.compiled());
        for record in case.records(&known) {
            let detections = rules.rules.detections();
            found.set(found.get() + matches(&record, detections).into_iter().flatten().sum::<usize>());
            if let Some(fault) = hidden(&index, detections, &screen, &record) {
                let texts: Vec<String> = (0..)
                    .zip(&case.rules)
                    .map(|(at, pick)| pick.rule(&known, at, Strictness::AsWritten))
                    .collect();
                return Err(TestCaseError::fail(format!("{fault}\n{}\n{record}", texts.join("---\n"))));
            }
        }
        Ok(())
    });
    (found.get(), outcome.err().map(|wrong| wrong.to_string()))
}

#[test]
fn nothing_before_a_rule_hides_what_it_matches() {
    let mut found = BTreeMap::new();
    for log in read() {
        let (matches, wrong) = ask(log, Strictness::AsWritten);
        assert_eq!(wrong, None, "{log:?}");
        found.insert(log, matches);
    }
    assert!(found.values().all(|matches| *matches > 60), "too few matches to prove anything: {found:?}");
}

/// An index of rules that ask for more than those in force has to be caught, in each log.
#[test]
fn an_index_that_asks_for_too_much_is_caught() {
    for log in read() {
        assert!(ask(log, Strictness::AllOfThem).1.is_some(), "{log:?}");
    }
}
