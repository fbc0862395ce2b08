//! The pinned tools that tests talk to, installed into a folder that git ignores.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{command, exists, root, run};

/// From PyPI: AWS's double, and an independent Event Grid client.
const PYTHON: &[&str] = &["moto[server]==5.2.5", "boto3==1.43.3", "azure-eventgrid==4.22.1"];
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
        Err(error) => tools.missing.push(format!("Python tools ({}): {error:#}", PYTHON.join(", "))),
    }
    match node(&folder.join("node")) {
        Ok(at) => tools.node = Some(at),
        Err(error) => tools.missing.push(format!("Node tools ({}): {error:#}", NODE.join(", "))),
    }
    tools
}

fn python(folder: &Path) -> anyhow::Result<PathBuf> {
    if is_fresh(folder, PYTHON) {
        return Ok(folder.to_owned());
    }
    anyhow::ensure!(exists("python3"), "python3 is not installed");
    let at = folder.to_string_lossy();
    run(command("python3", &["-m", "venv", "--clear", &at]))?;
    let pip = folder.join("bin/pip");
    run(command(pip, &[&["install", "--quiet", "--disable-pip-version-check"], PYTHON].concat()))?;
    mark(folder, PYTHON)?;
    Ok(folder.to_owned())
}

fn node(folder: &Path) -> anyhow::Result<PathBuf> {
    let bin = folder.join("node_modules/.bin");
    if is_fresh(folder, NODE) {
        return Ok(bin);
    }
    anyhow::ensure!(exists("npm"), "npm is not installed");
    fs::create_dir_all(folder)?;
    let at = folder.to_string_lossy();
    let install = ["install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix", &at];
    run(command("npm", &[&install, NODE].concat()))?;
    mark(folder, NODE)?;
    Ok(bin)
}

/// The stamp holds the pins, so that a changed pin installs anew.
fn is_fresh(folder: &Path, pins: &[&str]) -> bool {
    fs::read_to_string(folder.join("installed")).is_ok_and(|stamp| stamp == pins.join("\n"))
}

fn mark(folder: &Path, pins: &[&str]) -> anyhow::Result<()> {
    Ok(fs::write(folder.join("installed"), pins.join("\n"))?)
}
