//! Items this process saw lately, so that what is known costs no request.
//!
//! An item may have moved on since; whoever changes one learns so from the store. What is not there is never cached.

#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};

use lru::LruCache;

use crate::state::{Item, ItemKind, Key};

/// So many bytes of items.
const MOST_BYTES: usize = 16 << 20;
/// What an item takes beside its value, about.
const AROUND: usize = 200;

#[derive(Default)]
pub(super) struct Cache(Mutex<Items>);

struct Items {
    items: LruCache<Key, Item>,
    bytes: usize,
}

impl Default for Items {
    fn default() -> Self {
        // Grows as it is used.
        Self { items: LruCache::unbounded(), bytes: 0 }
    }
}

impl Items {
    fn put(&mut self, key: &Key, item: &Item) {
        self.forget(key);
        self.bytes += size(key, item);
        self.items.put(key.clone(), item.clone());
        while self.bytes > MOST_BYTES
            && let Some((key, item)) = self.items.pop_lru()
        {
            self.bytes -= size(&key, &item);
        }
    }

    fn forget(&mut self, key: &Key) {
        if let Some(item) = self.items.pop(key) {
            self.bytes -= size(key, &item);
        }
    }
}

fn size(key: &Key, item: &Item) -> usize {
    key.scope.len() + key.name.len() + item.value.bytes() + item.version.0.len() + AROUND
}

impl Cache {
    fn with<T>(&self, work: impl FnOnce(&mut Items) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn get(&self, key: &Key) -> Option<Item> {
        self.with(|cache| cache.items.get(key).cloned())
    }

    /// Is everything at hand?
    pub(super) fn has_all(&self, keys: &[&Key]) -> bool {
        self.with(|cache| keys.iter().all(|key| cache.items.contains(key)))
    }

    /// Keeps an item. A claim is never kept: another process may be publishing by now. Nor is what is on trial, or a source.
    pub(super) fn put(&self, key: &Key, item: Option<&Item>) {
        match item.filter(|_| !matches!(key.kind, ItemKind::Claim | ItemKind::Trial | ItemKind::Source)) {
            Some(item) => self.with(|cache| cache.put(key, item)),
            None => self.forget(key),
        }
    }

    pub(super) fn forget(&self, key: &Key) {
        self.with(|cache| cache.forget(key));
    }
}
