//! The store in use: a table, or this process's memory where none is set.

use jiff::{SignedDuration, Timestamp};
use trailhound_detect::ports::{Claim, StateError, StateStore};
use trailhound_detect::remember::MemoryStore;

use crate::aws::dynamodb::DynamoStore;

/// Where state is kept.
pub enum Store {
    /// In DynamoDB.
    Table(DynamoStore),
    /// Here, until the process ends.
    Memory(MemoryStore),
}

impl Store {
    /// The table if there is one.
    pub fn of(client: aws_sdk_dynamodb::Client, table: Option<String>) -> Self {
        match table {
            Some(table) => Self::Table(DynamoStore { client, table }),
            None => Self::Memory(MemoryStore::default()),
        }
    }
}

impl StateStore for Store {
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
