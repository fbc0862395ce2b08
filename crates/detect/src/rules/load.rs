//! Rule files to a [`RuleSet`], with a report for each file.

use std::collections::HashMap;
use std::sync::Arc;

use trailhound_sigma::{
    CompiledRule, Correlation, Diagnostics, ParseOptions, Report, Rule, SigmaDocument, apply_filters,
    check_correlations, parse,
};

use super::correlated::Correlations;
use super::detection::Detection;
use super::embedded::EMBEDDED;
use super::extension::Extension;
use super::info::{correlation_name, rule_info, slug};
use super::set::RuleSet;
use super::words::log_source_name;
use crate::event::FieldMaps;

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
}

/// Rules, and what became of each file.
#[derive(Default)]
pub struct Loaded {
    /// All that could be loaded.
    pub rules: RuleSet,
    /// A report for each file, in the order given.
    pub reports: Vec<FileReport>,
}

impl Loaded {
    /// Everything wrong with any file.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostics> {
        self.reports.iter().filter_map(|report| report.outcome.as_ref().err())
    }
}

/// The shipped rules.
pub fn load_embedded() -> Loaded {
    load(&[])
}

/// The shipped rules with `files` added; a rule of the same name or id replaces the earlier one.
pub fn load(files: &[RuleFile]) -> Loaded {
    let shipped = EMBEDDED.iter().map(|file| (file.path, file.text));
    let given = files.iter().map(|file| (file.path.as_str(), file.text.as_str()));
    let mut collected = Collected::default();
    let mut reports = Vec::new();
    for (path, text) in shipped.chain(given) {
        let outcome = collected.file(path, text);
        reports.push(FileReport { path: path.to_owned(), outcome });
    }
    Loaded { rules: collected.compile(&mut reports), reports }
}

/// Documents on their way to detections.
#[derive(Default)]
struct Collected {
    rules: Vec<(Rule, usize)>,
    correlations: Vec<Correlation>,
    filters: Vec<trailhound_sigma::Filter>,
    files: usize,
}

impl Collected {
    fn file(&mut self, path: &str, text: &str) -> Result<Vec<String>, Diagnostics> {
        let file = self.files;
        self.files += 1;
        let mut names = Vec::new();
        for document in
            parse(path, text, &ParseOptions { extensions: &["trailhound"], ..ParseOptions::default() })?
        {
            match document {
                SigmaDocument::Rule(mut rule) => {
                    let name = rule.meta.name.take().unwrap_or_else(|| slug(&rule.meta.title));
                    names.push(name.clone());
                    rule.meta.name = Some(name);
                    self.rules.retain(|(other, _)| !same(other, &rule));
                    self.rules.push((rule, file));
                }
                SigmaDocument::Correlation(correlation) => {
                    let name = correlation_name(&correlation);
                    names.push(name.clone());
                    self.correlations.retain(|other| correlation_name(other) != name);
                    self.correlations.push(correlation);
                }
                SigmaDocument::Filter(filter) => {
                    names.push(filter.meta.title.clone());
                    self.filters.push(filter);
                }
            }
        }
        Ok(names)
    }

    fn compile(self, reports: &mut [FileReport]) -> RuleSet {
        let fields = FieldMaps;
        let (mut rules, files): (Vec<Rule>, Vec<usize>) = self.rules.into_iter().unzip();
        let related =
            apply_filters(&mut rules, &self.filters).and(check_correlations(&self.correlations, &rules));
        if let Err(wrong) = related {
            blame(reports, wrong);
        }
        let (correlations, faults) = Correlations::compile(self.correlations, &rules, fields);
        for wrong in faults {
            blame(reports, wrong);
        }
        let mut detections = Vec::with_capacity(rules.len());
        for (rule, file) in rules.into_iter().zip(files) {
            match detection(rule, fields) {
                Ok(detection) => detections.push(detection),
                Err(wrong) => fail(&mut reports[file], wrong),
            }
        }
        detections.sort_by(|a: &Detection, b| a.info.name.cmp(&b.info.name));
        RuleSet::new(detections, correlations)
    }
}

/// Puts each fault at the report of its file.
fn blame(reports: &mut [FileReport], wrong: Diagnostics) {
    let mut by_file: HashMap<String, Vec<_>> = HashMap::new();
    for fault in wrong.0 {
        by_file.entry(fault.file.clone()).or_default().push(fault);
    }
    for report in reports {
        if let Some(faults) = by_file.remove(&report.path) {
            fail(report, Diagnostics(faults));
        }
    }
}

fn fail(report: &mut FileReport, mut wrong: Diagnostics) {
    match &mut report.outcome {
        Ok(_) => report.outcome = Err(wrong),
        Err(earlier) => earlier.0.append(&mut wrong.0),
    }
}

fn same(a: &Rule, b: &Rule) -> bool {
    a.meta.name == b.meta.name || (a.meta.id.is_some() && a.meta.id == b.meta.id)
}

/// Compiles one rule.
pub(crate) fn detection(rule: Rule, fields: FieldMaps) -> Result<Detection, Diagnostics> {
    let mut report = Report::new(rule.meta.file.clone());
    let Some(logs) = fields.log_types(&rule.logsource) else {
        report
            .error(
                (rule.meta.line, 1),
                format!("no log that trailhound reads: {}", log_source_name(&rule.logsource)),
            )
            .help(format!("the log sources are {}", FieldMaps::known()));
        return report.finish(()).map(|()| unreachable!("an error was reported"));
    };
    let extension = rule
        .meta
        .extension("trailhound")
        .map_or_else(Extension::default, |node| Extension::read(node, &rule.logsource, &fields, &mut report));
    let compiled = CompiledRule::compile(&rule, &fields).map_err(|wrong| report.merge(wrong)).ok();
    match (compiled, report.finish(())) {
        (Some(compiled), Ok(())) => {
            Ok(Detection { info: Arc::new(rule_info(&rule, &extension)), rule, compiled, extension, logs })
        }
        (_, Err(wrong)) => Err(wrong),
        (None, Ok(())) => unreachable!("a rule that does not compile was reported"),
    }
}

/// A set of these alone, for tests that take correlations apart.
#[cfg(test)]
pub(crate) fn compiled(rules: Vec<Rule>, correlations: Vec<Correlation>) -> RuleSet {
    let (correlations, faults) = Correlations::compile(correlations, &rules, FieldMaps);
    assert!(faults.is_empty(), "{faults:?}");
    let detections = rules.into_iter().map(|rule| detection(rule, FieldMaps).expect("loaded before"));
    RuleSet::new(detections.collect(), correlations)
}
