//! Where state is kept: in a table when one is set, else for as long as this process lives.

use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::state::{Committed, Item, Key, StateError, StateStore, Write};

use crate::table::TableStore;

/// The store in use.
pub enum State {
    /// A table, shared by all instances.
    Table(TableStore),
    /// This process.
    Memory(MemoryStore),
}

/// Memory over the table if there is one.
pub fn memory(table: Option<TableStore>) -> Memory<State> {
    match table {
        Some(table) => Memory::lasting(State::Table(table)),
        None => Memory::fleeting(State::Memory(MemoryStore::default())),
    }
}

impl StateStore for State {
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
