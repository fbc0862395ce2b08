//! Where published findings are remembered: in a table when one is set, else for as long as this process lives.

use jiff::{SignedDuration, Timestamp};
use trailhound_detect::ports::{Claim, StateError, StateStore};
use trailhound_detect::remember::MemoryStore;

use crate::table::TableStore;

/// The store in use.
pub enum State {
    /// A table, shared by all instances.
    Table(Box<TableStore>),
    /// This process.
    Memory(MemoryStore),
}

impl StateStore for State {
    async fn claim(
        &self,
        finding: &str,
        claimant: &str,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Claim, StateError> {
        match self {
            Self::Table(table) => table.claim(finding, claimant, now, lease).await,
            Self::Memory(memory) => memory.claim(finding, claimant, now, lease).await,
        }
    }

    async fn published(&self, finding: &str, now: Timestamp) -> Result<(), StateError> {
        match self {
            Self::Table(table) => table.published(finding, now).await,
            Self::Memory(memory) => memory.published(finding, now).await,
        }
    }

    async fn put_caller(&self, operation: &str, address: &str, now: Timestamp) -> Result<(), StateError> {
        match self {
            Self::Table(table) => table.put_caller(operation, address, now).await,
            Self::Memory(memory) => memory.put_caller(operation, address, now).await,
        }
    }

    async fn caller(&self, operation: &str) -> Result<Option<String>, StateError> {
        match self {
            Self::Table(table) => table.caller(operation).await,
            Self::Memory(memory) => memory.caller(operation).await,
        }
    }
}
