//! The store in use: a table, or this process's memory where none is set.

use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::state::{Committed, Item, Key, StateError, StateStore, Write};

use crate::aws::dynamodb::DynamoStore;

/// Where state is kept.
pub enum Store {
    /// In DynamoDB.
    Table(DynamoStore),
    /// Here, until the process ends.
    Memory(MemoryStore),
}

/// Memory over the table if there is one.
pub fn memory(client: aws_sdk_dynamodb::Client, table: Option<String>) -> Memory<Store> {
    match table {
        Some(table) => Memory::lasting(Store::Table(DynamoStore::new(client, table))),
        None => Memory::fleeting(Store::Memory(MemoryStore::default())),
    }
}

impl StateStore for Store {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        match self {
            Self::Table(table) => table.load(keys).await,
            Self::Memory(memory) => memory.load(keys).await,
        }
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        match self {
            Self::Table(table) => table.commit(writes).await,
            Self::Memory(memory) => memory.commit(writes).await,
        }
    }
}
