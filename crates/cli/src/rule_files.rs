//! Rules and suppressions as the command line names them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::Timestamp;
use trailhound_detect::rules::{FileKind, Loaded, Loading, RuleFile, RuleSet, load_as};
use trailhound_detect::settle::Suppressions;

use crate::args::RuleChoice;
use crate::exit::Exit;
use crate::inputs;

/// The rule files below some folders, with what placeholders stand for and without tests, in name order.
pub(crate) fn rule_files(paths: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    yaml_files(paths, &[FileKind::Rules, FileKind::Placeholders])
}

/// The tests files below some folders, in name order.
pub(crate) fn tests_files(paths: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    yaml_files(paths, &[FileKind::Tests])
}

fn yaml_files(paths: &[PathBuf], wanted: &[FileKind]) -> anyhow::Result<Vec<RuleFile>> {
    let mut files = Vec::new();
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
                let text = fs::read_to_string(&file).with_context(|| format!("cannot read {name}"))?;
                files.push(RuleFile { path: name, text });
            }
        }
    }
    Ok(files)
}

/// The shipped rules and those that were named, or the latter alone.
pub(crate) fn load_rules(choice: &RuleChoice) -> anyhow::Result<Loaded> {
    load_rules_as(choice, false)
}

/// The same, where what makes one wonder may be an error.
pub(crate) fn load_rules_as(choice: &RuleChoice, strict: bool) -> anyhow::Result<Loaded> {
    let RuleChoice { folders, only_rules, placeholders } = choice;
    let files = rule_files(folders)?;
    if !folders.is_empty() && !files.iter().any(|file| FileKind::of(&file.path) == Some(FileKind::Rules)) {
        let named: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
        bail!("no rule (*.yml, *.yaml) in {}", named.join(", "));
    }
    if *only_rules && folders.is_empty() {
        bail!("--only-rules without rules; name a folder with --rules");
    }
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
        Ok(RuleFile { path: name, text })
    };
    let placeholders: Vec<RuleFile> = placeholders.iter().map(read).collect::<anyhow::Result<_>>()?;
    Ok(load_as(&files, Loading { shipped: !only_rules, strict, placeholders: &placeholders }))
}

/// A suppression file; refused whole when anything in it is wrong.
pub(crate) fn load_suppressions(file: &Path, rules: &RuleSet) -> anyhow::Result<Suppressions> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    let loaded = Suppressions::load(&name, &text, rules, Timestamp::now())
        .map_err(|wrong| anyhow::anyhow!("the suppressions are refused:\n{wrong}"))?;
    for expired in &loaded.expired {
        anstream::eprintln!(
            "{name}: suppression '{}' has expired and is ignored; renew it or take it out ({})",
            expired.id,
            expired.owner
        );
    }
    Ok(loaded)
}

/// Errors of files beside the point, on standard error.
pub(crate) fn tell_errors(loaded: &Loaded) -> Exit {
    let mut exit = Exit::Clean;
    for wrong in loaded.errors() {
        anstream::eprintln!("rule not loaded: {wrong}");
        exit = Exit::Usage;
    }
    exit
}
