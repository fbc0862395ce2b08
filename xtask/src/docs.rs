//! Documents that are written from the rules, from the tables of tests and from the words that readers know.

mod shapes;

use std::fs;

use anyhow::ensure;
use trailhound_detect::{proving, rules};

use crate::costs;
use crate::shell::{command, output, root, trailhound};

/// Writes the text of a document.
type Text = fn() -> anyhow::Result<String>;

/// Where each stands, and what it should say.
const DOCUMENTS: [(&str, Text); 5] = [
    ("docs/costs.md", costs::text),
    ("docs/detections.md", detections),
    ("docs/shapes.md", shapes::text),
    ("schemas/rule.v1.schema.json", || schema(&rules::schema::rule())),
    ("schemas/tests.v1.schema.json", || schema(&proving::schema::tests())),
];

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

/// The form of what people write, out of the lists that readers go by.
fn schema(schema: &serde_json::Value) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(schema)? + "\n")
}

fn detections() -> anyhow::Result<String> {
    output(command(trailhound()?, &["rules", "docs"]))
}
