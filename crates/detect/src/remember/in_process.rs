//! A store that lasts as long as its process.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Value, Version, Write};

/// So many items of one kind are kept, and so many bytes; then those go first that would expire first.
const MOST: usize = 200_000;
const MOST_BYTES: usize = 24 << 20;
/// One in so many goes at once, so that looking for them costs little each time something is kept.
const GOES: usize = 10;
/// What an item takes beside its value, about.
const AROUND: usize = 800;

/// Remembers in memory: for the command, for functions without a table, and for tests.
#[derive(Default)]
pub struct MemoryStore {
    shelves: Mutex<HashMap<ItemKind, Shelf>>,
}

/// The items of one kind.
#[derive(Default)]
struct Shelf {
    items: HashMap<Key, Kept>,
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

    fn bytes(&self) -> usize {
        self.value.bytes() + AROUND
    }
}

impl Shelf {
    fn put(&mut self, write: &Write) -> Version {
        self.writes += 1;
        let kept = Kept { value: write.value.clone(), expires_at: write.expires_at, written: self.writes };
        let version = kept.version();
        self.bytes += kept.bytes();
        let replaced = match self.items.get_mut(&write.key) {
            Some(there) => Some(std::mem::replace(there, kept)),
            None => self.items.insert(write.key.clone(), kept),
        };
        self.bytes -= replaced.map_or(0, |replaced| replaced.bytes());
        if self.items.len() > MOST || self.bytes > MOST_BYTES {
            self.make_room();
        }
        version
    }

    fn make_room(&mut self) {
        let mut order: Vec<(Timestamp, u64)> =
            self.items.values().map(|kept| (kept.expires_at, kept.written)).collect();
        if order.is_empty() {
            return;
        }
        let last = order.len() / GOES;
        let (_, last, _) = order.select_nth_unstable(last);
        let last = *last;
        self.items.retain(|_, kept| (kept.expires_at, kept.written) > last);
        self.bytes = self.items.values().map(Kept::bytes).sum();
    }
}

impl MemoryStore {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<ItemKind, Shelf>) -> T) -> T {
        work(&mut self.shelves.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl StateStore for MemoryStore {
    fn is_at_hand(&self, _: ItemKind) -> bool {
        true
    }

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
