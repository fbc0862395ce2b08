//! The rules of the house that no lint knows, checked from the sources: no circle of modules, rooms of a crate in
//! one direction, files of one idea, one meaning a word, and for every promise the test that breaks when it is broken.
//!
//! Tests are left out where direction is concerned: they may look at everything.

mod circles;
mod lengths;
mod promises;
mod resolve;
mod rooms;
mod source;
mod syntax;
#[cfg(test)]
mod tests;
mod words;

use std::path::Path;

use anyhow::bail;

use crate::shell::root;

/// Checks all of it and tells everything that is wrong at once.
pub(crate) fn check() -> anyhow::Result<()> {
    let faults = faults(&root())?;
    if !faults.is_empty() {
        bail!("{}\n{} faults of the house", faults.join("\n"), faults.len());
    }
    println!(
        "no circles, rooms in one direction, files of one idea, one meaning a word, every promise held by a test"
    );
    Ok(())
}

/// Everything that is wrong under a folder, in words.
fn faults(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut faults = lengths::check(root)?;
    for folder in source::crates(root)? {
        for top in source::roots(&folder)? {
            let krate = syntax::read(root, &top)?;
            let imports = resolve::imports(&krate);
            faults.extend(circles::check(&krate, &imports));
            faults.extend(words::check(&krate));
            faults.extend(rooms::check(&folder, &krate, &imports));
        }
    }
    faults.extend(rooms::check_table(root)?);
    faults.extend(promises::check(root));
    Ok(faults)
}
