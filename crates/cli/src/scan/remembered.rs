//! What a scan remembers, and what it takes from a baseline.

use std::path::Path;

use anyhow::Context;
use trailhound_detect::remember::Memory;

use super::store::ScanStore;
use crate::args::Scan;
use crate::baseline::FileStore;
use crate::inputs;

/// What is remembered: for this run, and between runs where a baseline is named.
pub(super) fn memory(arguments: &Scan) -> anyhow::Result<Memory<ScanStore>> {
    let Some(path) = &arguments.baseline else {
        anyhow::ensure!(!arguments.read_only, "--read-only without a baseline; name one with --baseline");
        return remembered(None);
    };
    if arguments.read_only {
        return remembered(Some(path));
    }
    let (file, is_new) = FileStore::open_or_create(path)?;
    if is_new {
        anstream::eprintln!(
            "{} is new: every account in it is being learned, so nothing counts as news yet; `trailhound baseline \
             learn` fills it from history",
            path.display()
        );
    }
    Ok(Memory::lasting(ScanStore::with(file)).in_one_run())
}

/// What a baseline remembers, where one is named, and this run; nothing is added to it.
pub(crate) fn remembered(baseline: Option<&Path>) -> anyhow::Result<Memory<ScanStore>> {
    let Some(path) = baseline else { return Ok(Memory::fleeting(ScanStore::default()).in_one_run()) };
    let folder = tempfile::tempdir().context("cannot copy the baseline")?;
    let copy = folder.path().join("baseline");
    let cannot = || format!("cannot read the baseline {}", path.display());
    // Not its mode: one that may only be read is one that is only read.
    let mut from = inputs::open_file(path).with_context(cannot)?;
    std::io::copy(&mut from, &mut std::fs::File::create(&copy)?).with_context(cannot)?;
    let file = FileStore::open(&copy).with_context(cannot)?;
    Ok(Memory::lasting(ScanStore::of_copy(file, folder)).in_one_run())
}
