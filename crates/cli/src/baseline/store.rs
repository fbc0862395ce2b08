//! Where a baseline is: in a file, or in the table of a function.

#[cfg(feature = "aws")]
mod dynamodb;
#[cfg(feature = "azure")]
mod table;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::Timestamp;
use trailhound_detect::remember::{Entry, import};
#[cfg(any(feature = "aws", feature = "azure"))]
use trailhound_detect::state::{Item, ItemKind, Key, StateError, StateStore};

use super::file::FileStore;
#[cfg(any(feature = "aws", feature = "azure"))]
use crate::progress::Progress;

/// What baselines consist of.
#[cfg(any(feature = "aws", feature = "azure"))]
const KINDS: [ItemKind; 2] = [ItemKind::Learning, ItemKind::Seen];

/// A store by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// A file.
    File(PathBuf),
    /// `dynamodb://table`, or a table's ARN after that.
    #[cfg(feature = "aws")]
    Dynamo(String),
    /// The address of a table in Table Storage.
    #[cfg(feature = "azure")]
    Table(azure_core::http::Url),
}

impl FromStr for Store {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name.split_once("://") {
            None if name.is_empty() => Err("it has no name".to_owned()),
            None => Ok(Self::File(name.into())),
            Some(("dynamodb", table)) => dynamo(table),
            Some(("https", _)) => azure(name),
            Some((scheme, _)) => Err(format!(
                "a baseline is in a file, at dynamodb://table or at the https:// address of a table, and not at \
                 {scheme}://"
            )),
        }
    }
}

#[cfg(feature = "aws")]
fn dynamo(table: &str) -> Result<Store, String> {
    trailhound_aws::address::table(table).map(Store::Dynamo)
}

#[cfg(not(feature = "aws"))]
fn dynamo(_: &str) -> Result<Store, String> {
    Err(format!("this trailhound knows no DynamoDB; {}", crate::settings::built_with("aws")))
}

#[cfg(feature = "azure")]
fn azure(address: &str) -> Result<Store, String> {
    let url = trailhound_azure_sdk::address::table(address);
    url.map(Store::Table).map_err(|problem| {
        format!("the address {problem}; it looks like https://account.table.core.windows.net/table")
    })
}

#[cfg(not(feature = "azure"))]
fn azure(_: &str) -> Result<Store, String> {
    Err(format!("this trailhound knows no Table Storage; {}", crate::settings::built_with("azure")))
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            #[cfg(feature = "aws")]
            Self::Dynamo(table) => write!(f, "dynamodb://{table}"),
            #[cfg(feature = "azure")]
            Self::Table(url) => write!(f, "{url}"),
        }
    }
}

impl Store {
    /// Does a table answer, and is a file that is there a baseline? Better asked before hours of history are read.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        match self {
            Self::File(path) if path.exists() => FileStore::open(path).map(drop),
            Self::File(_) => Ok(()),
            #[cfg(feature = "aws")]
            Self::Dynamo(table) => self.ask(answers(&dynamodb::open(table)?)),
            #[cfg(feature = "azure")]
            Self::Table(url) => self.ask(answers(&table::open(url)?)),
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
            #[cfg(feature = "aws")]
            Self::Dynamo(table) => self.ask(import_into(&dynamodb::open(table)?, entries)),
            #[cfg(feature = "azure")]
            Self::Table(url) => self.ask(import_into(&table::open(url)?, entries)),
        }
    }

    /// All entries. Those of a table whose account cannot be told are left out, aloud.
    pub(super) fn entries(&self) -> anyhow::Result<Vec<Entry>> {
        let items = match self {
            Self::File(path) => FileStore::open(path)?.items()?,
            #[cfg(feature = "aws")]
            Self::Dynamo(table) => self.told(self.ask(dynamodb::open(table)?.list(&KINDS))?),
            #[cfg(feature = "azure")]
            Self::Table(url) => self.told(self.ask(table::open(url)?.list(&KINDS))?),
        };
        let mut entries = Vec::new();
        for (key, item) in items {
            entries.extend(Entry::of(&key, &item).map_err(|error| anyhow::anyhow!("{self}: {error}"))?);
        }
        Ok(entries)
    }
}

#[cfg(any(feature = "aws", feature = "azure"))]
impl Store {
    fn ask<T>(&self, work: impl Future<Output = Result<T, StateError>>) -> anyhow::Result<T> {
        let answer = crate::cloud::runtime()?.block_on(work);
        answer.map_err(|error| anyhow::anyhow!("{self}: {}", error.0))
    }

    fn told(&self, (items, untold): (Vec<(Key, Item)>, usize)) -> Vec<(Key, Item)> {
        if untold > 0 {
            anstream::eprintln!(
                "{self}: {untold} entries are left out, whose account is kept only as a digest"
            );
        }
        items
    }
}

/// Any load will do.
#[cfg(any(feature = "aws", feature = "azure"))]
async fn answers(store: &impl StateStore) -> Result<(), StateError> {
    let key = Key { kind: ItemKind::Learning, scope: String::new(), name: "clock".to_owned() };
    store.load(&[key]).await.map(drop)
}

#[cfg(any(feature = "aws", feature = "azure"))]
async fn import_into(store: &impl StateStore, entries: &[Entry]) -> Result<(), StateError> {
    let progress = Progress::of_entries(entries.len());
    let done = import(store, entries, Timestamp::now(), |written| progress.reached(written)).await;
    progress.finish();
    done.map_err(|error| StateError(format!("{}; adding everything again does no harm", error.0)))
}
