//! The store in use: a cloud's table, or this process's memory where none is set.

use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Write};

/// Where state is kept.
pub enum Store<Table> {
    /// In a table, shared by all processes.
    Table(Table),
    /// Here, until the process ends.
    Here(MemoryStore),
}

/// Memory over the table if there is one.
pub fn memory<Table: StateStore>(table: Option<Table>) -> Memory<Store<Table>> {
    match table {
        Some(table) => Memory::lasting(Store::Table(table)),
        None => Memory::fleeting(Store::Here(MemoryStore::default())),
    }
}

impl<Table: StateStore> StateStore for Store<Table> {
    fn is_at_hand(&self, kind: ItemKind) -> bool {
        match self {
            Self::Table(table) => table.is_at_hand(kind),
            Self::Here(memory) => memory.is_at_hand(kind),
        }
    }

    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        match self {
            Self::Table(table) => table.load(keys).await,
            Self::Here(memory) => memory.load(keys).await,
        }
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        match self {
            Self::Table(table) => table.commit(writes).await,
            Self::Here(memory) => memory.commit(writes).await,
        }
    }
}
