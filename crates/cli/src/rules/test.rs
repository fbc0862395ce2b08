//! Run the tests beside the rules.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use trailhound_detect::describe::visible;
use trailhound_detect::proving::{self, EpisodeTests, RuleTests, Stage, Tests};
use trailhound_detect::rules::{FileKind, RuleFile, RuleSet};

use super::junit::{self, Suite, TestCase};
use super::watch::watch;
use crate::args::{RuleChoice, Test, TestFormat};
use crate::exit::Exit;
use crate::rule_files;
use crate::words::counted;

pub(super) fn test(arguments: &Test) -> anyhow::Result<Exit> {
    if !arguments.watch {
        return once(arguments);
    }
    let choice = arguments.rules.all();
    anyhow::ensure!(!choice.folders.is_empty(), "--watch without rules; name a folder or file to watch");
    let watched: Vec<PathBuf> = choice.folders.into_iter().chain(choice.placeholders).collect();
    watch(&watched, &mut || once(arguments))
}

fn once(arguments: &Test) -> anyhow::Result<Exit> {
    let choice = arguments.rules.all();
    let given = rule_files::rule_files(&choice.folders)?;
    let has_rules = given.iter().any(|file| FileKind::of(&file.path) == Some(FileKind::Rules));
    let files = tests(&choice)?;
    // A file of tests alone is about rules that are shipped.
    let folders = if has_rules { choice.folders.clone() } else { Vec::new() };
    let loaded = rule_files::load_rules(&RuleChoice { folders, ..choice.clone() })?;
    let mut failed = crate::rule_files::tell_errors(&loaded) != Exit::Clean;
    let rules = Arc::new(loaded.rules);
    let mut run = Run { stage: None, rules: &rules, outcomes: Vec::new(), notes: Vec::new(), passed: 0 };
    let mut tested = BTreeSet::new();
    for tests in proving::parse_all(&files) {
        let known = match &tests {
            Ok(Tests::Rule(tests)) => run.rule(tests),
            Ok(Tests::Correlation(tests)) => run.correlation(tests),
            Err(wrong) => {
                run.fault(rule_files::in_sight(wrong));
                None
            }
        };
        failed |= known.is_none();
        tested.extend(known);
    }
    let is_mine = |file: &str| choice.folders.is_empty() || given.iter().any(|mine| mine.path == file);
    let correlations = rules.correlations().iter().filter(|correlated| correlated.alerts);
    let detections = rules.detections().iter().map(|own| (&own.info.name, &own.rule.meta.file));
    let own = detections.chain(correlations.map(|own| (&own.info.name, &own.correlation.meta.file)));
    for (name, _) in own.filter(|(name, file)| is_mine(file) && !tested.contains(*name)) {
        run.notes.push(format!("note: {name} has no tests beside it"));
    }
    let not = run.outcomes.iter().filter(|case| !case.failure.is_empty()).count();
    let mut out = anstream::stdout().lock();
    match arguments.format {
        TestFormat::Table => {
            for line in run.outcomes.iter().flat_map(|case| &case.failure).chain(&run.notes) {
                writeln!(out, "{line}")?;
            }
            let rules = counted(tested.len() as u64, "rule", "rules");
            writeln!(out, "{rules}, {} passed, {not} failed", run.passed)?;
        }
        TestFormat::Junit => {
            run.notes.iter().for_each(|note| anstream::eprintln!("{note}"));
            write!(out, "{}", junit::of(&[Suite::new("trailhound rules test", run.outcomes)])?)?;
        }
    }
    if files.is_empty() {
        anstream::eprintln!("trailhound: no tests (*.tests.yml, *.tests.yaml) in what was named");
        return Ok(Exit::Usage);
    }
    Ok(if not > 0 || failed { Exit::Findings } else { Exit::Clean })
}

/// Tests under way.
struct Run<'r> {
    stage: Option<Stage>,
    rules: &'r Arc<RuleSet>,
    outcomes: Vec<TestCase>,
    notes: Vec<String>,
    passed: usize,
}

impl Run<'_> {
    /// Tests that could not be run.
    fn fault(&mut self, told: String) {
        self.outcomes.push(TestCase {
            class: "tests".to_owned(),
            name: "can be run".to_owned(),
            failure: vec![told],
            ..TestCase::default()
        });
    }

    /// Runs the tests of a rule; answers with its name, if there is such a rule.
    fn rule(&mut self, tests: &RuleTests) -> Option<String> {
        let Some(detection) = self.rules.find(&tests.rule) else {
            let (file, rule) = (visible(&tests.file), visible(&tests.rule));
            self.fault(format!("{file}:1:1: tests of '{rule}', which is no rule here"));
            return None;
        };
        let failures = proving::run(detection, tests).into_iter().map(|failure| {
            let told = format!(
                "expected {}{}, got {}{}",
                failure.test.expect.as_str(),
                at(failure.test.level),
                failure.got.as_str(),
                at(failure.level),
            );
            (failure.test.line, format!("'{}' {told}", failure.test.name))
        });
        let failures: BTreeMap<usize, String> = failures.collect();
        let tests_run = tests.tests.iter().map(|test| (test.line, test.name.as_str()));
        self.took(&tests.file, &tests.rule, tests_run, &failures);
        Some(detection.info.name.clone())
    }

    /// The same for a correlation.
    fn correlation(&mut self, tests: &EpisodeTests) -> Option<String> {
        let Some(correlated) = self.rules.correlation(&tests.rule) else {
            let (file, rule) = (&tests.file, &tests.rule);
            self.fault(format!("{file}:1:1: tests of '{rule}', which is no correlation here"));
            return None;
        };
        let stage = self.stage.get_or_insert_with(|| Stage::new(Arc::clone(self.rules)));
        let failures = stage.run(tests).into_iter().map(|failure| (failure.test.line, failure.to_string()));
        let failures: BTreeMap<usize, String> = failures.collect();
        let tests_run = tests.tests.iter().map(|test| (test.line, test.name.as_str()));
        self.took(&tests.file, &tests.rule, tests_run, &failures);
        Some(correlated.info.name.clone())
    }

    fn took<'t>(
        &mut self,
        file: &str,
        rule: &str,
        tests: impl Iterator<Item = (usize, &'t str)>,
        failures: &BTreeMap<usize, String>,
    ) {
        for (line, name) in tests {
            let failure: Vec<String> = failures
                .get(&line)
                .map(|told| format!("{file}:{line}: {rule}: {told}"))
                .into_iter()
                .collect();
            self.passed += usize::from(failure.is_empty());
            let (class, name, file) = (rule.to_owned(), name.to_owned(), Some(file.to_owned()));
            self.outcomes.push(TestCase { class, name, file, failure, skipped: None });
        }
    }
}

fn at(level: Option<trailhound_detect::matched::Level>) -> String {
    level.map_or_else(String::new, |level| format!(" at {level}"))
}

fn tests(choice: &RuleChoice) -> anyhow::Result<Vec<RuleFile>> {
    if choice.folders.is_empty() {
        return Ok(proving::shipped());
    }
    rule_files::tests_files(&choice.folders)
}
