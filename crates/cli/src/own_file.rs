//! Files that the command keeps between runs: for their owner alone, and none that something else left there.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::inputs;

/// A full disk leaves an empty file behind; taken for a new baseline it would have nothing count as news. What is no file
/// is none either.
pub(crate) fn refuse_what_is_none(kind: &str, path: &Path) -> anyhow::Result<()> {
    inputs::open_file(path).with_context(|| format!("cannot open the {kind} {}", path.display()))?;
    if path.metadata().is_ok_and(|meta| meta.len() == 0) {
        bail!("{} is empty, and so no {kind}; remove it to begin anew, or take a copy of it", path.display());
    }
    Ok(())
}

/// A new file: who reaches which machine from where is nobody else's to read.
pub(crate) fn for_its_owner(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
