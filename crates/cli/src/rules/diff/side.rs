//! One side: the rules of a folder or file as they are written, as they are in force, and the tests beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use trailhound_detect::proving::{self, Tests};
use trailhound_detect::rules::{FileKind, RuleSet};
use trailhound_sigma::yaml;

use crate::args::RuleChoice;
use crate::exit::Exit;
use crate::rule_files;

/// Rules by name, with what stands in them.
pub(super) struct Side {
    pub(super) rules: Arc<RuleSet>,
    /// File and text of every rule, correlation and filter.
    pub(super) documents: BTreeMap<String, (String, Value)>,
    pub(super) tests: Vec<Tests>,
    pub(super) exit: Exit,
}

impl Side {
    pub(super) fn read(path: &Path, placeholders: &[PathBuf]) -> anyhow::Result<Self> {
        let choice = |only_rules| RuleChoice {
            folders: vec![path.to_owned()],
            only_rules,
            placeholders: placeholders.to_vec(),
        };
        let mut loaded = rule_files::load_rules(&choice(true))?;
        if loaded.errors().next().is_some() {
            // Correlations and filters may be about shipped rules.
            let beside = rule_files::load_rules(&choice(false))?;
            if beside.errors().count() < loaded.errors().count() {
                loaded = beside;
            }
        }
        let mut exit = rule_files::tell_errors(&loaded);
        let folders = [path.to_owned()];
        let mut documents = BTreeMap::new();
        for file in rule_files::rule_files(&folders)? {
            if FileKind::of(&file.path) != Some(FileKind::Rules) {
                continue;
            }
            // What cannot be read was told above.
            for document in yaml::parse(&file.path, &file.text).unwrap_or_default() {
                let name = ["name", "title"].iter().find_map(|key| document.get(key)?.text());
                let Some(name) = name.map(str::to_owned) else { continue };
                let said = serde_json::from_str(&document.to_json()).unwrap_or_default();
                documents.insert(name, (file.path.clone(), said));
            }
        }
        let mut tests = Vec::new();
        for read in proving::parse_all(&rule_files::tests_files(&folders)?) {
            match read {
                Ok(read) => tests.push(read),
                Err(wrong) => {
                    anstream::eprintln!("tests not read: {}", rule_files::in_sight(&wrong));
                    exit = exit.or(Exit::Usage);
                }
            }
        }
        Ok(Self { rules: Arc::new(loaded.rules), documents, tests, exit })
    }

    /// The tests of a rule by their names, and what each is.
    pub(super) fn tests_of(&self, rule: &str) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for tests in self.tests.iter().filter(|tests| tests.rule() == rule) {
            match tests {
                Tests::Rule(tests) => all.extend(tests.tests.iter().map(|test| {
                    let level = test.level.map_or_else(String::new, |level| format!(" {level}"));
                    let event = String::from_utf8_lossy(&test.event);
                    (test.name.clone(), format!("{}{level} of {event}", test.expect.as_str()))
                })),
                Tests::Correlation(tests) => all.extend(tests.tests.iter().map(|test| {
                    let level = test.level.map_or_else(String::new, |level| format!(" {level}"));
                    let events: Vec<_> =
                        test.events.iter().map(|event| String::from_utf8_lossy(event)).collect();
                    (test.name.clone(), format!("{}{level} of {}", test.expect.as_str(), events.join(" ")))
                })),
            }
        }
        all
    }
}
