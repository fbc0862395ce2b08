//! Entries between stores: JSON Lines out, JSON Lines in.

use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, bail};
use jiff::Timestamp;
use trailhound_detect::remember::{Entry, import as merge};

use super::count;
use super::file::FileStore;
use crate::Exit;

/// The entries of a baseline.
pub(super) fn entries(path: &Path) -> anyhow::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for (key, item) in FileStore::open(path)?.items()? {
        entries
            .extend(Entry::of(&key, &item).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?);
    }
    Ok(entries)
}

pub(super) fn export(baseline: &Path, output: Option<&Path>) -> anyhow::Result<Exit> {
    let entries = entries(baseline)?;
    let mut out: Box<dyn Write> = match output {
        Some(path) => Box::new(BufWriter::new(
            fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?,
        )),
        None => Box::new(BufWriter::new(io::stdout().lock())),
    };
    for entry in &entries {
        serde_json::to_writer(&mut out, entry).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(Exit::Clean)
}

pub(super) fn import(export: &str, to: &str) -> anyhow::Result<Exit> {
    let source: Box<dyn Read> = match export {
        "-" => Box::new(io::stdin().lock()),
        path => Box::new(fs::File::open(path).with_context(|| format!("cannot open {path}"))?),
    };
    let mut entries = Vec::new();
    let mut wrong = Vec::new();
    for (n, line) in BufReader::new(source).lines().enumerate() {
        let line = line.with_context(|| format!("cannot read {export}"))?;
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str(&line) {
            Ok(entry) => entries.push(entry),
            Err(error) => wrong.push(format!("{export}:{}: {error}", n + 1)),
        }
    }
    if !wrong.is_empty() {
        bail!("nothing was imported; these lines are no entries of a baseline:\n{}", wrong.join("\n"));
    }
    into_store(to, &entries)?;
    anstream::eprintln!("{} imported into {to}", count(entries.len(), "entry", "entries"));
    Ok(Exit::Clean)
}

/// Adds entries to a store.
pub(super) fn into_store(to: &str, entries: &[Entry]) -> anyhow::Result<()> {
    let (file, _) = FileStore::open_or_create(Path::new(to))?;
    pollster::block_on(merge(&file, entries, Timestamp::now(), |_| {}))?;
    file.keep()
}
