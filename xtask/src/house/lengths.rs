//! A file is one idea; past four hundred lines it is two.

use std::fs;
use std::path::Path;

use super::source;

/// The most lines a file may have.
const MOST: usize = 400;

pub(super) fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    for path in source::files(root)? {
        let lines = fs::read_to_string(&path)?.lines().count();
        if lines > MOST {
            let shown = path.strip_prefix(root).unwrap_or(&path).display();
            faults.push(format!("{shown}:{}: {lines} lines; a file has at most {MOST}", MOST + 1));
        }
    }
    Ok(faults)
}
