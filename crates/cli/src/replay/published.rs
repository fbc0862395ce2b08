//! What was published, by files of it.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::parked;
use crate::inputs;

/// The ids of findings that files of NDJSON hold.
pub(super) fn published(paths: &[PathBuf]) -> anyhow::Result<HashSet<String>> {
    let mut known = HashSet::new();
    for path in paths {
        anyhow::ensure!(path.exists(), "no such file or folder: {}", path.display());
        for file in inputs::walk(path) {
            let file = file.map_err(|error| anyhow::anyhow!("{error}"))?;
            read_published(&file, &mut known).with_context(|| format!("cannot read {}", file.display()))?;
        }
    }
    Ok(known)
}

fn read_published(file: &Path, known: &mut HashSet<String>) -> anyhow::Result<()> {
    let text = BufReader::new(parked::unpacked(inputs::open_file(file)?)?);
    for (at, line) in text.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let finding: serde_json::Value =
            serde_json::from_str(&line).with_context(|| format!("line {}", at + 1))?;
        let uid = finding["data"]["finding_info"]["uid"].as_str();
        let uid =
            uid.with_context(|| format!("line {}: no finding; name files of findings as published", at + 1))?;
        known.insert(uid.to_owned());
    }
    Ok(())
}
