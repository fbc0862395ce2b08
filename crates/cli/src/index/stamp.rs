//! What tells that a file is the one that was read, and that it was read as it would be now.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::args::RecordsArguments;
use crate::rule_files;

/// What is another for another file, and for one that was written to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// Where it is, by its true name.
    place: PathBuf,
    size: u64,
    /// Its number on the disk, and when it was last written and changed, in nanoseconds, where the system has them.
    marks: Vec<i128>,
}

impl Stamp {
    /// Of a file; nothing where it is none, or cannot be looked at.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let meta = fs::metadata(path).ok().filter(Metadata::is_file)?;
        Some(Self { place: fs::canonicalize(path).ok()?, size: meta.len(), marks: marks(&meta)? })
    }
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems may not say")]
fn marks(meta: &Metadata) -> Option<Vec<i128>> {
    use std::os::unix::fs::MetadataExt as _;
    let nanoseconds = |seconds: i64, more: i64| i128::from(seconds) * 1_000_000_000 + i128::from(more);
    Some(vec![
        i128::from(meta.dev()),
        i128::from(meta.ino()),
        nanoseconds(meta.mtime(), meta.mtime_nsec()),
        // Whoever sets the time of writing back does not set this one.
        nanoseconds(meta.ctime(), meta.ctime_nsec()),
    ])
}

#[cfg(not(unix))]
fn marks(meta: &Metadata) -> Option<Vec<i128>> {
    let written = jiff::Timestamp::try_from(meta.modified().ok()?).ok()?;
    Some(vec![written.as_nanosecond()])
}

/// What inputs are read with: another of these reads them differently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Means {
    /// This very program.
    program: String,
    /// The rules, by their texts.
    rules: String,
    /// What is known beside the logs.
    context: Vec<Option<Stamp>>,
}

impl Means {
    /// Those of this run. To be taken before rules and files are read: what changes in between is read anew the next time.
    pub(crate) fn of(arguments: &RecordsArguments) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("cannot say which program this is")?;
        let program = format!("{} {:?}", env!("CARGO_PKG_VERSION"), Stamp::of(&program));
        let mut rules = Sha256::new();
        for (name, text) in rule_files::texts(&arguments.rules)? {
            for part in [name.as_bytes(), &text] {
                rules.update(part.len().to_le_bytes());
                rules.update(part);
            }
        }
        let context = arguments.context.files().map(|file| Stamp::of(file)).collect();
        Ok(Self {
            program,
            rules: format!("{} {:x?}", arguments.rules.only_rules, rules.finalize()),
            context,
        })
    }

    /// What is another than it was.
    pub(super) fn unlike(&self, before: &Self) -> Option<String> {
        let changed: Vec<&str> = [
            ("trailhound is another build", self.program != before.program),
            ("the rules are others", self.rules != before.rules),
            ("the files of what is known beside the logs are others", self.context != before.context),
        ]
        .into_iter()
        .filter_map(|(told, is_other)| is_other.then_some(told))
        .collect();
        (!changed.is_empty()).then(|| changed.join(", "))
    }
}
