//! A store that lasts as long as its process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::ports::{Claim, StateError, StateStore};

enum Entry {
    Claimed { by: String, until: Timestamp },
    Published,
}

/// Remembers in memory: for the command, for functions without a table, and for tests.
#[derive(Default)]
pub struct MemoryStore {
    claims: Mutex<HashMap<String, Entry>>,
    callers: Mutex<HashMap<String, String>>,
}

impl StateStore for MemoryStore {
    async fn claim(
        &self,
        finding: &str,
        claimant: &str,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Claim, StateError> {
        let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        match claims.get(finding) {
            Some(Entry::Published) => return Ok(Claim::Published),
            Some(Entry::Claimed { by, until }) if by != claimant && now < *until => {
                return Ok(Claim::Held(*until));
            }
            _ => {}
        }
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        claims.insert(finding.to_owned(), Entry::Claimed { by: claimant.to_owned(), until });
        Ok(Claim::Won)
    }

    async fn published(&self, finding: &str, _now: Timestamp) -> Result<(), StateError> {
        let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        claims.insert(finding.to_owned(), Entry::Published);
        Ok(())
    }

    async fn put_caller(&self, operation: &str, address: &str, _now: Timestamp) -> Result<(), StateError> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        callers.insert(operation.to_owned(), address.to_owned());
        Ok(())
    }

    async fn caller(&self, operation: &str) -> Result<Option<String>, StateError> {
        Ok(self.callers.lock().unwrap_or_else(PoisonError::into_inner).get(operation).cloned())
    }
}
