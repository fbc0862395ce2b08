//! Where a baseline is: in a file, or in the table of a function.

#[cfg(not(all(feature = "aws", feature = "azure")))]
mod absent;
#[cfg(feature = "aws")]
mod dynamodb;
#[cfg(any(feature = "aws", feature = "azure"))]
mod table;
#[cfg(feature = "azure")]
mod table_storage;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::Timestamp;
use trailhound_detect::remember::{Entry, import};

use super::file::FileStore;
#[cfg(not(feature = "aws"))]
use absent::DynamoDb;
#[cfg(not(feature = "azure"))]
use absent::TableStorage;
#[cfg(feature = "aws")]
use dynamodb::DynamoDb;
#[cfg(feature = "azure")]
use table_storage::TableStorage;

/// A store by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// A file.
    File(PathBuf),
    /// `dynamodb://table`, or a table's ARN after that.
    DynamoDb(DynamoDb),
    /// The address of a table in Table Storage.
    TableStorage(TableStorage),
}

impl FromStr for Store {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name.split_once("://") {
            None if name.is_empty() => Err("it has no name".to_owned()),
            None => Ok(Self::File(name.into())),
            Some(("dynamodb", table)) => DynamoDb::named(table).map(Self::DynamoDb),
            Some(("https", _)) => TableStorage::at(name).map(Self::TableStorage),
            Some((scheme, _)) => Err(format!(
                "a baseline is in a file, at dynamodb://table or at the https:// address of a table, and not at \
                 {scheme}://"
            )),
        }
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::DynamoDb(table) => write!(f, "{table}"),
            Self::TableStorage(table) => write!(f, "{table}"),
        }
    }
}

impl Store {
    /// Does a table answer, and is a file that is there a baseline? Better asked before hours of history are read.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        match self {
            Self::File(path) if path.exists() => FileStore::open(path).map(drop),
            Self::File(_) => Ok(()),
            Self::DynamoDb(table) => table.check(),
            Self::TableStorage(table) => table.check(),
        }
    }

    /// Adds entries.
    pub(super) fn add(&self, entries: &[Entry]) -> anyhow::Result<()> {
        match self {
            Self::File(path) => {
                let (file, _) = FileStore::open_or_create(path)?;
                pollster::block_on(import(&file, entries, Timestamp::now(), |_| {}))?;
                file.keep()
            }
            Self::DynamoDb(table) => table.add(entries),
            Self::TableStorage(table) => table.add(entries),
        }
    }

    /// All entries. Those of a table whose account cannot be told are left out, aloud.
    pub(crate) fn entries(&self) -> anyhow::Result<Vec<Entry>> {
        let items = match self {
            Self::File(path) => FileStore::open(path)?.items()?,
            Self::DynamoDb(table) => table.items()?,
            Self::TableStorage(table) => table.items()?,
        };
        let mut entries = Vec::new();
        for (key, item) in items {
            entries.extend(Entry::of(&key, &item).map_err(|error| anyhow::anyhow!("{self}: {error}"))?);
        }
        Ok(entries)
    }
}
