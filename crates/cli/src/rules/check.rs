//! Load rules and tell, file by file, what is wrong: a page, however many files there are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write;

use trailhound_detect::describe::visible;

use super::found::{File, Found};
use super::{junit, sarif};
use crate::args::{Check, CheckFormat};
use crate::exit::Exit;
use crate::rule_files;
use crate::words::counted;

/// So many files are told of one by one, the rest by what was found in them.
const ONE_BY_ONE: usize = 20;
/// So many files have their notes told one by one.
const NOTED: usize = 3;
/// So many kinds of what was found have a line.
const KINDS: usize = 15;

pub(super) fn check(arguments: &Check) -> anyhow::Result<Exit> {
    let choice = arguments.rules.all();
    let given: BTreeSet<String> =
        rule_files::rule_files(&choice.folders)?.into_iter().map(|file| file.path).collect();
    let named: BTreeSet<String> = choice.placeholders.iter().map(|path| path.display().to_string()).collect();
    let loaded = rule_files::load_rules_as(&choice, arguments.strict)?;
    let found = Found::of(&loaded, &|path| given.is_empty() || given.contains(path) || named.contains(path));
    let mut out = anstream::stdout().lock();
    match arguments.format {
        CheckFormat::Table => table(&mut out, &found)?,
        CheckFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &found)?;
            writeln!(out)?;
        }
        CheckFormat::Sarif => {
            serde_json::to_writer_pretty(&mut out, &sarif::of(&found))?;
            writeln!(out)?;
        }
        CheckFormat::Junit => write!(out, "{}", junit::of(&[junit::of_files(&found)])?)?,
    }
    Ok(if found.count("error") == 0 { Exit::Clean } else { Exit::Usage })
}

fn table(out: &mut dyn Write, found: &Found) -> std::io::Result<()> {
    let is_few = found.files.len() <= ONE_BY_ONE;
    for severity in ["error", "warning", "note"] {
        let files: Vec<&File> = found.files.iter().filter(|file| file.has(severity)).collect();
        let most = if severity == "note" { NOTED } else { ONE_BY_ONE };
        for file in files.iter().take(most) {
            writeln!(out, "{severity:<7} {}", visible(&file.path))?;
            for told in file.diagnostics.iter().filter(|told| told.severity == severity) {
                let (path, message) = (visible(&file.path), visible(&told.message));
                writeln!(out, "{path}:{}:{}: {message}", told.line, told.column)?;
                if let Some(help) = &told.help {
                    writeln!(out, "  help: {}", visible(help))?;
                }
            }
        }
        summed(out, severity, files.get(most..).unwrap_or_default())?;
    }
    for file in found.files.iter().filter(|file| is_few && !file.has("error") && !file.rules.is_empty()) {
        writeln!(out, "ok      {}  {}", visible(&file.path), file.rules.join(", "))?;
    }
    let outside = found.outside();
    for (reason, count) in outside.iter().take(KINDS) {
        writeln!(out, "outside {}: {}", counted(*count as u64, "rule", "rules"), visible(reason))?;
    }
    if let Some(more) = outside.get(KINDS..).filter(|more| !more.is_empty()) {
        let rules: usize = more.iter().map(|(_, count)| count).sum();
        let rules = counted(rules as u64, "rule", "rules");
        writeln!(out, "outside {rules}: {} more log sources are not read", more.len())?;
    }
    let bad = found.files.iter().filter(|file| file.has("error")).count();
    let mut line = format!("{} files loaded, {bad} with errors", found.files.len() - bad);
    let warnings = found.count("warning");
    if warnings > 0 {
        let _ = write!(line, ", {}", counted(warnings as u64, "warning", "warnings"));
    }
    let left_out: usize = outside.iter().map(|(_, count)| count).sum();
    if left_out > 0 {
        let rules = counted(left_out as u64, "rule", "rules");
        let _ = write!(line, ", {rules} left out as about what is not read");
    }
    writeln!(out, "{line}")
}

/// What was found in the files that are not told of one by one.
fn summed(out: &mut dyn Write, severity: &str, files: &[&File]) -> std::io::Result<()> {
    let mut kinds: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    for file in files {
        for told in file.diagnostics.iter().filter(|told| told.severity == severity) {
            kinds.entry(kind(&told.message)).or_insert((0, &file.path)).0 += 1;
        }
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for (message, (count, example)) in kinds.iter().take(KINDS) {
        let (message, example) = (visible(message), visible(example));
        writeln!(
            out,
            "{severity:<7} {}: {message}, as in {example}",
            counted(*count as u64, "time", "times")
        )?;
    }
    let more: usize = kinds.iter().skip(KINDS).map(|(_, (count, _))| count).sum();
    if more > 0 {
        writeln!(
            out,
            "{severity:<7} {} more; --format json names them all",
            counted(more as u64, "time", "times")
        )?;
    }
    Ok(())
}

/// A message without the names in it.
fn kind(message: &str) -> String {
    let parts = message.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 0 { part } else { "…" }).collect::<Vec<_>>().join("`")
}
