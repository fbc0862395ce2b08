//! All rules in a line each, or one rule in full.

use std::io::Write;

use anyhow::anyhow;
use trailhound_detect::matched::RuleInfo;
use trailhound_detect::rules::{Correlated, Detection, Loaded, RuleSet};
use trailhound_sigma::diagnostic::nearest;

use crate::exit::Exit;

pub(super) fn list(loaded: &Loaded) -> anyhow::Result<Exit> {
    let mut out = anstream::stdout().lock();
    let detections = loaded.rules.detections();
    let correlations = loaded.rules.correlations();
    let names = detections.iter().map(|d| d.info.name.len());
    let name = names.chain(correlations.iter().map(|c| c.info.name.len())).max().unwrap_or(0);
    for detection in detections {
        let info = &detection.info;
        let level = match &detection.extension {
            extension if !extension.enabled => "off",
            extension if !extension.alone => "step",
            _ => info.level.as_str(),
        };
        writeln!(
            out,
            "{level:<13} {:<name$}  {:<10} {}{}",
            info.name,
            info.techniques.first().map_or("", String::as_str),
            detection.log_source(),
            instead(info)
        )?;
    }
    for correlated in correlations {
        let info = &correlated.info;
        let level = if correlated.alerts { info.level.as_str() } else { "step" };
        writeln!(
            out,
            "{level:<13} {:<name$}  {:<10} {} over {}{}",
            info.name,
            info.techniques.first().map_or("", String::as_str),
            correlated.correlation.kind.as_str(),
            match correlated.correlation.rules.len() {
                1 => "one rule".to_owned(),
                rules => format!("{rules} rules"),
            },
            instead(info)
        )?;
    }
    Ok(crate::rule_files::tell_errors(loaded))
}

/// Whose place a rule takes.
fn instead(info: &RuleInfo) -> String {
    info.aliases.first().map_or_else(String::new, |shipped| format!(", in place of {shipped}"))
}

pub(super) fn explain(loaded: &Loaded, name: &str) -> anyhow::Result<Exit> {
    let out = &mut Paragraphs(anstream::stdout().lock());
    if let Some(detection) = loaded.rules.find(name) {
        explain_rule(out, detection)?;
    } else if let Some(correlated) = loaded.rules.correlation(name) {
        explain_correlation(out, correlated)?;
    } else {
        return Err(unknown(&loaded.rules, name));
    }
    Ok(Exit::Clean)
}

/// Says that no rule is called this, and which one was meant.
pub(crate) fn unknown(rules: &RuleSet, name: &str) -> anyhow::Error {
    let detections = rules.detections().iter().map(|own| own.info.name.as_str());
    let names = detections.chain(rules.correlations().iter().map(|own| own.info.name.as_str()));
    match nearest(name, names) {
        Some(meant) => anyhow!("no rule is called '{name}'; did you mean '{meant}'?"),
        None => anyhow!("no rule is called '{name}'; `trailhound rules list` names them all"),
    }
}

/// Titles, and paragraphs under them.
struct Paragraphs<Out>(Out);

impl<Out: Write> Paragraphs<Out> {
    fn say(&mut self, title: &str, text: &str) -> anyhow::Result<()> {
        if !text.trim().is_empty() {
            let options = textwrap::Options::new(80).initial_indent("  ").subsequent_indent("  ");
            writeln!(self.0, "{title}\n{}\n", textwrap::fill(text.trim(), options))?;
        }
        Ok(())
    }

    /// A title, and paragraphs of their own.
    fn lines(&mut self, title: &str, lines: &[String]) -> anyhow::Result<()> {
        writeln!(self.0, "{title}")?;
        for line in lines {
            let options = textwrap::Options::new(80).initial_indent("  ").subsequent_indent("    ");
            writeln!(self.0, "{}", textwrap::fill(line, options))?;
        }
        Ok(writeln!(self.0)?)
    }
}

fn explain_rule(out: &mut Paragraphs<impl Write>, detection: &Detection) -> anyhow::Result<()> {
    let info = &detection.info;
    begin(out, info)?;
    if detection.extension.alone {
        let off = if detection.extension.enabled { "" } else { ", switched off" };
        out.say("Level", &format!("{}{off}", info.level))?;
    } else {
        out.say("Level", "none: it only serves correlations")?;
    }
    let changes: Vec<String> = super::docs::changes(detection);
    if !changes.is_empty() {
        out.lines("What changes it", &changes)?;
    }
    out.say("Reads", &detection.log_source())?;
    end(out, info, &detection.rule.meta.file)
}

fn explain_correlation(out: &mut Paragraphs<impl Write>, correlated: &Correlated) -> anyhow::Result<()> {
    let (info, correlation) = (&correlated.info, &correlated.correlation);
    begin(out, info)?;
    let level = if correlated.alerts { info.level.as_str() } else { "none: it only serves correlations" };
    out.say("Level", level)?;
    out.say("Looks at", &super::docs::condition(correlated))?;
    out.say("In groups by", &correlation.group_by.join(", "))?;
    end(out, info, &correlation.meta.file)
}

fn begin(out: &mut Paragraphs<impl Write>, info: &RuleInfo) -> anyhow::Result<()> {
    let catalogue = info.catalogue.as_ref().map_or_else(String::new, |number| format!(" ({number})"));
    out.say(&format!("{}{catalogue}", info.name), &info.title)?;
    out.say("What it detects", &info.description)
}

fn end(out: &mut Paragraphs<impl Write>, info: &RuleInfo, file: &str) -> anyhow::Result<()> {
    out.say("ATT&CK", &info.techniques.join(", "))?;
    out.say("Why it matters", &info.why)?;
    out.say("What to check", &info.check)?;
    out.say("What is normal", &format!("{} {}", info.normal, info.false_positives.join("; ")))?;
    out.say("How to tune it", &info.tune)?;
    out.say("References", &info.references.join(" "))?;
    out.say("File", file)
}
