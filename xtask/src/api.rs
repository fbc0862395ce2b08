//! What `crates/sigma` offers, as a committed list: a line that goes or changes breaks whoever builds on the crate.
//!
//! Read from the sources, since the lint `unreachable_pub` lets nothing be `pub` there that cannot be reached. And what
//! would be published of it.

mod offer;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use crate::shell::{cargo, output, root};

const PACKAGE: &str = "trailhound-sigma";
const FOLDER: &str = "crates/sigma";
const LIST: &str = "crates/sigma/api.txt";
/// What the package cannot do without: its documentation reads the two pages.
const NEEDED: [&str; 4] = ["Cargo.toml", "README.md", "CONFORMANCE.md", "src/lib.rs"];

/// Writes the list.
pub(crate) fn write() -> anyhow::Result<()> {
    let lines = offer::of(&root().join(FOLDER))?;
    fs::write(root().join(LIST), text(&lines))?;
    println!("{LIST}: {} lines", lines.len());
    Ok(())
}

/// Everything that is wrong with the crate as a crate, in words.
fn faults() -> anyhow::Result<Vec<String>> {
    let listed = fs::read_to_string(root().join(LIST)).context(LIST)?;
    let mut faults = differences(&listed, &offer::of(&root().join(FOLDER))?);
    faults.extend(package_faults(&packaged()?));
    Ok(faults)
}

fn text(lines: &BTreeSet<String>) -> String {
    lines.iter().fold(String::new(), |text, line| text + line + "\n")
}

/// What the list and the sources do not agree on.
fn differences(listed: &str, offered: &BTreeSet<String>) -> Vec<String> {
    let listed: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
    let gone = listed.difference(offered).map(|line| format!("{LIST}: gone: {line}"));
    let new = offered.difference(&listed).map(|line| format!("{LIST}: new: {line}"));
    let mut found: Vec<String> = gone.chain(new).collect();
    if !found.is_empty() {
        found.push(format!(
            "`cargo xtask api` renews {LIST}; what is gone or has changed breaks those who build on the crate, and stands in CHANGELOG.md"
        ));
    }
    found
}

/// The files that would be published. Nothing is asked of a registry.
fn packaged() -> anyhow::Result<Vec<String>> {
    let list = ["package", "--list", "--allow-dirty", "--offline", "--package", PACKAGE];
    Ok(output(cargo(&list))?.lines().map(|line| line.replace('\\', "/")).collect())
}

fn package_faults(files: &[String]) -> Vec<String> {
    let is_there = |needed: &&str| files.iter().any(|file| file == needed);
    let lacking = NEEDED.iter().filter(|needed| !is_there(needed));
    let lacking = lacking.map(|needed| format!("{PACKAGE} would be published without {needed}"));
    let examples = Path::new(FOLDER).join("examples");
    let none = !files.iter().any(|file| file.starts_with("examples/"));
    lacking
        .chain(none.then(|| format!("{PACKAGE} would be published without {}", examples.display())))
        .collect()
}

/// Tells all faults of the crate as a crate.
pub(crate) fn check() -> anyhow::Result<()> {
    let faults = faults()?;
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    println!("{FOLDER} offers what {LIST} says, and could be packaged");
    Ok(())
}
