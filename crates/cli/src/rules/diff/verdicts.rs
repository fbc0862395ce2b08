//! Which events of both sides' tests one side tells otherwise than the other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use trailhound_detect::matched::Level;
use trailhound_detect::proving::{Expect, Stage, Tests, told};

use super::side::Side;

/// An event, or several in a correlation's test, that a rule tells otherwise.
#[derive(Debug, Serialize)]
pub(super) struct Otherwise {
    pub(super) file: String,
    pub(super) line: usize,
    /// The test that has it.
    pub(super) test: String,
    pub(super) rule: String,
    pub(super) old: String,
    pub(super) new: String,
}

/// Where an event stands.
struct EventPlace<'t> {
    file: &'t str,
    line: usize,
    test: &'t str,
}

/// What differs, and how many events there are.
pub(super) fn between(old: &Side, new: &Side) -> (Vec<Otherwise>, usize) {
    let mut events: BTreeMap<&[u8], EventPlace<'_>> = BTreeMap::new();
    // A test of both sides is named by where it stands now.
    for tests in new.tests.iter().chain(&old.tests) {
        let Tests::Rule(tests) = tests else { continue };
        for test in &tests.tests {
            let place = EventPlace { file: &tests.file, line: test.line, test: &test.name };
            events.entry(&test.event).or_insert(place);
        }
    }
    let mut all = Vec::new();
    for (event, EventPlace { file, line, test }) in &events {
        let sides = [told(&old.rules, event), told(&new.rules, event)];
        let [before, after] = sides.map(Option::unwrap_or_default);
        let rules: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for rule in rules.into_iter().filter(|rule| before.get(*rule) != after.get(*rule)) {
            all.push(Otherwise {
                file: (*file).to_owned(),
                line: *line,
                test: (*test).to_owned(),
                rule: rule.clone(),
                old: verdict(before.get(rule)),
                new: verdict(after.get(rule)),
            });
        }
    }
    let count = events.len() + episodes(old, new, &mut all);
    all.sort_by(|a, b| (&a.file, a.line, &a.rule).cmp(&(&b.file, b.line, &b.rule)));
    (all, count)
}

fn verdict(told: Option<&(Expect, Level)>) -> String {
    told.map_or_else(|| "none".to_owned(), |(expect, level)| format!("{} {level}", expect.as_str()))
}

/// Tests of correlations, which are run as a whole; answers with how many there are.
fn episodes(old: &Side, new: &Side, all: &mut Vec<Otherwise>) -> usize {
    let stages = [Stage::new(Arc::clone(&old.rules)), Stage::new(Arc::clone(&new.rules))];
    let (mut seen, mut count) = (BTreeSet::new(), 0);
    for tests in new.tests.iter().chain(&old.tests) {
        let Tests::Correlation(tests) = tests else { continue };
        let [before, after] = [&stages[0], &stages[1]].map(|stage| {
            let failures = stage.run(tests).into_iter();
            failures.map(|failure| (failure.test.line, failure.got)).collect::<BTreeMap<_, _>>()
        });
        for test in tests.tests.iter().filter(|test| seen.insert((&tests.rule, &test.name, &test.events))) {
            count += 1;
            let came_to = |got: &BTreeMap<usize, String>| {
                got.get(&test.line)
                    .cloned()
                    .unwrap_or_else(|| format!("{}, as expected", test.expect.as_str()))
            };
            let [old, new] = [came_to(&before), came_to(&after)];
            if old != new {
                let (file, rule, test_name) = (tests.file.clone(), tests.rule.clone(), test.name.clone());
                all.push(Otherwise { file, line: test.line, test: test_name, rule, old, new });
            }
        }
    }
    count
}
