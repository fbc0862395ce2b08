//! The file of an index, in redb: a crash leaves it as it was after the last commit.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use redb::{
    Database, DatabaseError, ReadOnlyDatabase, ReadOnlyTable, ReadTransaction, ReadableDatabase as _,
    ReadableTable as _, Table, TableDefinition, TableError, WriteTransaction,
};
use serde::{Deserialize, Serialize};

use super::found::FoundPart;
use super::parts::{PartKey, part, put};
use super::stamp::{Means, Stamp};
use super::worked_file::{self, WorkedEntry, WorkedKind};
use crate::own_file::{for_its_owner, refuse_what_is_none};

/// What the inputs were read with.
const ABOUT: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("index");
/// Inputs by the names they were given.
const INPUTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("inputs");
/// Heads of blocks, their rows, the rows that hand out sessions, and matches.
const HEADS: TableDefinition<'_, PartKey, &[u8]> = TableDefinition::new("heads");
const ROWS: TableDefinition<'_, PartKey, &[u8]> = TableDefinition::new("rows");
const HAND_OUTS: TableDefinition<'_, PartKey, &[u8]> = TableDefinition::new("hand-outs");
const MATCH_HEADS: TableDefinition<'_, PartKey, &[u8]> = TableDefinition::new("match-heads");
const MATCHES: TableDefinition<'_, PartKey, &[u8]> = TableDefinition::new("matches");
/// What is held in memory of the file: of one that is written, the rest goes to the disk.
const CACHE: usize = 64 << 20;

/// An input that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct InputEntry {
    pub(super) number: u64,
    /// The file as it was; nothing where what was read is not to be believed another time.
    pub(super) stamp: Option<Stamp>,
    /// Records that could not be read, and whether the input has a form that is not.
    pub(super) rejected: u64,
    pub(super) is_foreign: bool,
    pub(super) blocks: u32,
    pub(super) hand_outs: u32,
    pub(super) matches: u32,
}

/// The file.
pub(super) struct IndexFile {
    pub(super) path: PathBuf,
    database: Database,
}

impl IndexFile {
    /// Opens a file, or makes a new one.
    pub(super) fn open_or_create(path: &Path) -> anyhow::Result<Self> {
        let is_new = !path.exists();
        if !is_new {
            refuse_what_is_none("index", path)?;
            refuse_another_kind(path)?;
        }
        let mut builder = Database::builder();
        builder.set_cache_size(CACHE);
        let opened = if is_new {
            let cannot = || format!("cannot make the index {}", path.display());
            builder.create_file(for_its_owner(path).with_context(cannot)?)
        } else {
            builder.open(path)
        };
        let database = opened.map_err(|error| no_index(path, &error))?;
        Ok(Self { path: path.to_owned(), database })
    }

    fn cannot_read(&self) -> String {
        format!("cannot read the index {}", self.path.display())
    }

    /// What there is, as it was last committed.
    pub(super) fn kept(&self) -> anyhow::Result<Snapshot> {
        let opened = || -> Result<Snapshot, redb::Error> {
            let reading: ReadTransaction = self.database.begin_read()?;
            Ok(Snapshot {
                inputs: reading.open_table(INPUTS)?,
                heads: reading.open_table(HEADS)?,
                rows: reading.open_table(ROWS)?,
                hand_outs: reading.open_table(HAND_OUTS)?,
                match_heads: reading.open_table(MATCH_HEADS)?,
                matches: reading.open_table(MATCHES)?,
                worked: reading.open_table(worked_file::ENTRIES)?,
                worked_parts: reading.open_table(worked_file::PARTS)?,
            })
        };
        opened().with_context(|| self.cannot_read())
    }

    /// What the inputs in it were read with; nothing where there are none yet.
    pub(super) fn means(&self) -> anyhow::Result<Option<Means>> {
        let read = || -> Result<Option<Vec<u8>>, redb::Error> {
            let reading = self.database.begin_read()?;
            match reading.open_table(ABOUT) {
                Ok(about) => Ok(about.get("means")?.map(|means| means.value().to_vec())),
                Err(TableError::TableDoesNotExist(_)) => Ok(None),
                Err(error) => Err(error.into()),
            }
        };
        let means = read().with_context(|| self.cannot_read())?;
        means.map(|means| serde_json::from_slice(&means).with_context(|| self.cannot_read())).transpose()
    }

    /// Begins to write.
    pub(super) fn writing(&self) -> Result<WriteTransaction, redb::Error> {
        Ok(self.database.begin_write()?)
    }
}

/// A baseline is such a file too; it is not even opened to be written.
fn refuse_another_kind(path: &Path) -> anyhow::Result<()> {
    let database = match ReadOnlyDatabase::open(path) {
        Ok(database) => database,
        // A crash left it; it is mended where it is opened.
        Err(DatabaseError::RepairAborted) => return Ok(()),
        Err(error) => return Err(no_index(path, &error)),
    };
    let tables = database.begin_read().map(|reading| reading.open_table(ABOUT).map(drop));
    match tables {
        Ok(Ok(())) => Ok(()),
        Ok(Err(TableError::Storage(error))) => Err(no_index(path, &error)),
        Ok(Err(_)) => bail!("{} is no index but holds something else; name another file", path.display()),
        Err(error) => Err(no_index(path, &error)),
    }
}

fn no_index(path: &Path, error: &dyn Display) -> anyhow::Error {
    let path = path.display();
    if error.to_string() == DatabaseError::DatabaseAlreadyOpen.to_string() {
        return anyhow!("the index {path} is in use by another trailhound; wait for it to end");
    }
    anyhow!("{path} is no index that can be read: {error}; remove it to begin anew, or name another file")
}

/// Forgets all, and says what will be read from now on with what.
pub(super) fn begin_anew(writing: &WriteTransaction, means: &Means) -> anyhow::Result<()> {
    writing.delete_table(INPUTS)?;
    for parts in [HEADS, ROWS, HAND_OUTS, MATCH_HEADS, MATCHES] {
        writing.delete_table(parts)?;
    }
    worked_file::forget_all(writing)?;
    writing.open_table(ABOUT)?.insert("means", &*serde_json::to_vec(means)?)?;
    Ok(())
}

/// The tables while they are written.
pub(super) struct Tables<'t> {
    inputs: Table<'t, &'static str, &'static [u8]>,
    heads: Table<'t, PartKey, &'static [u8]>,
    rows: Table<'t, PartKey, &'static [u8]>,
    hand_outs: Table<'t, PartKey, &'static [u8]>,
    match_heads: Table<'t, PartKey, &'static [u8]>,
    matches: Table<'t, PartKey, &'static [u8]>,
}

/// A part of what an input holds.
pub(super) enum Part {
    Block { head: Vec<u8>, rows: Vec<u8> },
    HandOuts(Vec<u8>),
    Matches(FoundPart),
}

impl<'t> Tables<'t> {
    pub(super) fn of(writing: &'t WriteTransaction) -> Result<Self, redb::Error> {
        Ok(Self {
            inputs: writing.open_table(INPUTS)?,
            heads: writing.open_table(HEADS)?,
            rows: writing.open_table(ROWS)?,
            hand_outs: writing.open_table(HAND_OUTS)?,
            match_heads: writing.open_table(MATCH_HEADS)?,
            matches: writing.open_table(MATCHES)?,
        })
    }

    /// Forgets inputs, by name; says whether any was there.
    pub(super) fn forget(&mut self, names: &[String]) -> anyhow::Result<bool> {
        let mut is_any = false;
        for name in names {
            let Some(entry) = self.inputs.remove(&**name)?.map(|entry| entry.value().to_vec()) else {
                continue;
            };
            is_any = true;
            let InputEntry { number, .. } = serde_json::from_slice(&entry)?;
            let Self { heads, rows, hand_outs, match_heads, matches, .. } = self;
            for table in [heads, rows, hand_outs, match_heads, matches] {
                table.retain_in((number, 0, 0)..=(number, u32::MAX, u32::MAX), |_, _| false)?;
            }
        }
        Ok(is_any)
    }

    /// The number of the next input.
    pub(super) fn next_number(&self) -> anyhow::Result<u64> {
        let mut next = 0;
        for entry in self.inputs.iter()? {
            let InputEntry { number, .. } = serde_json::from_slice(entry?.1.value())?;
            next = next.max(number + 1);
        }
        Ok(next)
    }

    pub(super) fn add_part(&mut self, entry: &mut InputEntry, part: &Part) -> Result<(), redb::Error> {
        let number = entry.number;
        match part {
            Part::Block { head, rows } => {
                put(&mut self.heads, (number, entry.blocks), head)?;
                put(&mut self.rows, (number, entry.blocks), rows)?;
                entry.blocks += 1;
            }
            Part::HandOuts(rows) => {
                put(&mut self.hand_outs, (number, entry.hand_outs), rows)?;
                entry.hand_outs += 1;
            }
            Part::Matches(FoundPart { head, rows }) => {
                put(&mut self.match_heads, (number, entry.matches), head)?;
                put(&mut self.matches, (number, entry.matches), rows)?;
                entry.matches += 1;
            }
        }
        Ok(())
    }

    pub(super) fn add(&mut self, name: &str, entry: &InputEntry) -> anyhow::Result<()> {
        self.inputs.insert(name, &*serde_json::to_vec(entry)?)?;
        Ok(())
    }
}

/// What was committed.
pub(super) struct Snapshot {
    inputs: ReadOnlyTable<&'static str, &'static [u8]>,
    heads: ReadOnlyTable<PartKey, &'static [u8]>,
    rows: ReadOnlyTable<PartKey, &'static [u8]>,
    hand_outs: ReadOnlyTable<PartKey, &'static [u8]>,
    match_heads: ReadOnlyTable<PartKey, &'static [u8]>,
    matches: ReadOnlyTable<PartKey, &'static [u8]>,
    worked: ReadOnlyTable<&'static str, &'static [u8]>,
    worked_parts: ReadOnlyTable<PartKey, &'static [u8]>,
}

impl Snapshot {
    /// All inputs, by name.
    pub(super) fn entries(&self) -> anyhow::Result<Vec<(String, InputEntry)>> {
        let mut all = Vec::new();
        for entry in self.inputs.iter()? {
            let (name, entry) = entry?;
            all.push((name.value().to_owned(), serde_json::from_slice(entry.value())?));
        }
        Ok(all)
    }

    pub(super) fn head(&self, number: u64, at: u32) -> anyhow::Result<Vec<u8>> {
        part(&self.heads, number, at)
    }

    pub(super) fn rows(&self, number: u64, at: u32) -> anyhow::Result<Vec<u8>> {
        part(&self.rows, number, at)
    }

    pub(super) fn hand_outs(&self, number: u64, at: u32) -> anyhow::Result<Vec<u8>> {
        part(&self.hand_outs, number, at)
    }

    pub(super) fn match_head(&self, number: u64, at: u32) -> anyhow::Result<Vec<u8>> {
        part(&self.match_heads, number, at)
    }

    pub(super) fn matches(&self, number: u64, at: u32) -> anyhow::Result<Vec<u8>> {
        part(&self.matches, number, at)
    }

    /// What was worked out of that.
    pub(super) fn worked(&self, kind: WorkedKind, of: &str) -> anyhow::Result<Option<WorkedEntry>> {
        let entry = self.worked.get(&*kind.key(of))?;
        Ok(entry.map(|entry| serde_json::from_slice(entry.value())).transpose()?)
    }

    /// A part of it.
    pub(super) fn worked_part(&self, entry: &WorkedEntry, at: u32) -> anyhow::Result<Vec<u8>> {
        part(&self.worked_parts, entry.number, at)
    }
}
