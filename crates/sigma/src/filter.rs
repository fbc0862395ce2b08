//! Filters: one exclusion for many rules.
//!
//! A filter's condition has to hold besides that of the rules it names, so one that keeps events out says
//! `not selection`. The specification's example leaves the `not` out and means the same, so a condition without `not`
//! says what is kept out; as other tools read the opposite, that is told.

#[cfg(test)]
mod tests;

use crate::condition::Condition;
use crate::detection::{self, Detection};
use crate::diagnostic::{Diagnostic, Place, Report, nearest};
use crate::rule::{LogSource, Metadata, Rule};
use crate::uuid::is_uuid;
use crate::yaml::Yaml;

/// A filter.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Filter {
    /// What it says about itself.
    pub meta: Metadata,
    /// The log source of the rules it may touch.
    pub logsource: LogSource,
    /// Ids or names of the rules it touches; `None` for every rule of its log source.
    pub rules: Option<Vec<Reference>>,
    /// What it keeps out.
    pub detection: Detection,
}

/// The id or name of another document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// As written.
    pub name: String,
    /// Where it stands.
    pub place: Place,
}

impl Reference {
    pub(crate) fn read(node: &Yaml, report: &mut Report) -> Option<Self> {
        let name = node.expect_text(report)?.to_owned();
        Some(Self { name, place: node.place() })
    }

    /// Does another reference name the same? Names are compared as written, ids without case.
    pub(crate) fn is(&self, other: &str) -> bool {
        self.name == other || (is_uuid(other) && self.name.eq_ignore_ascii_case(other))
    }
}

pub(crate) fn parse(
    meta: Metadata,
    logsource: LogSource,
    node: &Yaml,
    placeholders: &[(&str, &[&str])],
    report: &mut Report,
) -> Filter {
    let rules = match node.get("rules") {
        None => {
            report
                .error(node, "the filter names no rules")
                .help("list ids or names under `rules`, or write `any`");
            None
        }
        Some(any) if any.text() == Some("any") => None,
        Some(rules) => {
            if rules.one_or_many().is_empty() {
                report.error(rules, "the filter names no rules");
            }
            Some(rules.one_or_many().iter().filter_map(|rule| Reference::read(rule, report)).collect())
        }
    };
    let mut detection = detection::parse(node, &["rules"], placeholders, report);
    if detection.conditions.len() > 1 {
        report.error(node, "a filter has one condition");
    }
    if let Some(condition) = detection.conditions.first_mut().filter(|condition| !excludes(condition)) {
        report
            .warning(
                node.get("condition").unwrap_or(node),
                "read as what the filter keeps out, as the specification's example is",
            )
            .help(format!("other tools may read the opposite; write `not ({condition})`"));
        let kept_out = std::mem::replace(condition, Condition::And(Vec::new()));
        *condition = Condition::Not(Box::new(kept_out));
    }
    Filter { meta, logsource, rules, detection }
}

fn excludes(condition: &Condition) -> bool {
    match condition {
        Condition::Not(_) => true,
        Condition::And(parts) => parts.iter().all(excludes),
        _ => false,
    }
}

/// Narrows every rule that a filter names, and tells what is wrong. A name that fits no rule is a warning where
/// another fits, an error where none does; so is one of another log source. What is refused narrows nothing.
///
/// ```
/// use trailhound_sigma::{CompiledRule, ParseOptions, PlainFields, SigmaDocument, apply_filters, json, parse};
///
/// let text = "
/// title: Whoami
/// name: whoami
/// logsource: {product: windows}
/// detection: {s: {Image|endswith: whoami.exe}, condition: s}
/// ---
/// title: Not by the inventory
/// logsource: {product: windows}
/// filter: {rules: [whoami], inventory: {User: inventory}, condition: not inventory}
/// ";
/// let (mut rules, mut filters) = (Vec::new(), Vec::new());
/// for document in parse("t.yml", text, &ParseOptions::default())? {
///     match document {
///         SigmaDocument::Rule(rule) => rules.push(rule),
///         SigmaDocument::Filter(filter) => filters.push(filter),
///         SigmaDocument::Correlation(_) => {}
///     }
/// }
/// assert!(apply_filters(&mut rules, &filters).is_empty());
/// let rule = CompiledRule::compile(&rules[0], &PlainFields)?;
/// let by = |user: &str| format!(r#"{{"Image": "whoami.exe", "User": "{user}"}}"#);
/// assert!(rule.matches(&json::Document::parse(&by("alice"))?));
/// assert!(!rule.matches(&json::Document::parse(&by("inventory"))?));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub fn apply_filters(rules: &mut [Rule], filters: &[Filter]) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for (number, filter) in filters.iter().enumerate() {
        let mut report = Report::new(&filter.meta.file);
        let references = filter.rules.as_deref().unwrap_or_default();
        let mut missing = Vec::new();
        for reference in references {
            match rules.iter().find(|rule| rule.is_named(&reference.name)) {
                None => missing.push(reference),
                Some(rule) if !filter.logsource.covers(&rule.logsource) => {
                    let message =
                        format!("the rule `{}` has another log source than the filter", reference.name);
                    report.error(reference.place, message);
                }
                Some(_) => {}
            }
        }
        let is_idle = !references.is_empty() && missing.len() == references.len();
        for reference in missing {
            missed(reference, is_idle, rules.iter().map(|rule| &rule.meta), &mut report);
        }
        told.extend(report.take_warnings());
        if let Err(found) = report.finish(()) {
            told.extend(found.0);
            continue;
        }
        for rule in rules.iter_mut() {
            let named = match &filter.rules {
                None => filter.logsource.covers(&rule.logsource),
                Some(references) => references.iter().any(|reference| rule.is_named(&reference.name)),
            };
            if named {
                narrow(&mut rule.detection, &filter.detection, number);
            }
        }
    }
    told
}

/// Tells of a reference that leads nowhere.
pub(crate) fn missed<'m>(
    reference: &Reference,
    is_fatal: bool,
    others: impl Iterator<Item = &'m Metadata>,
    report: &mut Report,
) {
    let message = format!("there is no rule `{}`", reference.name);
    let told = if is_fatal {
        report.error(reference.place, message)
    } else {
        report.warning(reference.place, message)
    };
    match nearest(&reference.name, others.filter_map(|meta| meta.name.as_deref())) {
        Some(meant) => told.help(format!("did you mean `{meant}`?")),
        None => told.help("name a rule that is loaded by its id or name"),
    };
}

/// Adds a filter's selections under names of their own and its condition to every condition of the rule.
fn narrow(detection: &mut Detection, filter: &Detection, number: usize) {
    // A space cannot stand in a name that was read, so these names are free.
    let renamed = |name: &str| format!("filter {number} {name}");
    for selection in &filter.selections {
        let mut selection = selection.clone();
        selection.name = renamed(&selection.name);
        detection.selections.push(selection);
    }
    for condition in &mut detection.conditions {
        let own = std::mem::replace(condition, Condition::And(Vec::new()));
        let exclusions = filter.conditions.iter().map(|condition| rename(condition, &renamed));
        *condition = Condition::And(std::iter::once(own).chain(exclusions).collect());
    }
}

fn rename(condition: &Condition, renamed: &dyn Fn(&str) -> String) -> Condition {
    let all = |parts: &[Condition]| parts.iter().map(|part| rename(part, renamed)).collect();
    match condition {
        Condition::Name(name) => Condition::Name(renamed(name)),
        Condition::And(parts) => Condition::And(all(parts)),
        Condition::Or(parts) => Condition::Or(all(parts)),
        Condition::Not(inner) => Condition::Not(Box::new(rename(inner, renamed))),
        Condition::Of { quantifier, pattern, names } => Condition::Of {
            quantifier: *quantifier,
            pattern: pattern.clone(),
            names: names.iter().map(|name| renamed(name)).collect(),
        },
    }
}
