//! YAML to correlation.

use std::time::Duration;

use super::{Alias, Correlation, CorrelationKind, Threshold};
use crate::condition;
use crate::diagnostic::{Place, Report, nearest};
use crate::filter::Reference;
use crate::matcher::Comparison;
use crate::rule::Metadata;
use crate::yaml::{Scalar, Yaml};

/// What a `correlation` may hold.
pub(crate) const KEYS: &[&str] =
    &["type", "rules", "group-by", "timespan", "timeframe", "condition", "aliases", "generate"];

/// How a figure is compared.
pub(crate) const COMPARISONS: [(&str, Comparison); 6] = [
    ("lt", Comparison::Less),
    ("lte", Comparison::AtMost),
    ("gt", Comparison::Greater),
    ("gte", Comparison::AtLeast),
    ("eq", Comparison::Equal),
    ("neq", Comparison::Unequal),
];

pub(crate) fn parse(
    meta: Metadata,
    node: &Yaml,
    generate: Option<bool>,
    report: &mut Report,
) -> Option<Correlation> {
    for (key, _) in node.expect_map(report)? {
        let name = key.text().unwrap_or_default();
        if !KEYS.contains(&name) {
            let help = match nearest(name, KEYS.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("a correlation has {}", KEYS.join(", ")),
            };
            report.error(key, format!("a correlation has no `{name}`")).help(help);
        }
    }
    let kind = kind(node, report);
    let rules: Vec<Reference> = match node.get("rules") {
        Some(rules) => rules.one_or_many().iter().filter_map(|rule| Reference::read(rule, report)).collect(),
        None => Vec::new(),
    };
    if rules.is_empty() {
        report.error(node.get("rules").unwrap_or(node), "the correlation looks at no rules");
    }
    let group_by = match node.get("group-by") {
        Some(fields) => fields.expect_strs(report).into_iter().map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let aliases = aliases(node, &rules, report);
    let timespan = timespan(node, report);
    let threshold = kind.map(|kind| threshold(node, kind, &rules, report));
    let nested = node.get("generate").and_then(|node| node.expect_bool(report));
    let Parts { condition, fields, percentile } = threshold?;
    Some(Correlation {
        meta,
        kind: kind?,
        rules,
        group_by,
        timespan: timespan?,
        condition,
        fields,
        percentile,
        aliases,
        generate: generate.or(nested).unwrap_or(false),
        places: places(node),
    })
}

fn kind(node: &Yaml, report: &mut Report) -> Option<CorrelationKind> {
    let Some(value) = node.get("type") else {
        report.error(node, "the correlation has no type").help("add `type: event_count` or another");
        return None;
    };
    let word = value.expect_str(report)?;
    let found = CorrelationKind::ALL.iter().find(|(name, _)| *name == word);
    if found.is_none() {
        let names = CorrelationKind::ALL.map(|(name, _)| name);
        let help = match nearest(word, names) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("use one of {}", names.join(", ")),
        };
        report.error(value, format!("there is no correlation type `{word}`")).help(help);
    }
    found.map(|(_, kind)| *kind)
}

fn timespan(node: &Yaml, report: &mut Report) -> Option<Duration> {
    let value = match (node.get("timespan"), node.get("timeframe")) {
        (Some(value), None) | (None, Some(value)) => value,
        (Some(_), Some(second)) => {
            report.error(second, "`timespan` and `timeframe` are one thing").help("keep `timespan`");
            return None;
        }
        (None, None) => {
            report.error(node, "the correlation has no timespan").help("add `timespan: 10m`");
            return None;
        }
    };
    let duration = value.text().and_then(duration);
    if duration.is_none() {
        report
            .error(value, "the timespan is no length of time")
            .help("write a number and one of s, m, h, d, w, such as 90m");
    }
    duration
}

/// A number followed by a unit of time.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    let count: u64 = text[..at].parse().ok()?;
    let unit = match &text[at..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        "M" => 2_629_746,
        "y" => 31_556_952,
        _ => return None,
    };
    count.checked_mul(unit).filter(|seconds| *seconds > 0).map(Duration::from_secs)
}

fn aliases(node: &Yaml, rules: &[Reference], report: &mut Report) -> Vec<Alias> {
    let mut aliases = Vec::new();
    for (key, value) in node.get("aliases").and_then(|node| node.expect_map(report)).unwrap_or_default() {
        let mut fields = Vec::new();
        for (rule, field) in value.expect_map(report).unwrap_or_default() {
            let Some(reference) = Reference::read(rule, report) else { continue };
            if !rules.iter().any(|other| other.is(&reference.name)) {
                report
                    .error(rule, format!("the correlation does not look at `{}`", reference.name))
                    .help("aliases name rules as `rules` does");
            }
            if let Some(field) = field.expect_str(report) {
                fields.push((reference, field.to_owned()));
            }
        }
        aliases.push(Alias { name: key.text().unwrap_or_default().to_owned(), fields });
    }
    aliases
}

/// Where fields are named, in `group-by`, in the condition and in aliases, and where the condition stands.
fn places(node: &Yaml) -> Vec<(String, Place)> {
    let named = |node: &Yaml| Some((node.text()?.to_owned(), node.place()));
    let lists = [node.get("group-by"), node.get("condition").and_then(|condition| condition.get("field"))];
    let mut places: Vec<_> =
        lists.into_iter().flatten().flat_map(Yaml::one_or_many).filter_map(named).collect();
    for (_, alias) in node.get("aliases").and_then(Yaml::as_map).unwrap_or_default() {
        places.extend(alias.as_map().unwrap_or_default().iter().filter_map(|(_, field)| named(field)));
    }
    places.extend(node.get("condition").map(|node| ("condition".to_owned(), node.place())));
    places
}

/// The parts of a `condition`.
struct Parts {
    condition: Threshold,
    fields: Vec<String>,
    percentile: Option<f64>,
}

fn threshold(node: &Yaml, kind: CorrelationKind, rules: &[Reference], report: &mut Report) -> Parts {
    #[allow(clippy::cast_precision_loss, reason = "a handful of rules")]
    let every_rule = Threshold::Figure(vec![(Comparison::AtLeast, rules.len() as f64)]);
    let mut out = Parts { condition: every_rule, fields: Vec::new(), percentile: None };
    let Some(value) = node.get("condition") else {
        if !kind.is_temporal() {
            report.error(node, "the correlation has no condition").help("add `condition: {gte: 10}`");
        }
        return out;
    };
    if let Some(text) = value.as_str() {
        if !kind.is_temporal() {
            report
                .error(value, format!("`{}` counts, so its condition is a comparison", kind.as_str()))
                .help("write it as `condition: {gte: 10}`");
            return out;
        }
        let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
        match condition::parse(text, &names) {
            Ok(condition) => out.condition = Threshold::Rules(condition),
            Err(error) => {
                let Place { line, column } = value.place();
                report.error((line, column + error.offset), error.message).help = error.help;
            }
        }
        return out;
    }
    let mut comparisons = Vec::new();
    for (key, value) in value.expect_map(report).unwrap_or_default() {
        let comparison = match key.text().unwrap_or_default() {
            "field" if kind.reads_field() => {
                out.fields = value.expect_strs(report).into_iter().map(str::to_owned).collect();
                continue;
            }
            "percentile" if kind == CorrelationKind::ValuePercentile => {
                out.percentile = number(value, report);
                if out.percentile.is_some_and(|percentile| !(0.0..=100.0).contains(&percentile)) {
                    report.error(value, "a percentile is between 0 and 100");
                }
                continue;
            }
            name => {
                let Some((_, comparison)) = COMPARISONS.iter().find(|(word, _)| *word == name) else {
                    report
                        .error(key, format!("the condition of `{}` has no `{name}`", kind.as_str()))
                        .help("compare with lt, lte, gt, gte, eq or neq");
                    continue;
                };
                *comparison
            }
        };
        comparisons.extend(number(value, report).map(|number| (comparison, number)));
    }
    if comparisons.is_empty() {
        report
            .error(value, "the condition compares with nothing")
            .help("add `gte: 10` or another comparison");
    }
    if kind.reads_field() && out.fields.is_empty() {
        report
            .error(value, format!("`{}` needs a field", kind.as_str()))
            .help("add `field: …` to the condition");
    }
    out.condition = Threshold::Figure(comparisons);
    out
}

fn number(node: &Yaml, report: &mut Report) -> Option<f64> {
    match node.scalar() {
        #[allow(clippy::cast_precision_loss, reason = "thresholds are small")]
        Some(Scalar::Int(number)) => Some(number as f64),
        Some(Scalar::Float(number)) if number.is_finite() => Some(number),
        _ => {
            report.error(node, format!("expected a number, found {}", node.describe()));
            None
        }
    }
}
