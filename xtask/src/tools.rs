//! The pinned tools that tests talk to, installed into a folder that git ignores.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{command, exists, root, run};

/// From PyPI: AWS's double and SDK, `cargo lambda`, and an independent Event Grid client. `infra/check` makes the same
/// environment from the same file.
const PYTHON: &str = include_str!("../requirements.txt");
/// From npm: Azure Storage's double.
const NODE: &[&str] = &["azurite@3.35.0"];

/// Where the tools are, those that could be had.
pub(crate) struct Tools {
    /// Folder of a Python virtual environment.
    pub(crate) python: Option<PathBuf>,
    /// Folder of npm's `node_modules/.bin`.
    pub(crate) node: Option<PathBuf>,
    /// What could not be had, for people.
    pub(crate) missing: Vec<String>,
}

/// Installs what is not installed yet.
pub(crate) fn install() -> Tools {
    let folder = root().join(".tools");
    let mut tools = Tools { python: None, node: None, missing: Vec::new() };
    match python(&folder.join("python")) {
        Ok(at) => tools.python = Some(at),
        Err(error) => tools.missing.push(format!("Python tools (xtask/requirements.txt): {error:#}")),
    }
    match node(&folder.join("node")) {
        Ok(at) => tools.node = Some(at),
        Err(error) => tools.missing.push(format!("Node tools ({}): {error:#}", NODE.join(", "))),
    }
    tools
}

fn python(folder: &Path) -> anyhow::Result<PathBuf> {
    let stamp = folder.join("requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == PYTHON) {
        return Ok(folder.to_owned());
    }
    anyhow::ensure!(exists("python3"), "python3 is not installed");
    let at = folder.to_string_lossy();
    run(command("python3", &["-m", "venv", "--clear", &at]))?;
    let pip = folder.join("bin/pip");
    let install = ["install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(command(pip, &[&install, &["xtask/requirements.txt"][..]].concat()))?;
    fs::write(stamp, PYTHON)?;
    Ok(folder.to_owned())
}

fn node(folder: &Path) -> anyhow::Result<PathBuf> {
    let bin = folder.join("node_modules/.bin");
    // The stamp holds the pins, so that a changed pin installs anew.
    let (stamp, pins) = (folder.join("installed"), NODE.join("\n"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == pins) {
        return Ok(bin);
    }
    anyhow::ensure!(exists("npm"), "npm is not installed");
    fs::create_dir_all(folder)?;
    let at = folder.to_string_lossy();
    let install = ["install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix", &at];
    run(command("npm", &[&install, NODE].concat()))?;
    fs::write(stamp, pins)?;
    Ok(bin)
}
