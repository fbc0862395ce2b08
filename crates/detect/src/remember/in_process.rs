//! A store that lasts as long as its process.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Value, Version, Write};

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
    items: HashMap<Arc<Key>, Kept>,
    by_expiry: BTreeMap<(Timestamp, u64), Arc<Key>>,
    writes: u64,
    bytes: usize,
}

struct Kept {
    value: Value,
    expires_at: Timestamp,
    written: u64,
}

impl Kept {
    fn version(&self) -> Version {
        Version(self.written.to_string())
    }
}

impl Shelf {
    fn put(&mut self, write: &Write) -> Version {
        self.writes += 1;
        let kept = Kept { value: write.value.clone(), expires_at: write.expires_at, written: self.writes };
        let version = kept.version();
        self.bytes += kept.value.bytes();
        let at = match self.items.remove_entry(&write.key) {
            Some((at, replaced)) => {
                self.bytes -= replaced.value.bytes();
                self.by_expiry.remove(&(replaced.expires_at, replaced.written));
                at
            }
            None => Arc::new(write.key.clone()),
        };
        self.by_expiry.insert((kept.expires_at, kept.written), Arc::clone(&at));
        self.items.insert(at, kept);
        while self.items.len() > MOST || self.bytes > MOST_BYTES {
            let Some((_, first)) = self.by_expiry.pop_first() else { break };
            self.bytes -= self.items.remove(&first).map_or(0, |kept| kept.value.bytes());
        }
        version
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
            let kept = shelves.get(&key.kind)?.items.get(key)?;
            Some(Item { value: kept.value.clone(), version: kept.version(), expires_at: kept.expires_at })
        };
        Ok(self.with(|shelves| keys.iter().map(|key| find(shelves, key)).collect()))
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        Ok(self.with(|shelves| {
            writes
                .iter()
                .map(|write| {
                    let shelf = shelves.entry(write.key.kind).or_default();
                    let there = shelf.items.get(&write.key).map(Kept::version);
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
