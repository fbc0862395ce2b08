//! Writes `crates/sigma/CONFORMANCE.md`.

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/sigma/CONFORMANCE.md");
    Ok(std::fs::write(file, trailhound_oracle::conformance::table()?)?)
}
