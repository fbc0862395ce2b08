//! Rule files to a [`RuleSet`], with a report for each file.

use std::sync::Arc;

use trailhound_sigma::{CompiledRule, Diagnostic, Diagnostics, Report, Rule, Severity};

use super::detection::Detection;
use super::embedded::EMBEDDED;
use super::extension::Extension;
use super::files::FileKind;
use super::info::rule_info;
use super::placeholders::Placeholders;
use super::set::RuleSet;
use super::collected::Collected;
use super::words::log_source_name;
use crate::event::{FieldMaps, Unread};

/// A rule file as read.
#[derive(Clone, Debug)]
pub struct RuleFile {
    /// How messages name it.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// What became of a file.
#[derive(Debug)]
pub struct FileReport {
    /// The file.
    pub path: String,
    /// The names of what it holds, or all that is wrong with it.
    pub outcome: Result<Vec<String>, Diagnostics>,
    /// What may not be as its author meant it.
    pub warnings: Vec<Diagnostic>,
    /// The rules in it about something that is not read.
    pub beyond: Vec<Beyond>,
}

impl FileReport {
    fn new(path: &str) -> Self {
        Self { path: path.to_owned(), outcome: Ok(Vec::new()), warnings: Vec::new(), beyond: Vec::new() }
    }

    /// Adds what was told of it, errors and warnings.
    pub(super) fn tell(&mut self, told: impl IntoIterator<Item = Diagnostic>) {
        for told in told {
            match (told.severity, &mut self.outcome) {
                (Severity::Warning, Ok(_)) => self.warnings.push(told),
                (_, Err(earlier)) => earlier.0.push(told),
                (_, outcome) => *outcome = Err(Diagnostics(vec![told])),
            }
        }
    }
}

/// A rule about a log, or about events of one, that trailhound does not read. It is no error: it is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// The rule's title.
    pub rule: String,
    /// What is not read.
    pub reason: String,
}

/// A shipped rule that another took the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The name of the shipped rule.
    pub shipped: String,
    /// The name of the other.
    pub by: String,
    /// The file that it is in.
    pub file: String,
}

/// Rules, and what became of each file.
#[derive(Default)]
pub struct Loaded {
    /// All that could be loaded.
    pub rules: RuleSet,
    /// A report for each file: placeholders first, then rules in the order given.
    pub reports: Vec<FileReport>,
    /// Shipped rules that others took the place of.
    pub replaced: Vec<Replaced>,
}

impl Loaded {
    /// Everything wrong with any file.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostics> {
        self.reports.iter().filter_map(|report| report.outcome.as_ref().err())
    }
}

/// How files are loaded.
#[derive(Clone, Copy, Debug)]
pub struct Loading<'a> {
    /// With the shipped rules.
    pub shipped: bool,
    /// What makes one wonder is an error.
    pub strict: bool,
    /// Files that say what placeholders stand for, besides those among the rules.
    pub placeholders: &'a [RuleFile],
}

impl Default for Loading<'_> {
    fn default() -> Self {
        Self { shipped: true, strict: false, placeholders: &[] }
    }
}

/// The shipped rules.
pub fn load_embedded() -> Loaded {
    load(&[])
}

/// The shipped rules with `files` added.
pub fn load(files: &[RuleFile]) -> Loaded {
    load_as(files, Loading::default())
}

/// Loads files as asked. Rules of one name or id are an error that names both files; one that takes the place of a
/// shipped rule says so itself.
pub fn load_as(files: &[RuleFile], loading: Loading<'_>) -> Loaded {
    let of = |file: &RuleFile| FileKind::of(&file.path) == Some(FileKind::Placeholders);
    let (beside, files): (Vec<&RuleFile>, Vec<&RuleFile>) = files.iter().partition(|file| of(file));
    let (mut placeholders, mut reports) = (Placeholders::default(), Vec::new());
    for file in beside.into_iter().chain(loading.placeholders) {
        let outcome = placeholders.add(&file.path, &file.text);
        reports.push(FileReport { outcome, ..FileReport::new(&file.path) });
    }
    let mut collected = Collected::new(loading.strict);
    placeholders.with(|placeholders| {
        let shipped = EMBEDDED.iter().filter(|_| loading.shipped).map(|file| (file.path, file.text, true));
        let given = files.iter().map(|file| (file.path.as_str(), file.text.as_str(), false));
        for (path, text, is_shipped) in shipped.chain(given) {
            let mut report = FileReport::new(path);
            collected.file(reports.len(), (path, text), is_shipped, placeholders, &mut report);
            reports.push(report);
        }
    });
    let (rules, replaced) = collected.compile(&mut reports);
    Loaded { rules, reports, replaced }
}

/// What became of one rule.
pub(super) enum Made {
    Detection(Box<Detection>),
    Beyond(String),
    Wrong(Diagnostics),
}

/// Compiles one rule.
pub(super) fn make(rule: Rule, fields: FieldMaps) -> Made {
    let mut report = Report::new(rule.meta.file.clone());
    let reads = match fields.reads(&rule.logsource) {
        Ok(reads) => reads,
        Err(Unread::Beyond) => {
            return Made::Beyond(format!("{} is not read", log_source_name(&rule.logsource)));
        }
        Err(Unread::Slip(meant)) => {
            let place = (rule.meta.line, 1);
            report
                .error(place, format!("no log that trailhound reads: {}", log_source_name(&rule.logsource)))
                .help(format!("did you mean {meant}?"));
            let Err(wrong) = report.finish(()) else { unreachable!("an error was reported") };
            return Made::Wrong(wrong);
        }
    };
    // Of a log that is read of one event only, a rule about others is not wrong.
    let is_of_others = reads.only_event().filter(|event| !asks_for(&rule, event));
    let extension = rule
        .meta
        .extension("trailhound")
        .map_or_else(Extension::default, |node| Extension::read(node, &rule.logsource, &fields, &mut report));
    match (CompiledRule::compile(&rule, &fields).map_err(|wrong| report.merge(wrong)), report.finish(())) {
        (Ok(compiled), Ok(())) => {
            let info = Arc::new(rule_info(&rule, &extension));
            let logs = reads.logs();
            Made::Detection(Box::new(Detection { info, rule, compiled, extension, logs, reads }))
        }
        (_, Err(wrong)) => match is_of_others {
            Some(event) => {
                Made::Beyond(format!("{}: only event {event} is read", log_source_name(&rule.logsource)))
            }
            None => Made::Wrong(wrong),
        },
        (Err(()), Ok(())) => unreachable!("a rule that does not compile was reported"),
    }
}

/// Does a rule name this event?
fn asks_for(rule: &Rule, event: &str) -> bool {
    fn named(search: &trailhound_sigma::Search, event: &str) -> bool {
        match search {
            trailhound_sigma::Search::Any(parts) => parts.iter().any(|part| named(part, event)),
            trailhound_sigma::Search::All(items) => items.iter().any(|item| {
                item.field.as_deref().is_some_and(|field| field.eq_ignore_ascii_case("EventID"))
                    && item.values.iter().any(|value| value.text == event)
            }),
        }
    }
    rule.detection.selections.iter().any(|selection| named(&selection.search, event))
}

/// Compiles one rule, for tests.
#[cfg(test)]
pub(crate) fn detection(rule: Rule, fields: FieldMaps) -> Result<Detection, Diagnostics> {
    match make(rule, fields) {
        Made::Detection(detection) => Ok(*detection),
        Made::Wrong(wrong) => Err(wrong),
        Made::Beyond(reason) => panic!("{reason}"),
    }
}

/// A set of these alone, for tests that take correlations apart.
#[cfg(test)]
pub(crate) fn compiled(rules: Vec<Rule>, correlations: Vec<trailhound_sigma::Correlation>) -> RuleSet {
    use super::correlated::Correlations;
    let (correlations, faults) = Correlations::compile(correlations, &rules, FieldMaps);
    assert!(faults.is_empty(), "{faults:?}");
    let detections = rules.into_iter().map(|rule| detection(rule, FieldMaps).expect("loaded before"));
    RuleSet::new(detections.collect(), correlations)
}
