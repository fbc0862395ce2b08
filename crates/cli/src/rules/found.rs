//! All that was found in rule files, once for every form it is written in.

use std::collections::BTreeMap;

use serde::Serialize;
use trailhound_detect::rules::{Loaded, ReplacedRule};
use trailhound_sigma::{Diagnostic, Severity};

/// What was found in the files that were named.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    pub(super) files: Vec<File>,
}

/// One file.
#[derive(Debug, Serialize)]
pub(super) struct File {
    pub(super) path: String,
    /// The rules in it that are in force.
    pub(super) rules: Vec<String>,
    pub(super) diagnostics: Vec<Remark>,
    /// Rules about what is not read.
    pub(super) outside: Vec<Outside>,
}

/// Something told of a place in a file.
#[derive(Debug, Serialize)]
pub(super) struct Remark {
    pub(super) severity: &'static str,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// A rule about what is not read.
#[derive(Debug, Serialize)]
pub(super) struct Outside {
    pub(super) rule: String,
    pub(super) reason: String,
}

const COSTLY: &str = "names no value of a telling field, so more records than its own are read in full";

impl Found {
    /// In the files that `is_given` takes.
    pub(super) fn of(loaded: &Loaded, is_given: &dyn Fn(&str) -> bool) -> Self {
        let mut notes = notes(loaded);
        let files = loaded.reports.iter().filter(|report| is_given(&report.path)).map(|report| {
            let (rules, wrong) = match &report.outcome {
                Ok(rules) => (rules.clone(), Vec::new()),
                Err(wrong) => (Vec::new(), wrong.0.iter().map(told).collect()),
            };
            let mut diagnostics: Vec<Remark> = wrong;
            diagnostics.extend(report.warnings.iter().map(told));
            diagnostics.extend(notes.remove(report.path.as_str()).unwrap_or_default());
            let outside = report
                .beyond
                .iter()
                .map(|beyond| Outside { rule: beyond.rule.clone(), reason: beyond.reason.clone() });
            File { path: report.path.clone(), rules, diagnostics, outside: outside.collect() }
        });
        Self { files: files.collect() }
    }

    pub(super) fn count(&self, severity: &str) -> usize {
        self.files.iter().flat_map(|file| &file.diagnostics).filter(|told| told.severity == severity).count()
    }

    /// Why rules are left out that are about what is not read, and how many for each reason, most first.
    pub(super) fn outside(&self) -> Vec<(&str, usize)> {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for outside in self.files.iter().flat_map(|file| &file.outside) {
            *reasons.entry(&outside.reason).or_default() += 1;
        }
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        reasons
    }
}

impl File {
    pub(super) fn has(&self, severity: &str) -> bool {
        self.diagnostics.iter().any(|told| told.severity == severity)
    }
}

fn told(diagnostic: &Diagnostic) -> Remark {
    Remark {
        severity: if diagnostic.severity == Severity::Warning { "warning" } else { "error" },
        line: diagnostic.line,
        column: diagnostic.column,
        message: diagnostic.message.clone(),
        help: diagnostic.help.clone(),
    }
}

/// What is worth knowing of rules that are in order, by file.
fn notes(loaded: &Loaded) -> BTreeMap<&str, Vec<Remark>> {
    let mut notes: BTreeMap<&str, Vec<Remark>> = BTreeMap::new();
    let note = |line, message| Remark { severity: "note", line, column: 1, message, help: None };
    for detection in loaded.rules.detections().iter().filter(|detection| detection.is_costly()) {
        let meta = &detection.rule.meta;
        let help = "a value of `eventName` or `operationName` finds it at once".to_owned();
        let told = note(meta.line, format!("`{}` is costly: it {COSTLY}", detection.info.name));
        notes.entry(&meta.file).or_default().push(Remark { help: Some(help), ..told });
    }
    for ReplacedRule { shipped, by, file } in &loaded.replaced {
        let told = note(1, format!("`{by}` takes the place of the shipped rule `{shipped}`"));
        notes.entry(file).or_default().push(told);
    }
    notes
}
