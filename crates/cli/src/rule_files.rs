//! Rules and suppressions as the command line names them.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::Timestamp;
use trailhound_detect::describe::visible;
use trailhound_detect::rules::{FileKind, FileReport, Loaded, Loading, RuleFile, RuleSet, load_as};
use trailhound_detect::settle::Suppressions;
use trailhound_sigma::{Diagnostics, Report};

use crate::args::RuleChoice;
use crate::exit::Exit;
use crate::inputs;

/// The rule files below some folders, with what placeholders stand for and without tests, in name order.
pub(crate) fn rule_files(paths: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    let FoundFiles { mut read, unread } = yaml_files(paths, RULES)?;
    read.extend(unread.into_iter().map(|report| RuleFile { path: report.path, text: String::new() }));
    read.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(read)
}

/// The tests files below some folders, in name order.
pub(crate) fn tests_files(paths: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    let FoundFiles { read, unread } = yaml_files(paths, &[FileKind::Tests])?;
    match unread.into_iter().find_map(|report| report.outcome.err()) {
        Some(wrong) => bail!("{wrong}"),
        None => Ok(read),
    }
}

/// Rules, and what placeholders in them stand for.
const RULES: &[FileKind] = &[FileKind::Rules, FileKind::Placeholders];

/// Files that were found, and a report for each that is no text.
#[derive(Default)]
struct FoundFiles {
    read: Vec<RuleFile>,
    unread: Vec<FileReport>,
}

fn yaml_files(paths: &[PathBuf], wanted: &[FileKind]) -> anyhow::Result<FoundFiles> {
    let mut files = FoundFiles::default();
    for path in paths {
        if !path.exists() {
            bail!("no such rule file or folder: {}", path.display());
        }
        for file in inputs::walk(path) {
            let file = match file {
                Ok(file) => file,
                Err(error) if error.is_left_out() => {
                    anstream::eprintln!("trailhound: {error}");
                    continue;
                }
                Err(error) => bail!("{error}"),
            };
            let name = file.to_string_lossy().into_owned();
            if FileKind::of(&name).is_some_and(|kind| wanted.contains(&kind)) {
                let bytes = inputs::read_file(&file).with_context(|| format!("cannot read {name}"))?;
                match text_of(&bytes) {
                    Ok(text) => files.read.push(RuleFile { path: name, text }),
                    Err(at) => files.unread.push(no_text(name, at)),
                }
            }
        }
    }
    Ok(files)
}

/// The text of a file, in UTF-8 or in UTF-16 with its mark; else where it ceases to be text.
fn text_of(bytes: &[u8]) -> Result<String, (usize, usize)> {
    let utf16 = |rest: &[u8], of: fn([u8; 2]) -> u16| {
        let units: Option<Vec<u16>> = rest.chunks(2).map(|pair| Some(of(pair.try_into().ok()?))).collect();
        units.and_then(|units| String::from_utf16(&units).ok()).ok_or((1, 1))
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let line = before.rsplit('\n').next().unwrap_or_default();
            (before.matches('\n').count() + 1, line.chars().count() + 1)
        }),
    }
}

/// The text of a file that was named.
fn named_text(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let bytes = inputs::read_file(path).with_context(|| format!("cannot read {name}"))?;
    text_of(&bytes).map_err(|(line, column)| {
        anyhow::anyhow!("{name}:{line}:{column}: neither UTF-8 nor UTF-16; save the file as UTF-8")
    })
}

fn no_text(path: String, at: (usize, usize)) -> FileReport {
    let mut report = Report::new(&path);
    report.error(at, "neither UTF-8 nor UTF-16").help("save the file as UTF-8");
    FileReport { path, outcome: report.finish(Vec::new()), warnings: Vec::new(), beyond: Vec::new() }
}

/// The names and bytes of all files that say what the rules are, beside the shipped ones.
pub(crate) fn texts(choice: &RuleChoice) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let FoundFiles { read, unread } = yaml_files(&choice.folders, RULES)?;
    let mut all: Vec<(String, Vec<u8>)> =
        read.into_iter().map(|file| (file.path, file.text.into_bytes())).collect();
    all.extend(unread.into_iter().map(|report| (report.path, Vec::new())));
    for path in &choice.placeholders {
        all.push((path.display().to_string(), named_text(path)?.into_bytes()));
    }
    Ok(all)
}

/// The shipped rules and those that were named, or the latter alone.
pub(crate) fn load_rules(choice: &RuleChoice) -> anyhow::Result<Loaded> {
    load_rules_as(choice, false)
}

/// The same, where what makes one wonder may be an error.
pub(crate) fn load_rules_as(choice: &RuleChoice, strict: bool) -> anyhow::Result<Loaded> {
    let RuleChoice { folders, only_rules, placeholders } = choice;
    let FoundFiles { read: files, unread } = yaml_files(folders, RULES)?;
    if !folders.is_empty()
        && unread.is_empty()
        && !files.iter().any(|file| FileKind::of(&file.path) == Some(FileKind::Rules))
    {
        let named: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
        bail!("no rule (*.yml, *.yaml) in {}", named.join(", "));
    }
    if *only_rules && folders.is_empty() {
        bail!("--only-rules without rules; name a folder with --rules");
    }
    let named = |path: &PathBuf| Ok(RuleFile { path: path.display().to_string(), text: named_text(path)? });
    let placeholders: Vec<RuleFile> = placeholders.iter().map(named).collect::<anyhow::Result<_>>()?;
    let mut loaded = load_as(
        &files,
        Loading { shipped: !only_rules, strict, placeholders: &placeholders, ..Loading::default() },
    );
    loaded.reports.extend(unread);
    Ok(loaded)
}

/// A suppression file; refused whole when anything in it is wrong.
pub(crate) fn load_suppressions(file: &Path, rules: &RuleSet) -> anyhow::Result<Suppressions> {
    let name = file.display().to_string();
    let text = named_text(file)?;
    let loaded = Suppressions::load(&name, &text, rules, Timestamp::now())
        .map_err(|wrong| Refused(in_sight(&wrong)))?;
    for expired in &loaded.expired {
        let told = format!(
            "{name}: suppression '{}' has expired and is ignored; renew it or take it out ({})",
            expired.id, expired.owner
        );
        anstream::eprintln!("{}", visible(&told));
    }
    Ok(loaded)
}

/// What is wrong with suppressions, as it can be shown.
#[derive(Debug)]
pub(crate) struct Refused(String);

impl std::fmt::Display for Refused {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "the suppressions are refused:\n{}", self.0)
    }
}

impl std::error::Error for Refused {}

/// What is wrong with a file, with nothing in it that a terminal obeys and no line that the file made up.
pub(crate) fn in_sight(wrong: &Diagnostics) -> String {
    let shown = wrong.0.iter().cloned().map(|mut told| {
        told.file = visible(&told.file).into_owned();
        told.message = visible(&told.message).into_owned();
        told.help = told.help.map(|help| visible(&help).into_owned());
        told
    });
    Diagnostics(shown.collect()).to_string()
}

/// Errors of files beside the point, on standard error.
pub(crate) fn tell_errors(loaded: &Loaded) -> Exit {
    let mut exit = Exit::Clean;
    for wrong in loaded.errors() {
        anstream::eprintln!("rule not loaded: {}", in_sight(wrong));
        exit = Exit::Usage;
    }
    exit
}
