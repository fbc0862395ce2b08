//! A store that lasts as long as its process.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::ports::{Claim, StateError, StateStore};

/// Remembers in memory: for the command, for functions without a table, and for tests.
#[derive(Default)]
pub struct MemoryStore {
    claims: Mutex<Claims>,
    callers: Mutex<HashMap<String, String>>,
}

/// Findings by a digest half as long as their id: a scan may see hundreds of thousands.
#[derive(Default)]
struct Claims {
    under_way: HashMap<u128, (String, Timestamp)>,
    published: HashSet<u128>,
}

impl MemoryStore {
    fn claims(&self) -> MutexGuard<'_, Claims> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for MemoryStore {
    async fn claim(
        &self,
        finding: &str,
        claimant: &str,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Claim, StateError> {
        let (mut claims, key) = (self.claims(), digest(finding));
        if claims.published.contains(&key) {
            return Ok(Claim::Published);
        }
        if let Some((by, until)) = claims.under_way.get(&key)
            && by != claimant
            && now < *until
        {
            return Ok(Claim::Held(*until));
        }
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        claims.under_way.insert(key, (claimant.to_owned(), until));
        Ok(Claim::Won)
    }

    async fn published(&self, finding: &str, _now: Timestamp) -> Result<(), StateError> {
        let (mut claims, key) = (self.claims(), digest(finding));
        claims.under_way.remove(&key);
        claims.published.insert(key);
        Ok(())
    }

    async fn put_caller(&self, operation: &str, caller: &str, _now: Timestamp) -> Result<(), StateError> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        callers.insert(operation.to_owned(), caller.to_owned());
        Ok(())
    }

    async fn caller(&self, operation: &str) -> Result<Option<String>, StateError> {
        Ok(self.callers.lock().unwrap_or_else(PoisonError::into_inner).get(operation).cloned())
    }
}

fn digest(finding: &str) -> u128 {
    let digest: [u8; 32] = Sha256::digest(finding).into();
    digest.iter().take(16).fold(0, |key, byte| key << 8 | u128::from(*byte))
}
