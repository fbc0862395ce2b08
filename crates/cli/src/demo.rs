//! `demo`: published intrusions, which the command carries with it, written into a folder and scanned.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, bail};

use crate::args::Scan;
use crate::exit::Exit;
use crate::inputs::read_file;
use crate::scan;

/// One story for each cloud, by the names of their files.
const STORIES: [(&str, &str); 2] = [
    ("2023-lucr-3", include_str!("../../../events/stories/2023-lucr-3.jsonl")),
    (
        "2023-unc3944-serial-console",
        include_str!("../../../events/stories/2023-unc3944-serial-console.jsonl"),
    ),
];
/// What each is, and who told it.
const TABLE: &str = include_str!("../../../events/stories/stories.tsv");

pub(crate) fn run(folder: &Path) -> anyhow::Result<Exit> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let files = STORIES.map(|(name, records)| (name, folder.join(format!("{name}.jsonl")), records));
    // All are looked at before the first is written, so that what is refused leaves nothing behind.
    let mut due = Vec::new();
    for (name, path, records) in &files {
        if !is_there(path, records)? {
            due.push((path, records));
        }
        let (what, source) = told(name)?;
        anstream::eprintln!("{}: {what}\n  {source}", path.display());
    }
    for (path, records) in due {
        let cannot = || format!("{} cannot be written", path.display());
        // Only a file that is not there, whoever made one in the meantime.
        let mut file = OpenOptions::new().write(true).create_new(true).open(path).with_context(cannot)?;
        file.write_all(records.as_bytes()).with_context(cannot)?;
    }
    anstream::eprintln!(
        "The records are written after the reports; names, addresses and times are examples.\n"
    );
    let exit = scan::run(&Scan::of(files.iter().map(|(_, path, _)| path.display().to_string()).collect()))?;
    let at = folder.display();
    anstream::eprintln!(
        "\nNext:
  trailhound who alice@example.com {at}                what she did, on which machines
  trailhound timeline {at}                             every record in order, findings marked
  trailhound scan --format html -o report.html {at}    the same as a page
  trailhound rules explain aws-serial-key-push         what a rule is about, and what to check"
    );
    Ok(exit)
}

/// Is the file there as it would be written? Another of that name is left alone.
fn is_there(path: &Path, records: &str) -> anyhow::Result<bool> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("{} cannot be looked at", path.display())),
        Ok(meta) if meta.is_file() && read_file(path).is_ok_and(|found| found == records.as_bytes()) => {
            Ok(true)
        }
        Ok(_) => bail!(
            "{} is there and is not what would be written; name another folder, or take it away",
            path.display()
        ),
    }
}

/// What a story is, and where it was told.
fn told(name: &str) -> anyhow::Result<(&'static str, &'static str)> {
    let row = TABLE.lines().find_map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        (cells.first() == Some(&name)).then(|| Some((*cells.last()?, *cells.get(6)?)))?
    });
    row.with_context(|| format!("stories.tsv does not tell of {name}"))
}
