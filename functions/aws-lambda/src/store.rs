//! The store in use: a table, or this process's memory where none is set.
//!
//! A table that hangs is left alone for a while, so that it holds up one finding and not every one: findings then go
//! out marked, as for any store that cannot be asked.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use trailhound_detect::ports::{Claim, StateError, StateStore};
use trailhound_detect::remember::MemoryStore;

use crate::aws::dynamodb::DynamoStore;

/// A failure that took longer says that the table hangs; one that came at once says no more than itself.
const SLOW: Duration = Duration::from_secs(1);
/// How long a table that hangs is left alone.
const REST: Duration = Duration::from_secs(10);

/// Where state is kept.
pub struct Store {
    place: Place,
    resting: Mutex<Option<(Instant, StateError)>>,
}

enum Place {
    /// In DynamoDB.
    Table(DynamoStore),
    /// Here, until the process ends.
    Memory(MemoryStore),
}

impl Store {
    /// The table if there is one.
    pub fn of(client: aws_sdk_dynamodb::Client, table: Option<String>) -> Self {
        let place = match table {
            Some(table) => Place::Table(DynamoStore { client, table }),
            None => Place::Memory(MemoryStore::default()),
        };
        Self { place, resting: Mutex::default() }
    }

    /// Asks the table, unless it hung a moment ago.
    async fn ask<T>(&self, work: impl Future<Output = Result<T, StateError>>) -> Result<T, StateError> {
        let resting = || self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((until, error)) = resting().as_ref()
            && Instant::now() < *until
        {
            return Err(error.clone());
        }
        let asked = Instant::now();
        let answer = work.await;
        if let Err(error) = &answer
            && asked.elapsed() >= SLOW
        {
            *resting() = Some((Instant::now() + REST, error.clone()));
        }
        answer
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
        match &self.place {
            Place::Table(table) => self.ask(table.claim(finding, claimant, now, lease)).await,
            Place::Memory(memory) => memory.claim(finding, claimant, now, lease).await,
        }
    }

    async fn published(&self, finding: &str, now: Timestamp) -> Result<(), StateError> {
        match &self.place {
            Place::Table(table) => self.ask(table.published(finding, now)).await,
            Place::Memory(memory) => memory.published(finding, now).await,
        }
    }

    async fn put_caller(&self, operation: &str, address: &str, now: Timestamp) -> Result<(), StateError> {
        match &self.place {
            Place::Table(table) => self.ask(table.put_caller(operation, address, now)).await,
            Place::Memory(memory) => memory.put_caller(operation, address, now).await,
        }
    }

    async fn caller(&self, operation: &str) -> Result<Option<String>, StateError> {
        match &self.place {
            Place::Table(table) => self.ask(table.caller(operation)).await,
            Place::Memory(memory) => memory.caller(operation).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> Store {
        Store { place: Place::Memory(MemoryStore::default()), resting: Mutex::default() }
    }

    async fn fails(after: Duration) -> Result<(), StateError> {
        tokio::time::sleep(after).await;
        Err(StateError("no answer".to_owned()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_table_that_hangs_is_asked_again_when_it_had_its_rest() {
        let store = store();
        assert!(store.ask(fails(Duration::from_secs(4))).await.is_err());
        let began = Instant::now();
        assert_eq!(store.ask(fails(Duration::from_secs(4))).await, Err(StateError("no answer".to_owned())));
        assert_eq!(began.elapsed(), Duration::ZERO, "it is not asked");
        tokio::time::sleep(REST).await;
        assert_eq!(store.ask(async { Ok(1) }).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_that_comes_at_once_concerns_itself_alone() {
        let store = store();
        assert!(store.ask(fails(Duration::from_millis(20))).await.is_err());
        assert_eq!(store.ask(async { Ok(1) }).await, Ok(1));
    }
}
