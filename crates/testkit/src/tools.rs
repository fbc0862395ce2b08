//! Programs that tests borrow: named by the environment or found under `.tools/`, never fetched by a test.

use std::io::Write;
use std::path::PathBuf;

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A program at the path a variable holds, else under `.tools/`; `None`, loudly, when there is none.
pub fn find(variable: &str, path: &str, skipped: &str) -> Option<PathBuf> {
    let program = std::env::var_os(variable).map_or_else(|| root().join(".tools").join(path), PathBuf::from);
    if program.exists() {
        return Some(program);
    }
    skip(&format!("{skipped}: no {} (`cargo xtask test` installs it)", program.display()));
    None
}

/// Says loudly that something is not tested.
pub fn skip(note: &str) {
    eprintln!("SKIPPED {note}");
    if let Some(notes) = std::env::var_os("TRAILHOUND_SKIPPED")
        && let Ok(mut notes) = std::fs::OpenOptions::new().append(true).open(notes)
    {
        // The note on stderr stands if this one cannot be written.
        let _ = writeln!(notes, "{note}");
    }
}
