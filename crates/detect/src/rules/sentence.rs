//! The sentence that a finding begins with: prose with placeholders for the event's facts.

use trailhound_sigma::yaml::Yaml;
use trailhound_sigma::{Field, FieldMap, LogSource, Report};

use super::words::{text, unknown_word};

/// Every placeholder a rule's sentence may use; `describe` fills them.
pub const PLACEHOLDERS: [&str; 18] = [
    "actor",
    "actors",
    "values",
    "target",
    "targets",
    "source",
    "document",
    "account",
    "region",
    "action",
    "outcome",
    "remote",
    "app",
    "reason",
    "count",
    "span",
    "first_actor",
    "object",
];

/// Reads a sentence, and reports placeholders that nothing would fill. Fields of the record may stand in it too, where
/// the record is at hand, and are added to `told`; in that of a correlation what keeps its groups apart.
pub(super) fn sentence(
    node: &Yaml,
    fields: Option<(&LogSource, &dyn FieldMap)>,
    keys: &[String],
    told: &mut Vec<Field>,
    report: &mut Report,
) -> String {
    let Some(sentence) = text(node, report) else { return String::new() };
    for piece in sentence.split('{').skip(1) {
        let name = piece.split('}').next().unwrap_or_default();
        if PLACEHOLDERS.contains(&name) || keys.iter().any(|key| key == name) {
            continue;
        }
        match fields.map(|(source, fields)| fields.resolve(source, name)) {
            Some(Ok(paths)) => told.push(Field { name: name.to_owned(), paths }),
            Some(Err(unknown)) if unknown.suggestion.is_some() => {
                let meant = unknown.suggestion.unwrap_or_default();
                report
                    .error(node, format!("unknown placeholder '{name}'"))
                    .help(format!("did you mean '{meant}'? docs/rules.md lists the placeholders"));
            }
            _ => unknown_word(node, "placeholder", name, &PLACEHOLDERS, report),
        }
    }
    sentence
}

/// Reads the field by which a rule says who, what or on what.
pub(super) fn named(
    name: &str,
    node: &Yaml,
    fields: (&LogSource, &dyn FieldMap),
    told: &mut Vec<Field>,
    report: &mut Report,
) {
    let mut all = Vec::new();
    for item in node.one_or_many() {
        let Some(field) = text(item, report) else { continue };
        match fields.1.resolve(fields.0, &field) {
            Ok(paths) => all.extend(paths),
            Err(unknown) => {
                let error = report.error(item, format!("the log source has no field `{field}`"));
                if let Some(meant) = unknown.suggestion {
                    error.help(format!("did you mean `{meant}`?"));
                }
            }
        }
    }
    if !all.is_empty() {
        told.push(Field { name: name.to_owned(), paths: all });
    }
}
