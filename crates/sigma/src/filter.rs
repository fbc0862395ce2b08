//! Filters: one exclusion for many rules.
//!
//! A filter's condition has to hold besides that of the rules it names, so one that keeps events out says
//! `not selection`. The specification's example leaves the `not` out and means the same; as the two readings
//! are opposites, a condition without `not` is refused.

#[cfg(test)]
mod tests;

use crate::condition::Condition;
use crate::detection::{self, Detection};
use crate::diagnostic::{Diagnostics, Place, Report};
use crate::rule::{LogSource, Metadata, Rule};
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
    let detection = detection::parse(node, &["rules"], placeholders, report);
    if detection.conditions.len() > 1 {
        report.error(node, "a filter has one condition");
    }
    if let Some(condition) = detection.conditions.first().filter(|condition| !excludes(condition)) {
        report
            .error(
                node.get("condition").unwrap_or(node),
                "the filter's condition does not say what it keeps out",
            )
            .help(format!("it has to hold besides the rule's own; write `not ({condition})`"));
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

/// Narrows every rule that a filter names; a name that fits no rule, or one of another log source, is an error.
pub fn apply_filters(rules: &mut [Rule], filters: &[Filter]) -> Result<(), Diagnostics> {
    let mut faults = Vec::new();
    for (number, filter) in filters.iter().enumerate() {
        let mut report = Report::new(&filter.meta.file);
        for reference in filter.rules.iter().flatten() {
            match rules.iter().find(|rule| rule.is_named(&reference.name)) {
                None => {
                    let message = format!("there is no rule `{}`", reference.name);
                    report.error(reference.place, message).help("name a rule by its id or name");
                }
                Some(rule) if !filter.logsource.covers(&rule.logsource) => {
                    let message =
                        format!("the rule `{}` has another log source than the filter", reference.name);
                    report.error(reference.place, message);
                }
                Some(_) => {}
            }
        }
        if let Err(found) = report.finish(()) {
            faults.extend(found.0);
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
    if faults.is_empty() { Ok(()) } else { Err(Diagnostics(faults)) }
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
