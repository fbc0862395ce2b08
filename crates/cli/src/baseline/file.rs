//! What the command remembers between runs: a file, in redb, which a crash leaves as it was after the last commit.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::Timestamp;
use redb::{Database, DatabaseError, Durability, ReadableDatabase, ReadableTable, TableDefinition};
use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Version, Write};

use crate::own_file::{for_its_owner, refuse_what_is_none};

/// Kind, scope and name to version, expiry in seconds and value.
const ITEMS: TableDefinition<'_, (&str, &str, &str), (u64, i64, &str)> = TableDefinition::new("items");
const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("about");
/// The shape of the tables; a file of another is refused.
const SCHEMA: u64 = 1;

/// A store in a file.
pub(crate) struct FileStore {
    path: PathBuf,
    database: Database,
}

impl FileStore {
    /// Opens a file, or makes a new one; says which.
    pub(crate) fn open_or_create(path: &Path) -> anyhow::Result<(Self, bool)> {
        let is_new = !path.exists();
        if !is_new {
            refuse_what_is_none("baseline", path)?;
        }
        let database = if is_new {
            let cannot = || format!("cannot open the baseline {}", path.display());
            opened(path, Database::builder().create_file(for_its_owner(path).with_context(cannot)?))?
        } else {
            opened(path, Database::create(path))?
        };
        let store = Self { path: path.to_owned(), database };
        store.prepare().with_context(|| format!("cannot write the baseline {}", path.display()))?;
        store.check()?;
        Ok((store, is_new))
    }

    /// Opens a file that must be there.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        if !path.exists() {
            bail!("no such baseline: {}; `trailhound baseline learn` makes one", path.display());
        }
        refuse_what_is_none("baseline", path)?;
        let store = Self { path: path.to_owned(), database: opened(path, Database::open(path))? };
        store.check()?;
        Ok(store)
    }

    fn prepare(&self) -> Result<(), redb::Error> {
        let transaction = self.database.begin_write()?;
        {
            let mut about = transaction.open_table(ABOUT)?;
            if about.get("schema")?.is_none() {
                about.insert("schema", SCHEMA)?;
            }
            transaction.open_table(ITEMS)?;
        }
        transaction.commit()?;
        Ok(())
    }

    fn check(&self) -> anyhow::Result<()> {
        let schema = || -> Result<u64, redb::Error> {
            let about = self.database.begin_read()?.open_table(ABOUT)?;
            Ok(about.get("schema")?.map_or(0, |schema| schema.value()))
        };
        let path = self.path.display();
        match schema() {
            Ok(SCHEMA) => Ok(()),
            Ok(other) => bail!(
                "{path} is a baseline of version {other}, and this trailhound reads {SCHEMA}; export it with the \
                 version that wrote it, and import it with this one"
            ),
            Err(error) => bail!("{path} is no baseline: {error}"),
        }
    }

    /// Everything that is kept, in the order of its keys.
    pub(crate) fn items(&self) -> anyhow::Result<Vec<(Key, Item)>> {
        let read = || -> Result<Vec<(Key, Item)>, redb::Error> {
            let items = self.database.begin_read()?.open_table(ITEMS)?;
            let mut all = Vec::new();
            for entry in items.iter()? {
                let (key, value) = entry?;
                let (kind, scope, name) = key.value();
                let Some(kind) = ItemKind::ALL.into_iter().find(|known| known.as_str() == kind) else {
                    continue;
                };
                let key = Key { kind, scope: scope.to_owned(), name: name.to_owned() };
                all.push((key, item(value.value())));
            }
            Ok(all)
        };
        read().with_context(|| format!("cannot read the baseline {}", self.path.display()))
    }

    /// Waits until all that was committed is on the disk.
    pub(crate) fn keep(&self) -> anyhow::Result<()> {
        let transaction = self.database.begin_write().map_err(redb::Error::from);
        transaction
            .and_then(|transaction| Ok(transaction.commit()?))
            .with_context(|| format!("cannot write the baseline {}", self.path.display()))
    }

    fn load_all(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, redb::Error> {
        let items = self.database.begin_read()?.open_table(ITEMS)?;
        keys.iter().map(|key| Ok(items.get(of(key))?.map(|value| item(value.value())))).collect()
    }

    fn commit_all(&self, writes: &[Write]) -> Result<Vec<Committed>, redb::Error> {
        let mut transaction = self.database.begin_write()?;
        // The disk is waited for once, at the end.
        transaction.set_durability(Durability::None)?;
        let mut answers = Vec::with_capacity(writes.len());
        {
            let mut items = transaction.open_table(ITEMS)?;
            for write in writes {
                let there = items.get(of(&write.key))?.map(|value| value.value().0);
                if there.map(|version| Version(version.to_string())) != write.replaces {
                    answers.push(Committed::Refused);
                    continue;
                }
                let version = there.unwrap_or(0) + 1;
                items
                    .insert(of(&write.key), (version, write.expires_at.as_second(), write.value.as_str()))?;
                answers.push(Committed::Done(Version(version.to_string())));
            }
        }
        transaction.commit()?;
        Ok(answers)
    }

    fn in_words(&self, error: &redb::Error) -> StateError {
        StateError(format!("{}: {error}", self.path.display()))
    }
}

impl StateStore for FileStore {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.load_all(keys).map_err(|error| self.in_words(&error))
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        self.commit_all(writes).map_err(|error| self.in_words(&error))
    }
}

fn opened(path: &Path, result: Result<Database, DatabaseError>) -> anyhow::Result<Database> {
    let path = path.display();
    match result {
        Ok(database) => Ok(database),
        Err(DatabaseError::DatabaseAlreadyOpen) => {
            bail!("the baseline {path} is in use by another trailhound; wait for it to end")
        }
        Err(error) => bail!("cannot open the baseline {path}: {error}"),
    }
}

fn of(key: &Key) -> (&'static str, &str, &str) {
    (key.kind.as_str(), &key.scope, &key.name)
}

fn item((version, expires_at, value): (u64, i64, &str)) -> Item {
    Item {
        value: value.into(),
        version: Version(version.to_string()),
        expires_at: Timestamp::from_second(expires_at).unwrap_or(Timestamp::MAX),
    }
}

#[cfg(test)]
mod tests;
