//! Documents that are written from the rules and from the tables of tests.

mod shapes;

use std::fs;

use anyhow::ensure;

use crate::costs;
use crate::shell::{cargo, output, root};

/// Writes the text of a document.
type Text = fn() -> anyhow::Result<String>;

/// Where each stands, and what it should say.
const DOCUMENTS: [(&str, Text); 3] =
    [("docs/costs.md", costs::text), ("docs/detections.md", detections), ("docs/shapes.md", shapes::text)];

/// Writes them.
pub(crate) fn write() -> anyhow::Result<()> {
    for (path, text) in DOCUMENTS {
        fs::write(root().join(path), text()?)?;
    }
    Ok(())
}

/// Fails if they are not what the rules and tables say.
pub(crate) fn check() -> anyhow::Result<()> {
    for (path, text) in DOCUMENTS {
        let written = fs::read_to_string(root().join(path)).unwrap_or_default();
        ensure!(written == text()?, "{path} is stale; renew it with `cargo xtask docs`");
    }
    Ok(())
}

fn detections() -> anyhow::Result<String> {
    output(cargo(&["run", "--quiet", "--package", "trailhound", "--", "rules", "docs"]))
}
