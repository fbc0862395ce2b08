//! Something done again whenever files change. They are looked at a few times a second: a folder of rules is small, and so it
//! works on every file system, also where nobody is told of changes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime};

use trailhound_detect::describe::visible;
use trailhound_detect::rules::FileKind;

use crate::exit::Exit;
use crate::inputs;
use crate::interrupt::Interrupt;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(250);

/// What tells that a file has changed.
type Look = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Runs until Ctrl-C, and ends as the last run did.
pub(super) fn watch(
    paths: &[PathBuf],
    run: &mut dyn FnMut() -> anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    let interrupt = Interrupt::heard()?;
    loop {
        // Before the run, so that what changes meanwhile is seen.
        let before = look(paths);
        let exit = run().unwrap_or_else(|wrong| {
            anstream::eprintln!("trailhound: {}", visible(&format!("{wrong:#}")));
            Exit::Usage
        });
        anstream::eprintln!("watching {}; Ctrl-C ends", told(before.len()));
        while look(paths) == before {
            if interrupt.is_set() {
                return Ok(exit);
            }
            thread::sleep(PAUSE);
        }
    }
}

fn told(files: usize) -> String {
    crate::words::counted(files as u64, "file", "files")
}

fn look(paths: &[PathBuf]) -> Look {
    let files = paths.iter().flat_map(|path| inputs::walk(path)).filter_map(Result::ok);
    let rules = files.filter(|file| FileKind::of(&file.to_string_lossy()).is_some());
    rules
        .map(|file| {
            let meta = std::fs::metadata(&file).ok();
            let changed = meta.as_ref().and_then(|meta| meta.modified().ok());
            (file, (changed, meta.map_or(0, |meta| meta.len())))
        })
        .collect()
}
