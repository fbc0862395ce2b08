//! `exists` of a field of the record: what Sigma means by it is seldom what is meant.
//!
//! It asks for the member, whatever that holds, and exporters write members that hold nothing.

use trailhound_sigma::{Diagnostic, FieldMap, Item, Modifier, Report, Rule, Search};

use super::extension::Extension;

/// A warning at every `exists` of a field of the record, in the rule's selections and its `trailhound:` conditions.
pub(super) fn warnings(rule: &Rule, extension: &Extension, fields: &dyn FieldMap) -> Vec<Diagnostic> {
    let adjusts = extension.adjust.iter().flat_map(|adjust| [&adjust.when, &adjust.unless]);
    let baselines = extension.baselines.iter().flat_map(|baseline| [&baseline.when, &baseline.unless]);
    let guards = adjusts.chain(baselines).flatten().map(|guard| &guard.search);
    let selections = rule.detection.selections.iter().map(|selection| &selection.search);
    let mut report = Report::new(rule.meta.file.clone());
    for search in selections.chain(guards) {
        walk(search, &mut |item| {
            let Some(field) = item.field.as_deref().filter(|_| item.modifiers.contains(&Modifier::Exists))
            else {
                return;
            };
            let paths = fields.resolve(&rule.logsource, field).unwrap_or_default();
            if paths.iter().any(|path| !path.starts_with("n.")) {
                report
                    .warning(
                        item.place,
                        format!("`{field}|exists` asks for the member, even if it holds nothing"),
                    )
                    .help(format!(
                        "whether it says something asks `{field}|re: '\\w'`; null and '' mean what is absent"
                    ));
            }
        });
    }
    report.take_warnings()
}

fn walk(search: &Search, visit: &mut dyn FnMut(&Item)) {
    match search {
        Search::All(items) => items.iter().for_each(visit),
        Search::Any(searches) => searches.iter().for_each(|search| walk(search, visit)),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::{Loading, RuleFile, load_as};

    fn told(rest: &str) -> Vec<String> {
        let head = "title: own\nlevel: low\nlogsource: {product: aws, service: cloudtrail}\n";
        let file = RuleFile { path: "own.yml".to_owned(), text: format!("{head}{rest}") };
        let loaded = load_as(&[file], Loading { shipped: false, ..Loading::default() });
        assert_eq!(loaded.errors().count(), 0, "{rest}");
        loaded.reports.iter().flat_map(|report| &report.warnings).map(ToString::to_string).collect()
    }

    #[test]
    fn a_member_that_is_asked_for_is_pointed_at() {
        let warned = told("detection:\n  s:\n    errorCode|exists: false\n  condition: s\n");
        let [warning] = warned.as_slice() else { panic!("{warned:?}") };
        assert!(warning.starts_with("own.yml:6:") && warning.contains("errorCode|exists"), "{warning}");
        assert!(warning.contains(r"errorCode|re: '\w'"), "{warning}");
        let guarded = "detection: {s: {eventName: A}, condition: s}\ntrailhound:\n  adjust:\n    \
                       - {when: {userIdentity.invokedBy|exists: true}, level: low, because: x}\n";
        assert_eq!(told(guarded).len(), 1);
        // A fact is there only where it says something.
        assert!(told("detection: {s: {eventName: A, n.document|exists: true}, condition: s}\n").is_empty());
        assert!(told("detection: {s: {errorCode|re: '\\w'}, condition: s}\n").is_empty());
    }
}
