//! The sentence that a finding begins with: prose with placeholders for the event's facts.

use trailhound_sigma::Report;
use trailhound_sigma::yaml::Yaml;

use super::words::{text, unknown_word};

/// Every placeholder a rule's sentence may use; `describe` fills them.
pub const PLACEHOLDERS: [&str; 15] = [
    "actor",
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
];

/// Reads a sentence, and reports placeholders that nothing would fill.
pub(super) fn sentence(node: &Yaml, report: &mut Report) -> String {
    let Some(sentence) = text(node, report) else { return String::new() };
    for piece in sentence.split('{').skip(1) {
        let name = piece.split('}').next().unwrap_or_default();
        if !PLACEHOLDERS.contains(&name) {
            unknown_word(node, "placeholder", name, &PLACEHOLDERS, report);
        }
    }
    sentence
}
