//! A store that lasts as long as its process.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Version, Write};

/// So many items of one kind are kept, and so many bytes of their values; then those go first that would expire first.
const MOST: usize = 200_000;
const MOST_BYTES: usize = 64 << 20;

/// Remembers in memory: for the command, for functions without a table, and for tests.
#[derive(Default)]
pub struct MemoryStore {
    shelves: Mutex<HashMap<ItemKind, Shelf>>,
}

/// The items of one kind.
#[derive(Default)]
struct Shelf {
    items: HashMap<(String, String), Kept>,
    by_expiry: BTreeMap<(Timestamp, u64), (String, String)>,
    writes: u64,
    bytes: usize,
}

struct Kept {
    value: String,
    expires_at: Timestamp,
    written: u64,
}

impl Shelf {
    fn get(&self, key: &Key) -> Option<&Kept> {
        self.items.get(&(key.scope.clone(), key.name.clone()))
    }

    fn put(&mut self, write: &Write) -> Version {
        self.writes += 1;
        let at = (write.key.scope.clone(), write.key.name.clone());
        let kept = Kept { value: write.value.clone(), expires_at: write.expires_at, written: self.writes };
        self.by_expiry.insert((kept.expires_at, kept.written), at.clone());
        self.bytes += kept.value.len();
        if let Some(replaced) = self.items.insert(at, kept) {
            self.bytes -= replaced.value.len();
            self.by_expiry.remove(&(replaced.expires_at, replaced.written));
        }
        while self.items.len() > MOST || self.bytes > MOST_BYTES {
            let Some((_, first)) = self.by_expiry.pop_first() else { break };
            self.bytes -= self.items.remove(&first).map_or(0, |kept| kept.value.len());
        }
        Version(self.writes.to_string())
    }
}

impl MemoryStore {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<ItemKind, Shelf>) -> T) -> T {
        work(&mut self.shelves.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl StateStore for MemoryStore {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        let find = |shelves: &HashMap<ItemKind, Shelf>, key: &Key| {
            let kept = shelves.get(&key.kind)?.get(key)?;
            let version = Version(kept.written.to_string());
            Some(Item { value: kept.value.clone(), version, expires_at: kept.expires_at })
        };
        Ok(self.with(|shelves| keys.iter().map(|key| find(shelves, key)).collect()))
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        Ok(self.with(|shelves| {
            writes
                .iter()
                .map(|write| {
                    let shelf = shelves.entry(write.key.kind).or_default();
                    let there = shelf.get(&write.key).map(|kept| Version(kept.written.to_string()));
                    if there == write.replaces {
                        Committed::Done(shelf.put(write))
                    } else {
                        Committed::Refused
                    }
                })
                .collect()
        }))
    }
}
