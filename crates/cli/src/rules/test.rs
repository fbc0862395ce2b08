//! Run the tests beside the rules.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use trailhound_detect::proving::{self, EpisodeTests, RuleTests, Stage, Tests};
use trailhound_detect::rules::{RuleFile, RuleSet};

use crate::exit::Exit;
use crate::rule_files;

pub(super) fn test(paths: &[PathBuf]) -> anyhow::Result<Exit> {
    let loaded = rule_files::load_rules(paths)?;
    let mut failed = super::check::tell_errors(&loaded) != Exit::Clean;
    let mut out = anstream::stdout().lock();
    let rules = Arc::new(loaded.rules);
    let mut run = Run { stage: None, rules: &rules, out: &mut out, passed: 0, failed: 0 };
    let mut tested = BTreeSet::new();
    for tests in proving::parse_all(&tests(paths)?) {
        let known = match &tests {
            Ok(Tests::Rule(tests)) => run.rule(tests)?,
            Ok(Tests::Correlation(tests)) => run.correlation(tests)?,
            Err(wrong) => {
                failed = true;
                writeln!(run.out, "{wrong}")?;
                continue;
            }
        };
        failed |= known.is_none();
        tested.extend(known);
    }
    let (passed, not) = (run.passed, run.failed);
    let correlations = rules.correlations().iter().filter(|correlated| correlated.alerts);
    let names = rules.detections().iter().map(|detection| &detection.info.name);
    for name in names.chain(correlations.map(|correlated| &correlated.info.name)) {
        if !tested.contains(name) {
            writeln!(out, "note: {name} has no tests beside it")?;
        }
    }
    writeln!(out, "{} rules, {passed} passed, {not} failed", tested.len())?;
    Ok(if not > 0 || failed { Exit::Findings } else { Exit::Clean })
}

/// Tests under way.
struct Run<'r> {
    stage: Option<Stage>,
    rules: &'r Arc<RuleSet>,
    out: &'r mut dyn Write,
    passed: usize,
    failed: usize,
}

impl Run<'_> {
    /// Runs the tests of a rule; answers with its name, if there is such a rule.
    fn rule(&mut self, tests: &RuleTests) -> anyhow::Result<Option<String>> {
        let Some(detection) = self.rules.find(&tests.rule) else {
            writeln!(self.out, "{}:1:1: tests of '{}', which is no rule here", tests.file, tests.rule)?;
            return Ok(None);
        };
        let failures = proving::run(detection, tests);
        self.passed += tests.tests.len() - failures.len();
        self.failed += failures.len();
        for failure in &failures {
            writeln!(
                self.out,
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
        Ok(Some(detection.info.name.clone()))
    }

    /// The same for a correlation.
    fn correlation(&mut self, tests: &EpisodeTests) -> anyhow::Result<Option<String>> {
        let Some(correlated) = self.rules.correlation(&tests.rule) else {
            writeln!(
                self.out,
                "{}:1:1: tests of '{}', which is no correlation here",
                tests.file, tests.rule
            )?;
            return Ok(None);
        };
        let stage = self.stage.get_or_insert_with(|| Stage::new(Arc::clone(self.rules)));
        let failures = stage.run(tests);
        self.passed += tests.tests.len() - failures.len();
        self.failed += failures.len();
        for failure in &failures {
            writeln!(self.out, "{}:{}: {}: {failure}", tests.file, failure.test.line, tests.rule)?;
        }
        Ok(Some(correlated.info.name.clone()))
    }
}

fn at(level: Option<trailhound_detect::matched::Level>) -> String {
    level.map_or_else(String::new, |level| format!(" at {level}"))
}

fn tests(paths: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    if paths.is_empty() {
        return Ok(proving::shipped());
    }
    rule_files::tests_files(paths)
}
