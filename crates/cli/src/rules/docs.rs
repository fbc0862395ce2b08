//! The detections as a document: what each detects, why it matters, how to check it, what is normal, how to tune it.

use std::fmt::Write as _;
use std::io::Write;

use trailhound_detect::matched::RuleInfo;
use trailhound_detect::rules::{Adjust, Correlated, Detection, LevelChange, Loaded, Takes};
use trailhound_sigma::{Comparison, Threshold};

use crate::exit::Exit;

pub(super) fn docs(loaded: &Loaded) -> anyhow::Result<Exit> {
    anstream::stdout().lock().write_all(document(loaded).as_bytes())?;
    Ok(crate::rule_files::tell_errors(loaded))
}

/// A row of an overview: the rule, and what it reads.
fn row(out: &mut String, info: &RuleInfo, off: &str, reads: &str) {
    let catalogue = info.catalogue.as_deref().unwrap_or_default();
    let techniques = info.techniques.join(" ");
    let _ = writeln!(
        out,
        "| [{0}](#{0}) | {catalogue} | {1}{off} | {techniques} | {reads} |",
        info.name, info.level
    );
}

fn document(loaded: &Loaded) -> String {
    let mut out = String::from(
        "# Detections\n\n\
         Written by `trailhound rules docs` from the files under `rules/`; `cargo xtask docs` renews it.\n\n\
         | rule | catalogue | level | techniques | log source |\n|---|---|---|---|---|\n",
    );
    let mut detections: Vec<&Detection> = loaded.rules.detections().iter().collect();
    detections.sort_by_key(|detection| (detection.rule.meta.file.clone(), detection.info.name.clone()));
    for detection in detections.iter().filter(|detection| detection.extension.alone) {
        let off = if detection.extension.enabled { "" } else { " (off)" };
        row(&mut out, &detection.info, off, &detection.log_source());
    }
    let correlations: Vec<&Correlated> =
        loaded.rules.correlations().iter().filter(|correlated| correlated.alerts).collect();
    out.push_str("\n| correlation | catalogue | level | techniques | over |\n|---|---|---|---|---|\n");
    for correlated in &correlations {
        row(&mut out, &correlated.info, "", &span(correlated.correlation.timespan));
    }
    for detection in detections.iter().filter(|detection| detection.extension.alone) {
        section(&mut out, detection);
    }
    for correlated in correlations {
        correlation_section(&mut out, correlated);
    }
    steps(&mut out, loaded, &detections);
    out
}

/// What only serves correlations.
fn steps(out: &mut String, loaded: &Loaded, detections: &[&Detection]) {
    out.push_str(
        "\n## Steps\n\nThese raise no alerts; correlations look at them.\n\n| step | log source | what it is |\n|---|---|---|\n",
    );
    for detection in detections.iter().filter(|detection| !detection.extension.alone) {
        let info = &detection.info;
        let _ =
            writeln!(out, "| {} | {} | {} |", info.name, detection.log_source(), one_line(&info.description));
    }
    for correlated in loaded.rules.correlations().iter().filter(|correlated| !correlated.alerts) {
        let info = &correlated.info;
        let _ = writeln!(out, "| {} | correlation | {} |", info.name, one_line(&info.description));
    }
}

fn correlation_section(out: &mut String, correlated: &Correlated) {
    let info = &correlated.info;
    begin(out, info);
    let _ = write!(
        out,
        "\n**When.** {}, in groups by `{}`. Level {}.\n",
        condition(correlated),
        correlated.correlation.group_by.join("`, `"),
        info.level
    );
    end(out, info);
}

/// When a correlation is met, in words.
pub(crate) fn condition(correlated: &Correlated) -> String {
    let correlation = &correlated.correlation;
    let names: Vec<&str> = correlation.rules.iter().map(|rule| rule.name.as_str()).collect();
    let within = span(correlation.timespan);
    let ordered = correlation.kind.as_str() == "temporal_ordered";
    let met = match &correlation.condition {
        Threshold::Rules(condition) if ordered => format!("In this order within {within}: {condition}"),
        Threshold::Rules(condition) => format!("Within {within}: {condition}"),
        Threshold::Figure(_) if ordered => {
            format!("One after the other within {within}: {}", names.join(", "))
        }
        Threshold::Figure(_) if correlation.kind.is_temporal() => {
            format!("Within {within}: {}", names.join(", "))
        }
        Threshold::Figure(comparisons) => {
            let bounds: Vec<String> = comparisons
                .iter()
                .map(|(comparison, bound)| format!("{} {bound}", words(*comparison)))
                .collect();
            let what = match correlation.fields.as_slice() {
                [] => "events".to_owned(),
                fields => format!("values of {}", fields.join(", ")),
            };
            format!("{} {what} within {within} of: {}", bounds.join(" and "), names.join(", "))
        }
    };
    let takes = match correlated.extension.takes {
        Takes::Successes => "",
        Takes::Attempts => "; denied and failed calls only",
        Takes::Both => "; denied and failed calls too",
    };
    let least = match correlated.extension.least {
        trailhound_detect::matched::Level::Informational => String::new(),
        level => format!("; from level {level}"),
    };
    format!("{met}{takes}{least}")
}

fn words(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "Fewer than",
        Comparison::AtMost => "At most",
        Comparison::Greater => "More than",
        Comparison::AtLeast => "At least",
        Comparison::Equal => "Exactly",
        Comparison::Unequal => "Other than",
    }
}

/// A time span in its largest whole unit.
fn span(span: std::time::Duration) -> String {
    let seconds = span.as_secs();
    let units = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let whole = units.into_iter().find(|(unit, _)| seconds.is_multiple_of(*unit));
    let (count, unit) = whole.map_or((seconds, "seconds"), |(unit, name)| (seconds / unit, name));
    if count == 1 { format!("1 {}", unit.trim_end_matches('s')) } else { format!("{count} {unit}") }
}

fn section(out: &mut String, detection: &Detection) {
    let info = &detection.info;
    begin(out, info);
    let changes = changes(detection);
    if !changes.is_empty() {
        let _ = write!(out, "\n**Level.** {}, and then:\n\n", info.level);
        for change in changes {
            let _ = writeln!(out, "- {}", one_line(&change));
        }
    }
    end(out, info);
}

/// What changes the level of a rule's matches, and why.
pub(super) fn changes(detection: &Detection) -> Vec<String> {
    let change = |adjust: &Adjust| {
        let change = match adjust.level? {
            LevelChange::To(level) => level.to_string(),
            LevelChange::By(steps) => format!("{steps:+}"),
        };
        Some(format!("{change}: {}", adjust.because))
    };
    detection.extension.adjust.iter().filter_map(change).collect()
}

fn begin(out: &mut String, info: &RuleInfo) {
    let _ = write!(
        out,
        "\n## {}\n\n**{}.** {}\n",
        info.name,
        info.title.trim_end_matches('.'),
        one_line(&info.description)
    );
    let mut part = |title: &str, text: &str| {
        if !text.trim().is_empty() {
            let _ = write!(out, "\n**{title}.** {}\n", one_line(text));
        }
    };
    part("Why it matters", &info.why);
    part("What to check", &info.check);
    part("What is normal", &info.normal);
    part("How to tune it", &info.tune);
}

fn end(out: &mut String, info: &RuleInfo) {
    if !info.false_positives.is_empty() {
        out.push_str("\n**Known false positives**\n\n");
        for known in &info.false_positives {
            let _ = writeln!(out, "- {}", one_line(known));
        }
    }
    if !info.references.is_empty() {
        out.push_str("\n**References**\n\n");
        for reference in &info.references {
            let _ = writeln!(out, "- <{reference}>");
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
