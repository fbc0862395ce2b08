//! A function's table, asked what was published and seen; nothing is written to it.

use trailhound_detect::remember::Memory;
use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Write};

use super::overlay::Overlay;
use crate::baseline::Store;

/// A table of one of the clouds.
pub(super) enum StateTable {
    #[cfg(feature = "aws")]
    DynamoDb(trailhound_aws::dynamodb::DynamoStore),
    #[cfg(feature = "azure")]
    TableStorage(trailhound_azure_sdk::table::TableStore),
}

/// The table that an address names.
pub(super) fn table(store: &Store) -> anyhow::Result<StateTable> {
    store.check()?;
    Ok(match store {
        Store::File(_) => anyhow::bail!("a file is no table of a function; name it with --baseline"),
        #[cfg(feature = "aws")]
        Store::DynamoDb(table) => StateTable::DynamoDb(table.open()?),
        #[cfg(feature = "azure")]
        Store::TableStorage(table) => StateTable::TableStorage(table.open()?),
        #[cfg(not(all(feature = "aws", feature = "azure")))]
        _ => anyhow::bail!("this trailhound asks no such table"),
    })
}

/// What a table remembers, and what would be remembered after it.
pub(super) fn memory(store: &Store) -> anyhow::Result<Memory<Overlay<StateTable>>> {
    Ok(Memory::lasting(Overlay::over(table(store)?)))
}

impl StateStore for StateTable {
    fn is_at_hand(&self, _: ItemKind) -> bool {
        false
    }

    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        match self {
            #[cfg(feature = "aws")]
            Self::DynamoDb(table) => table.load(keys).await,
            #[cfg(feature = "azure")]
            Self::TableStorage(table) => table.load(keys).await,
        }
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        match self {
            #[cfg(feature = "aws")]
            Self::DynamoDb(table) => table.commit(writes).await,
            #[cfg(feature = "azure")]
            Self::TableStorage(table) => table.commit(writes).await,
        }
    }
}
