//! Takes a rule apart, clause by clause, to see whether its tests notice.
//!
//! A clause that can go without a test failing is either untested or does nothing.

use trailhound_sigma::{CompiledRule, FieldMap};

use super::single::{RuleTests, run};
use crate::rules::{Adjust, Detection, Guard};

/// A clause that no test misses.
#[derive(Debug)]
pub struct Survivor {
    /// The rule's file and the clause's line.
    pub place: String,
    /// The clause.
    pub clause: String,
}

/// The clauses of a detection, adjustments included, that its tests would not miss.
pub fn survivors(detection: &mut Detection, tests: &RuleTests, fields: &dyn FieldMap) -> Vec<Survivor> {
    let mut survivors = rule_survivors(detection, tests, fields);
    for at in 0..detection.extension.adjust.len() {
        survivors.extend(adjust_survivors(detection, at, tests, fields));
    }
    for at in 0..detection.extension.known.len() {
        survivors.extend(known_survivors(detection, at, tests, fields));
    }
    survivors
}

fn known_survivors(
    detection: &mut Detection,
    at: usize,
    tests: &RuleTests,
    fields: &dyn FieldMap,
) -> Vec<Survivor> {
    let (file, source) = (detection.rule.meta.file.clone(), detection.rule.logsource.clone());
    let mut survivors = Vec::new();
    let mut tell = |detection: &Detection, clause: String| {
        if run(detection, tests).is_empty() {
            survivors.push(Survivor { place: file.clone(), clause: format!("known: {clause}") });
        }
    };
    let whole = detection.extension.known.remove(at);
    tell(detection, "the whole".to_owned());
    detection.extension.known.insert(at, whole);
    for is_when in [true, false] {
        let side = |detection: &mut Detection, with: Option<Guard>| {
            let known = &mut detection.extension.known[at];
            std::mem::replace(if is_when { &mut known.when } else { &mut known.unless }, with)
        };
        let Some(whole) = side(detection, None) else { continue };
        tell(detection, if is_when { "when" } else { "unless" }.to_owned());
        for clause in whole.search.clauses() {
            let Ok(mutant) = Guard::new(whole.search.without(&clause), &file, &source, fields) else {
                continue;
            };
            side(detection, Some(mutant));
            tell(detection, clause.description);
        }
        side(detection, Some(whole));
    }
    survivors
}

fn rule_survivors(detection: &mut Detection, tests: &RuleTests, fields: &dyn FieldMap) -> Vec<Survivor> {
    let rule = detection.rule.clone();
    let mut survivors = Vec::new();
    for clause in rule.clauses() {
        // A mutant that no longer compiles has been noticed.
        let Ok(mutant) = CompiledRule::compile(&rule.without(&clause), fields) else { continue };
        let whole = std::mem::replace(&mut detection.compiled, mutant);
        if run(detection, tests).is_empty() {
            survivors.push(Survivor {
                place: format!("{}:{}", rule.meta.file, clause.line),
                clause: clause.description,
            });
        }
        detection.compiled = whole;
    }
    survivors
}

fn adjust_survivors(
    detection: &mut Detection,
    at: usize,
    tests: &RuleTests,
    fields: &dyn FieldMap,
) -> Vec<Survivor> {
    let (file, source) = (detection.rule.meta.file.clone(), detection.rule.logsource.clone());
    let mut survivors = Vec::new();
    let mut tell = |detection: &Detection, clause: String, line: Option<usize>| {
        if run(detection, tests).is_empty() {
            let place = line.map_or_else(|| file.clone(), |line| format!("{file}:{line}"));
            survivors.push(Survivor { place, clause });
        }
    };

    let because = detection.extension.adjust[at].because.clone();
    if detection.extension.adjust[at].level.is_some() {
        let whole = detection.extension.adjust.remove(at);
        tell(detection, format!("the whole adjustment '{because}'"), None);
        detection.extension.adjust.insert(at, whole);
    } else {
        return survivors;
    }
    for side in [Side::When, Side::Unless] {
        let Some(search) =
            side.of(&mut detection.extension.adjust[at]).as_ref().map(|guard| guard.search.clone())
        else {
            continue;
        };
        for clause in search.clauses() {
            let Ok(mutant) = Guard::new(search.without(&clause), &file, &source, fields) else { continue };
            let whole = side.of(&mut detection.extension.adjust[at]).replace(mutant);
            tell(detection, format!("adjustment '{because}': {}", clause.description), Some(clause.line));
            *side.of(&mut detection.extension.adjust[at]) = whole;
        }
    }
    survivors
}

#[derive(Clone, Copy)]
enum Side {
    When,
    Unless,
}

impl Side {
    fn of(self, adjust: &mut Adjust) -> &mut Option<Guard> {
        match self {
            Self::When => &mut adjust.when,
            Self::Unless => &mut adjust.unless,
        }
    }
}
