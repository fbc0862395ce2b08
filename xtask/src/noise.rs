//! `docs/noise.md`: what is told of a made-up company, which the test kit plays.

use std::fs;

use crate::shell::{cargo, output, root};

pub(crate) fn write() -> anyhow::Result<()> {
    let text = output(cargo(&["run", "--quiet", "--package", "trailhound-testkit", "--example", "noise"]))?;
    Ok(fs::write(root().join("docs/noise.md"), text)?)
}
