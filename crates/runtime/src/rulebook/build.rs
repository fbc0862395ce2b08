//! A policy of all that can be used, and what cannot.

use std::sync::Arc;

use jiff::Timestamp;
use trailhound_detect::matched::Level;
use trailhound_detect::policy::Policy;
use trailhound_detect::rules::{RuleFile, RuleSet, load};
use trailhound_detect::settle::Suppressions;

/// Builds the policy; a file with anything wrong is left out whole, and told.
pub(super) fn build(
    rules: &[RuleFile],
    suppressions: &[RuleFile],
    min_level: Level,
    faults: &mut Vec<String>,
) -> Policy {
    let rules = usable(rules, faults);
    let suppressions = merged(suppressions, &rules, faults);
    for expired in &suppressions.expired {
        tracing::warn!(suppression = expired.id, "a suppression has expired and does nothing");
    }
    Policy::new(Arc::new(rules)).suppressing(suppressions).at_least(min_level)
}

fn usable(files: &[RuleFile], faults: &mut Vec<String>) -> RuleSet {
    let loaded = load(files);
    for report in &loaded.reports {
        for warning in &report.warnings {
            tracing::warn!(%warning, "a rule may not be as its author meant it");
        }
        for beyond in &report.beyond {
            tracing::warn!(file = report.path, rule = beyond.rule, "a rule is left out: {}", beyond.reason);
        }
    }
    for replaced in &loaded.replaced {
        let by = (replaced.by.as_str(), replaced.file.as_str());
        tracing::info!(
            rule = by.0,
            file = by.1,
            "a rule takes the place of the shipped {}",
            replaced.shipped
        );
    }
    faults.extend(loaded.errors().map(ToString::to_string));
    let bad: Vec<&str> = loaded
        .reports
        .iter()
        .filter(|report| report.outcome.is_err())
        .map(|report| report.path.as_str())
        .collect();
    if bad.is_empty() {
        return loaded.rules;
    }
    let good: Vec<RuleFile> =
        files.iter().filter(|file| !bad.contains(&file.path.as_str())).cloned().collect();
    // What needed something of the files left out is left out too.
    let again = load(&good);
    faults.extend(again.errors().map(ToString::to_string));
    again.rules
}

/// The suppressions of all files together. Two of one id would be counted as one, so a later file that brings a
/// second is refused, and so is one with which they would hide nearly everybody.
fn merged(files: &[RuleFile], rules: &RuleSet, faults: &mut Vec<String>) -> Suppressions {
    let mut all = Suppressions::default();
    for RuleFile { path, text } in files {
        match Suppressions::load(path, text, rules, Timestamp::now()) {
            Err(wrong) => faults.push(wrong.to_string()),
            Ok(more) => {
                if let Err(why) = all.and(more, rules) {
                    faults.push(format!("{path}: {why}"));
                }
            }
        }
    }
    all
}
