//! Where sources lie.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold nothing of ours.
const FOREIGN: [&str; 3] = ["target", "node_modules", "__pycache__"];

/// Every Rust file under a folder, in order.
pub(super) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    walk(folder, &mut |path| found.push(path.to_owned()), "rs")?;
    Ok(found)
}

/// Every folder that holds a crate with sources of its own.
pub(super) fn crates(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    walk(root, &mut |path| found.extend(path.parent().map(Path::to_owned)), "toml")?;
    found.retain(|folder| folder.join("Cargo.toml").is_file() && folder.join("src").is_dir());
    found.dedup();
    Ok(found)
}

/// The files a crate is built from: its library and its binaries.
pub(super) fn roots(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let source = folder.join("src");
    let mut found: Vec<PathBuf> = ["lib.rs", "main.rs"].iter().map(|name| source.join(name)).collect();
    if source.join("bin").is_dir() {
        found.extend(files(&source.join("bin"))?);
    }
    found.retain(|path| path.is_file());
    Ok(found)
}

fn walk(folder: &Path, take: &mut dyn FnMut(&Path), extension: &str) -> anyhow::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && !FOREIGN.contains(&name.as_str()) {
                walk(&path, take, extension)?;
            }
        } else if path.extension().is_some_and(|own| own == extension) {
            take(&path);
        }
    }
    Ok(())
}
