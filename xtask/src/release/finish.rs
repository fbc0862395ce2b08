//! Puts a release together: are all files there and no other, their sums, the formula, what it says of itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use super::parts::{Kind, PARTS, Part, VERSION};
use super::sums::sha256;
use super::{modules, notes};
use crate::shell::root;

pub(super) const SUMS: &str = "SHA256SUMS";
pub(super) const FORMULA: &str = "trailhound.rb";
pub(super) const NOTES: &str = "notes.md";

/// What has to be there.
pub(super) enum Least {
    /// Every part.
    All,
    /// These files; the formula is left out where it would name another.
    These(BTreeSet<String>),
}

/// Gives the sums.
pub(super) fn run(folder: &Path, least: &Least) -> anyhow::Result<BTreeMap<String, String>> {
    let due: BTreeSet<String> = match least {
        Least::All => PARTS.iter().flat_map(Part::files).collect(),
        Least::These(files) => files.clone(),
    };
    // They hold the sums of the others.
    let modules = PARTS.iter().filter_map(|part| match part.kind {
        Kind::Module(cloud) => Some((cloud, part.files())),
        _ => None,
    });
    let modules: Vec<(&str, String)> =
        modules.flat_map(|(cloud, files)| files.into_iter().map(move |file| (cloud, file))).collect();
    let others = due.iter().filter(|name| modules.iter().all(|(_, file)| file != *name)).cloned().collect();
    let mut sums = summed(folder, &others, &due)?;
    for (cloud, file) in modules.into_iter().filter(|(_, file)| due.contains(file)) {
        let path = folder.join(&file);
        fs::write(&path, modules::archive(cloud, &sums)?)?;
        sums.insert(file, sha256(&path)?);
    }
    let mut text = String::new();
    for (name, sum) in &sums {
        // As `sha256sum --check` reads it.
        let _ = writeln!(text, "{sum}  {name}");
    }
    fs::write(folder.join(SUMS), &text)?;
    let template = fs::read_to_string(root().join("packaging").join(FORMULA))?;
    match (formula(&template, &sums), least) {
        (Ok(formula), _) => fs::write(folder.join(FORMULA), formula)?,
        (Err(error), Least::All) => return Err(error),
        (Err(error), Least::These(_)) => println!("ONLY BY THE WORKFLOW {FORMULA}: {error:#}"),
    }
    let changelog = fs::read_to_string(root().join("CHANGELOG.md"))?;
    fs::write(folder.join(NOTES), notes::section(&changelog, VERSION)? + "\n")?;
    print!("{text}");
    Ok(sums)
}

/// The sums of files; one that is missing, or that nobody asked for, is an error.
fn summed(
    folder: &Path,
    due: &BTreeSet<String>,
    known: &BTreeSet<String>,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut there = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        there.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    for own in [SUMS, FORMULA, NOTES] {
        there.remove(own);
    }
    let missing: Vec<&String> = due.difference(&there).collect();
    ensure!(missing.is_empty(), "missing in {}: {missing:?}", folder.display());
    let beside: Vec<&String> = there.difference(known).collect();
    ensure!(beside.is_empty(), "nobody asked for {beside:?} in {}; take them away", folder.display());
    due.iter().map(|name| Ok((name.clone(), sha256(&folder.join(name))?))).collect()
}

/// The Homebrew formula, with the version and the sums of the archives it names.
pub(super) fn formula(template: &str, sums: &BTreeMap<String, String>) -> anyhow::Result<String> {
    let mut text = template.replace("{version}", VERSION);
    for part in PARTS.iter().filter(|part| part.kind == Kind::Command) {
        let mark = format!("{{sha256 {}}}", part.name);
        if text.contains(&mark) {
            let [file]: [String; 1] = part.files().try_into().ok().context("a command is one file")?;
            let sum = sums.get(&file).with_context(|| format!("{file} is not there"))?;
            text = text.replace(&mark, sum);
        }
    }
    ensure!(!text.contains("{sha256"), "{FORMULA} names a target that is not released");
    Ok(text)
}
