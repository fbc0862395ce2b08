//! Run the tests beside the rules.

use std::io::Write;
use std::path::PathBuf;

use trailhound_detect::rules::testing::{self, RuleTests};
use trailhound_detect::rules::{EMBEDDED_TESTS, RuleFile};

use crate::{Exit, settings};

pub(super) fn test(paths: &[PathBuf]) -> anyhow::Result<Exit> {
    let loaded = settings::load_rules(paths)?;
    let mut failed = super::check::tell_errors(&loaded) != Exit::Clean;
    let mut out = anstream::stdout().lock();
    let (mut passed, mut not) = (0, 0);
    let mut tested = Vec::new();
    for file in tests(paths)? {
        let tests: RuleTests = match testing::parse(&file.path, &file.text) {
            Ok(tests) => tests,
            Err(wrong) => {
                failed = true;
                writeln!(out, "{wrong}")?;
                continue;
            }
        };
        let Some(detection) = loaded.rules.find(&tests.rule) else {
            failed = true;
            writeln!(out, "{}:1:1: tests of '{}', which is no rule here", tests.file, tests.rule)?;
            continue;
        };
        tested.push(detection.info.name.clone());
        let failures = testing::run(detection, &tests);
        passed += tests.tests.len() - failures.len();
        not += failures.len();
        for failure in &failures {
            writeln!(
                out,
                "{}:{}: {}: '{}' expected {}{}, got {}{}",
                tests.file,
                failure.test.line,
                tests.rule,
                failure.test.name,
                failure.test.expect.as_str(),
                at(failure.test.level),
                failure.got.as_str(),
                at(failure.level),
            )?;
        }
    }
    for detection in loaded.rules.detections() {
        if !tested.contains(&detection.info.name) {
            writeln!(out, "note: {} has no tests beside it", detection.info.name)?;
        }
    }
    writeln!(out, "{} rules, {passed} passed, {not} failed", tested.len())?;
    Ok(if not > 0 || failed { Exit::Findings } else { Exit::Clean })
}

fn at(level: Option<trailhound_detect::matched::Level>) -> String {
    level.map_or_else(String::new, |level| format!(" at {level}"))
}

fn tests(paths: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    if paths.is_empty() {
        let shipped = EMBEDDED_TESTS.iter();
        return Ok(shipped
            .map(|file| RuleFile { path: file.path.to_owned(), text: file.text.to_owned() })
            .collect());
    }
    settings::tests_files(paths)
}
