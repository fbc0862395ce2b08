//! A state table in Azure Table Storage.

use std::fmt;

use azure_core::http::Url;
use trailhound_azure_sdk::table::TableStore;
use trailhound_detect::remember::Entry;
use trailhound_detect::state::{Item, Key};

use super::table::{KINDS, add, answers, ask, told};
use crate::cloud;

/// A table by its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableStorage(Url);

impl TableStorage {
    pub(super) fn at(address: &str) -> Result<Self, String> {
        trailhound_azure_sdk::address::table(address).map(Self).map_err(|problem| {
            format!("the address {problem}; it looks like https://account.table.core.windows.net/table")
        })
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        ask(self, answers(&self.open()?))
    }

    pub(super) fn add(&self, entries: &[Entry]) -> anyhow::Result<()> {
        ask(self, add(&self.open()?, entries))
    }

    pub(super) fn items(&self) -> anyhow::Result<Vec<(Key, Item)>> {
        Ok(told(self, ask(self, self.open()?.list(&KINDS))?))
    }

    pub(crate) fn open(&self) -> anyhow::Result<TableStore> {
        Ok(TableStore::new(cloud::azure()?, &self.0))
    }
}

impl fmt::Display for TableStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
