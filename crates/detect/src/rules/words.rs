//! What the readers of all our mappings have in common: words, lists, time spans, and what to say of a slip.

use jiff::SignedDuration;
use trailhound_sigma::diagnostic::nearest;
use trailhound_sigma::yaml::Yaml;
use trailhound_sigma::{LogSource, Report};

/// A log source as people write it: `aws/cloudtrail`, `windows/process_creation`.
pub fn log_source_name(source: &LogSource) -> String {
    [&source.product, &source.category, &source.service]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .collect::<Vec<_>>()
        .join("/")
}

/// A time span as Sigma writes it: a number and `s`, `m`, `h` or `d`.
pub fn duration(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().last()?;
    let count: i64 = text[..text.len() - unit.len_utf8()].trim().parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    count.checked_mul(seconds).filter(|seconds| *seconds > 0).map(SignedDuration::from_secs)
}

pub(super) fn time_span(node: &Yaml, report: &mut Report) -> Option<SignedDuration> {
    let span = duration(node.expect_text(report)?);
    if span.is_none() {
        report.error(node, "not a time span").help("write a number and a unit, as 30d, 12h or 60m");
    }
    span
}

pub(super) fn text(node: &Yaml, report: &mut Report) -> Option<String> {
    node.expect_text(report).map(|text| text.trim().to_owned())
}

pub(super) fn strings(node: &Yaml, report: &mut Report) -> Vec<String> {
    node.expect_strs(report).into_iter().map(str::to_owned).collect()
}

/// Reports a key nobody reads, with the one that was most likely meant.
pub(crate) fn unknown_key(node: &Yaml, key: &str, known: &[&str], report: &mut Report) {
    unknown_word(node, "key", key, known, report);
}

pub(super) fn unknown_word(node: &Yaml, what: &str, word: &str, known: &[&str], report: &mut Report) {
    let help = match nearest(word, known.iter().copied()) {
        Some(meant) => format!("did you mean '{meant}'?"),
        None => format!("known are {}", known.join(", ")),
    };
    report.error(node, format!("unknown {what} '{word}'")).help(help);
}
