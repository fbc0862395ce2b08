//! The ground that the catalogue stands on: every operation of AWS and of Azure's control plane, and what becomes of
//! it. The lists under `rules/ground/` hold names and verdicts only. An operation that reaches a machine, yields a
//! credential, opens a path or changes an identity has a rule that fires on it, proven by a record of it, or a reason.

mod botocore;
mod list;
mod page;
mod proof;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use anyhow::{bail, ensure};

use crate::shell::root;
use list::Ground;

const FOLDER: &str = "rules/ground";
const PAGE: &str = "docs/ground.md";

/// Proves the lists and writes the page; with the models of botocore in a folder, tells first what they have new.
pub(crate) fn write(models: Option<&str>) -> anyhow::Result<()> {
    let ground = read()?;
    if let Some(models) = models {
        let (new, gone) = botocore::compare(&ground.aws, Path::new(models))?;
        for operation in gone {
            eprintln!("botocore has no {operation} any more");
        }
        if !new.is_empty() {
            bail!("operations without a verdict, for {FOLDER}/aws.tsv or aws-none.tsv:\n{}", new.join("\n"));
        }
    }
    Ok(fs::write(root().join(PAGE), page::of(&ground, &prove(&ground)?))?)
}

/// Fails if an operation has no verdict, a rule does not fire on what is said to be its, or the page is stale.
pub(crate) fn check() -> anyhow::Result<()> {
    let ground = read()?;
    let page = page::of(&ground, &prove(&ground)?);
    let written = fs::read_to_string(root().join(PAGE)).unwrap_or_default();
    ensure!(written == page, "{PAGE} is stale; renew it with `cargo xtask ground`");
    Ok(())
}

fn read() -> anyhow::Result<Ground> {
    let ground = Ground::read(&root().join(FOLDER))?;
    let wrong = ground.faults();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(ground)
}

fn prove(ground: &Ground) -> anyhow::Result<Vec<proof::Proven>> {
    let (proven, wrong) = proof::of(ground);
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(proven)
}
