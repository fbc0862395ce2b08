//! Entries between stores: JSON Lines out, JSON Lines in.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, bail};

use super::Store;
use crate::exit::Exit;
use crate::inputs::{Input, open_file, refuse_as_output};
use crate::output::Whole;
use crate::words::counted;

/// The most bytes of an entry.
const LONGEST: u64 = 1 << 20;

pub(super) fn export(baseline: &Store, output: Option<&Path>) -> anyhow::Result<Exit> {
    if let (Some(path), Store::File(there)) = (output, baseline) {
        refuse_as_output(Some(path), &[Input::File(there.clone())])?;
    }
    let entries = baseline.entries()?;
    let mut whole = None;
    let mut out: Box<dyn Write> = match output {
        Some(path) => {
            let (file, writer) = Whole::begin(path)?;
            whole = Some(file);
            Box::new(BufWriter::new(writer))
        }
        None => Box::new(BufWriter::new(io::stdout().lock())),
    };
    for entry in &entries {
        serde_json::to_writer(&mut out, entry).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    drop(out);
    whole.map_or(Ok(()), Whole::keep)?;
    Ok(Exit::Clean)
}

pub(super) fn import(export: &str, to: &Store) -> anyhow::Result<Exit> {
    let source: Box<dyn Read> = match export {
        "-" => Box::new(io::stdin().lock()),
        path => Box::new(open_file(Path::new(path)).with_context(|| format!("cannot open {path}"))?),
    };
    let mut entries = Vec::new();
    let mut wrong = Vec::new();
    let (mut source, mut line) = (BufReader::new(source), Vec::new());
    for n in 1_u64.. {
        line.clear();
        let read = source.by_ref().take(LONGEST + 1).read_until(b'\n', &mut line);
        if read.with_context(|| format!("cannot read {export}"))? == 0 {
            break;
        }
        if line.len() as u64 > LONGEST {
            bail!("nothing was imported; {export}:{n} is longer than any entry of a baseline");
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(entry) => entries.push(entry),
            Err(error) => wrong.push(format!("{export}:{n}: {error}")),
        }
    }
    if !wrong.is_empty() {
        bail!("nothing was imported; these lines are no entries of a baseline:\n{}", wrong.join("\n"));
    }
    to.add(&entries)?;
    anstream::eprintln!("{} imported into {to}", counted(entries.len() as u64, "entry", "entries"));
    Ok(Exit::Clean)
}
