//! Values that no record holds, though every rule may ask for them.

#[cfg(test)]
mod tests;

use trailhound_sigma::{Diagnostic, Item, Modifier, Report, Rule, RuleValue};

use super::presence::walk;
use crate::event::LogType;

/// How CloudTrail ends every service's name.
const SERVICE: &str = ".amazonaws.com";

/// A warning at every value that is a slip of the pen: a line's end, blanks at its ends, a service without its domain.
pub(super) fn warnings(rule: &Rule, logs: &[LogType]) -> Vec<Diagnostic> {
    let mut report = Report::new(rule.meta.file.clone());
    let of_cloudtrail = logs == [LogType::CloudTrail];
    for selection in &rule.detection.selections {
        walk(&selection.search, &mut |item| {
            for value in &item.values {
                wonder(item, value, of_cloudtrail, &mut report);
            }
        });
    }
    report.take_warnings()
}

fn wonder(item: &Item, value: &RuleValue, of_cloudtrail: bool, report: &mut Report) {
    let has = |modifier| item.modifiers.contains(&modifier);
    let text = &value.text;
    let is_no_text = [
        Modifier::Re,
        Modifier::Exists,
        Modifier::FieldRef,
        Modifier::Cidr,
        Modifier::Base64,
        Modifier::Base64Offset,
    ];
    if is_no_text.into_iter().any(has) {
        return;
    }
    let is_whole = ![Modifier::Contains, Modifier::StartsWith, Modifier::EndsWith].into_iter().any(has);
    if text.ends_with(['\n', '\r']) {
        report
            .warning(value.place, "the value ends with a line's end, which no record's value does")
            .help("in YAML `|-` and `>-` leave it out, `|` and `>` do not");
    } else if text.contains('\u{a0}') {
        report
            .warning(value.place, "the value holds a no-break space, which looks like a blank and is none")
            .help("write a blank");
    } else if is_whole && text.trim() != text {
        report
            .warning(value.place, format!("the value `{text}` begins or ends with a blank"))
            .help("whole values are compared with their blanks; leave them out");
    }
    let is_service = item.field.as_deref().is_some_and(|field| field.eq_ignore_ascii_case("eventSource"));
    let plain = text.trim();
    if of_cloudtrail
        && is_service
        && is_whole
        && !plain.is_empty()
        && !plain.contains(['*', '?'])
        && !plain.to_ascii_lowercase().ends_with(SERVICE)
    {
        report
            .warning(value.place, format!("no `eventSource` is `{plain}`: each ends with `{SERVICE}`"))
            .help(format!("write `{}{SERVICE}`", plain.split('.').next().unwrap_or_default()));
    }
}
