//! Documents that are written from the rules.

use std::fs;

use anyhow::ensure;

use crate::shell::{cargo, output, root};

const DETECTIONS: &str = "docs/detections.md";

/// Writes them.
pub(crate) fn write() -> anyhow::Result<()> {
    Ok(fs::write(root().join(DETECTIONS), detections()?)?)
}

/// Fails if they are not what the rules say.
pub(crate) fn check() -> anyhow::Result<()> {
    let written = fs::read_to_string(root().join(DETECTIONS)).unwrap_or_default();
    ensure!(written == detections()?, "{DETECTIONS} is stale; renew it with `cargo xtask docs`");
    Ok(())
}

fn detections() -> anyhow::Result<String> {
    output(cargo(&["run", "--quiet", "--package", "trailhound", "--", "rules", "docs"]))
}
