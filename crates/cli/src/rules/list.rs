//! All rules in a line each, or one rule in full.

use std::io::Write;

use anyhow::bail;
use trailhound_detect::rules::{Detection, Loaded};
use trailhound_sigma::diagnostic::nearest;

use crate::Exit;

pub(super) fn list(loaded: &Loaded) -> anyhow::Result<Exit> {
    let mut out = anstream::stdout().lock();
    let detections = loaded.rules.detections();
    let name = detections.iter().map(|d| d.info.name.len()).max().unwrap_or(0);
    for detection in detections {
        let info = &detection.info;
        let level = if detection.extension.enabled { info.level.as_str() } else { "off" };
        writeln!(
            out,
            "{level:<13} {:<name$}  {:<10} {}",
            info.name,
            info.techniques.first().map_or("", String::as_str),
            detection.log_source()
        )?;
    }
    Ok(super::check::tell_errors(loaded))
}

pub(super) fn explain(loaded: &Loaded, name: &str) -> anyhow::Result<Exit> {
    let Some(detection) = loaded.rules.find(name) else {
        let names = loaded.rules.detections().iter().map(|d| d.info.name.as_str());
        match nearest(name, names) {
            Some(meant) => bail!("no rule is called '{name}'; did you mean '{meant}'?"),
            None => bail!("no rule is called '{name}'; `trailhound rules list` names them all"),
        }
    };
    write(&mut anstream::stdout().lock(), detection)?;
    Ok(Exit::Clean)
}

fn write(out: &mut dyn Write, detection: &Detection) -> anyhow::Result<()> {
    let info = &detection.info;
    let mut paragraph = |title: &str, text: &str| -> anyhow::Result<()> {
        if !text.trim().is_empty() {
            let options = textwrap::Options::new(80).initial_indent("  ").subsequent_indent("  ");
            writeln!(out, "{title}\n{}\n", textwrap::fill(text.trim(), options))?;
        }
        Ok(())
    };
    let catalogue = info.catalogue.as_ref().map_or_else(String::new, |number| format!(" ({number})"));
    paragraph(&format!("{}{catalogue}", info.name), &info.title)?;
    paragraph("What it detects", &info.description)?;
    let off = if detection.extension.enabled { "" } else { ", switched off" };
    paragraph("Level", &format!("{}{off}", info.level))?;
    for adjust in &detection.extension.adjust {
        if !adjust.because.is_empty() {
            paragraph("  changes", &adjust.because)?;
        }
    }
    paragraph("Reads", &detection.log_source())?;
    paragraph("ATT&CK", &info.techniques.join(", "))?;
    paragraph("Why it matters", &info.why)?;
    paragraph("What to check", &info.check)?;
    paragraph("What is normal", &format!("{} {}", info.normal, info.false_positives.join("; ")))?;
    paragraph("How to tune it", &info.tune)?;
    paragraph("References", &info.references.join(" "))?;
    paragraph("File", &detection.rule.file)
}
