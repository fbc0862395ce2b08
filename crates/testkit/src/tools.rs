//! Programs that tests borrow: looked for under `.tools/` in the repository, never fetched by a test.

use std::path::PathBuf;

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A program's path under `.tools/`, or a loud word that what needs it is skipped.
pub fn find(path: &str, skipped: &str) -> Option<PathBuf> {
    let program = root().join(".tools").join(path);
    if program.exists() {
        return Some(program);
    }
    eprintln!("\n!!! SKIPPED: {skipped}: .tools/{path} is missing; `cargo xtask tools` fetches it\n");
    None
}
