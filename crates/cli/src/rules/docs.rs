//! The detections as a document: what each detects, why it matters, how to check it, what is normal, how to tune it.

use std::fmt::Write as _;
use std::io::Write;

use trailhound_detect::rules::{Detection, LevelChange, Loaded};

use crate::Exit;

pub(super) fn docs(loaded: &Loaded) -> anyhow::Result<Exit> {
    anstream::stdout().lock().write_all(document(loaded).as_bytes())?;
    Ok(super::check::tell_errors(loaded))
}

fn document(loaded: &Loaded) -> String {
    let mut out = String::from(
        "# Detections\n\n\
         Written by `trailhound rules docs` from the files under `rules/`; `cargo xtask docs` renews it.\n\n\
         | rule | catalogue | level | techniques | log source |\n|---|---|---|---|---|\n",
    );
    let mut detections: Vec<&Detection> = loaded.rules.detections().iter().collect();
    detections.sort_by_key(|detection| (detection.rule.file.clone(), detection.info.name.clone()));
    for detection in &detections {
        let info = &detection.info;
        let off = if detection.extension.enabled { "" } else { " (off)" };
        let _ = writeln!(
            out,
            "| [{0}](#{0}) | {1} | {2}{off} | {3} | {4} |",
            info.name,
            info.catalogue.as_deref().unwrap_or(""),
            info.level,
            info.techniques.join(" "),
            detection.log_source(),
        );
    }
    for detection in detections {
        section(&mut out, detection);
    }
    out
}

fn section(out: &mut String, detection: &Detection) {
    let info = &detection.info;
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
    let changes: Vec<String> = detection
        .extension
        .adjust
        .iter()
        .filter_map(|adjust| {
            let change = match adjust.level? {
                LevelChange::To(level) => level.to_string(),
                LevelChange::By(steps) => format!("{steps:+}"),
            };
            Some(format!("{change}: {}", adjust.because))
        })
        .collect();
    if !changes.is_empty() {
        let _ = write!(out, "\n**Level.** {}, and then:\n\n", info.level);
        for change in changes {
            let _ = writeln!(out, "- {}", one_line(&change));
        }
    }
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
