//! `exists` of a field of the record: what Sigma means by it is seldom what is meant.
//!
//! It asks for the member, whatever that holds, and exporters write members that hold nothing.

#[cfg(test)]
mod tests;

use trailhound_sigma::{Diagnostic, FieldMap, Item, Modifier, Report, Rule, Search};

use super::extension::Extension;

/// A warning at every `exists` of a field of the record, in the rule's selections and its `trailhound:` conditions.
pub(super) fn warnings(rule: &Rule, extension: &Extension, fields: &dyn FieldMap) -> Vec<Diagnostic> {
    let mut report = Report::new(rule.meta.file.clone());
    for search in searches(rule, extension) {
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

/// All that a rule looks for: its selections, and the conditions in its `trailhound:`.
pub(super) fn searches<'r>(rule: &'r Rule, extension: &'r Extension) -> impl Iterator<Item = &'r Search> {
    let adjusts = extension.adjust.iter().flat_map(|adjust| [&adjust.when, &adjust.unless]);
    let baselines = extension.baselines.iter().flat_map(|baseline| [&baseline.when, &baseline.unless]);
    let known = extension.known.iter().flat_map(|known| [&known.when, &known.unless]);
    let guards = adjusts.chain(baselines).chain(known).flatten().map(|guard| &guard.search);
    let selections = rule.detection.selections.iter().map(|selection| &selection.search);
    selections.chain(guards)
}

pub(super) fn walk(search: &Search, visit: &mut dyn FnMut(&Item)) {
    match search {
        Search::All(items) => items.iter().for_each(visit),
        Search::Any(searches) => searches.iter().for_each(|search| walk(search, visit)),
    }
}
