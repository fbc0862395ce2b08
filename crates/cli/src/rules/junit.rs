//! JUnit's XML, as build servers read it; the template escapes.

use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use serde::Serialize;
use trailhound_detect::describe::visible;

use super::found::{File, Found};

/// Tests that belong together.
#[derive(Debug, Serialize)]
pub(crate) struct Suite {
    name: String,
    failures: usize,
    skipped: usize,
    cases: Vec<TestCase>,
}

/// One test.
#[derive(Debug, Default, Serialize)]
pub(crate) struct TestCase {
    pub(crate) class: String,
    pub(crate) name: String,
    pub(crate) file: Option<String>,
    /// What is wrong, a line each; none where it passed.
    pub(crate) failure: Vec<String>,
    /// Why it was not run.
    pub(crate) skipped: Option<String>,
}

impl Suite {
    pub(crate) fn new(name: &str, mut cases: Vec<TestCase>) -> Self {
        for case in &mut cases {
            // XML has no room for control characters.
            let TestCase { class, name, file, failure, skipped } = case;
            for text in [class, name].into_iter().chain(failure).chain(file).chain(skipped) {
                *text = visible(text).into_owned();
            }
        }
        let failures = cases.iter().filter(|case| !case.failure.is_empty()).count();
        let skipped = cases.iter().filter(|case| case.skipped.is_some()).count();
        Self { name: name.to_owned(), failures, skipped, cases }
    }
}

/// A test for each file.
pub(super) fn of_files(found: &Found) -> Suite {
    Suite::new("trailhound rules check", found.files.iter().map(case).collect())
}

fn case(file: &File) -> TestCase {
    let failure = file.diagnostics.iter().filter(|told| told.severity == "error").map(|told| {
        let help = told.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
        format!("{}:{}:{}: {}{help}", file.path, told.line, told.column, told.message)
    });
    let failure: Vec<String> = failure.collect();
    let skipped = file.outside.first().filter(|_| failure.is_empty()).map(|outside| outside.reason.clone());
    TestCase {
        class: "rules".to_owned(),
        name: file.path.clone(),
        file: Some(file.path.clone()),
        failure,
        skipped,
    }
}

pub(crate) fn of(suites: &[Suite]) -> Result<String, minijinja::Error> {
    let mut templates = Environment::new();
    templates.add_template("junit.xml", include_str!("junit.xml"))?;
    templates.get_template("junit.xml")?.render(context! { suites => Value::from(Serde(suites)) })
}
