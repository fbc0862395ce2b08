//! Who called an operation, kept for those of its records that lack it.

use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::memory::{CONTESTS, Memory};
use super::moment::later;
use crate::digest;
use crate::event::Caller;
use crate::matched::Match;
use crate::state::{ItemKind, Keepable, Key, StateError, StateStore};

/// How long the caller of an operation is kept.
const CALLER: SignedDuration = SignedDuration::from_hours(24);

impl Keepable for Caller {
    fn bytes(&self) -> usize {
        // A dozen short texts.
        size_of::<Self>() + 256
    }
}

impl<Store: StateStore> Memory<Store> {
    /// Keeps the callers of operations that are still under way, for records that will lack them. Context only: losing
    /// one costs a finding its address, never the finding.
    pub async fn put_callers(&self, callers: &[(String, Caller)], now: Timestamp) -> Result<(), StateError> {
        if callers.is_empty() {
            return Ok(());
        }
        let mut desk = Desk::default();
        for refused in 0..CONTESTS {
            let _turn = self.turn(refused).await;
            let mut keys = Vec::new();
            for (operation, caller) in callers {
                let key = caller_key(operation);
                let mut all: Caller = desk.read(&key).ok().flatten().cloned().unwrap_or_default();
                all.complete_with(caller);
                desk.write(&key, all, later(now, CALLER));
                keys.push(key);
            }
            let writes = desk.writes();
            if writes.is_empty() || self.commit(&mut desk, &writes).await? {
                break;
            }
            self.fetch(&mut desk, &keys, now).await?;
        }
        Ok(())
    }

    /// Fills in what other records of the same operations told of their callers.
    pub async fn fill_callers(&self, matches: &mut [Match], now: Timestamp) -> Result<(), StateError> {
        let missing = |found: &Match| {
            Caller::is_missing_in(&found.facts).then(|| found.facts.operation_key()).flatten()
        };
        let keys: Vec<Key> =
            matches.iter().filter_map(missing).map(|operation| caller_key(&operation)).collect();
        let mut desk = Desk::default();
        self.fetch(&mut desk, &keys, now).await?;
        for found in matches {
            if let Some(operation) = missing(found)
                && let Some(caller) = desk.read::<Caller>(&caller_key(&operation))?
            {
                caller.fill(&mut found.facts);
            }
        }
        Ok(())
    }
}

fn caller_key(operation: &str) -> Key {
    // `subscription/correlation/action/resource`
    let scope = operation.split('/').next().unwrap_or_default().to_owned();
    Key { kind: ItemKind::Caller, scope, name: digest::of_parts(&["operation", operation]) }
}
