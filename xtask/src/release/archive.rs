//! Archives that are the same bytes for the same files: names in order, no times, no owners.

use std::io::Write;

use anyhow::ensure;
use flate2::{Compression, GzBuilder};

use crate::package_azure::pack;

/// The first moment that a zip can hold; a tar has the same.
const THEN: u64 = 315_532_800;

/// A file of an archive.
pub(super) struct Entry {
    /// With slashes, whatever the system.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) is_program: bool,
}

impl Entry {
    pub(super) fn text(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: bytes.into(), is_program: false }
    }

    pub(super) fn program(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), bytes, is_program: true }
    }

    fn mode(&self) -> u32 {
        if self.is_program { 0o755 } else { 0o644 }
    }
}

/// An archive of the form that an ending names, all below one folder.
pub(super) fn make(ending: &str, folder: &str, mut entries: Vec<Entry>) -> anyhow::Result<Vec<u8>> {
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    for entry in &mut entries {
        let climbs = entry.name.starts_with('/') || entry.name.split('/').any(|part| part == "..");
        ensure!(!climbs, "{} would leave the archive", entry.name);
        entry.name = format!("{folder}/{}", entry.name);
    }
    if ending == "zip" { zip(&entries) } else { tar(&entries) }
}

fn zip(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    let files: Vec<(&str, &[u8], u32)> =
        entries.iter().map(|entry| (entry.name.as_str(), entry.bytes.as_slice(), entry.mode())).collect();
    pack(&files)
}

fn tar(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    let mut tar = tar::Builder::new(gzip);
    for entry in entries {
        let mut header = tar::Header::new_ustar();
        header.set_size(entry.bytes.len() as u64);
        header.set_mode(entry.mode());
        header.set_mtime(THEN);
        header.set_uid(0);
        header.set_gid(0);
        tar.append_data(&mut header, &entry.name, entry.bytes.as_slice())?;
    }
    let mut gzip = tar.into_inner()?;
    gzip.flush()?;
    Ok(gzip.finish()?)
}
