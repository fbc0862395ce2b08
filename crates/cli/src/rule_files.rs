//! Rules and suppressions as the command line names them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::Timestamp;
use trailhound_detect::rules::{FileKind, Loaded, RuleFile, RuleSet, load};
use trailhound_detect::settle::Suppressions;

use crate::inputs;

/// The rule files below some folders, tests left out, in name order.
pub(crate) fn rule_files(paths: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    yaml_files(paths, FileKind::Rules)
}

/// The tests files below some folders, in name order.
pub(crate) fn tests_files(paths: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    yaml_files(paths, FileKind::Tests)
}

fn yaml_files(paths: &[PathBuf], wanted: FileKind) -> anyhow::Result<Vec<RuleFile>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.exists() {
            bail!("no such rule file or folder: {}", path.display());
        }
        for file in inputs::walk(path).into_iter().flatten() {
            let name = file.to_string_lossy().into_owned();
            if FileKind::of(&name) == Some(wanted) {
                let text = fs::read_to_string(&file).with_context(|| format!("cannot read {name}"))?;
                files.push(RuleFile { path: name, text });
            }
        }
    }
    Ok(files)
}

/// The shipped rules and those of `folders`.
pub(crate) fn load_rules(folders: &[PathBuf]) -> anyhow::Result<Loaded> {
    let files = rule_files(folders)?;
    if !folders.is_empty() && files.is_empty() {
        let named: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
        bail!("no rule (*.yml, *.yaml) in {}", named.join(", "));
    }
    Ok(load(&files))
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
