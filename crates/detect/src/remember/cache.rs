//! Items this process saw lately, so that what is known costs no request.
//!
//! An item may have moved on since; whoever changes one learns so from the store. What is not there is never cached.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use lru::LruCache;

use crate::ports::{Item, Key, Kind};

/// So many items; together some megabytes.
const MOST: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

pub(super) struct Cache(Mutex<LruCache<Key, Item>>);

impl Default for Cache {
    fn default() -> Self {
        // Grows as it is used.
        Self(Mutex::new(LruCache::unbounded()))
    }
}

impl Cache {
    fn with<T>(&self, work: impl FnOnce(&mut LruCache<Key, Item>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn get(&self, key: &Key) -> Option<Item> {
        self.with(|items| items.get(key).cloned())
    }

    /// Is everything at hand?
    pub(super) fn has_all(&self, keys: &[Key]) -> bool {
        self.with(|items| keys.iter().all(|key| items.contains(key)))
    }

    /// Keeps an item. A claim is never kept: another process may be publishing by now.
    pub(super) fn put(&self, key: &Key, item: Option<&Item>) {
        match item.filter(|_| key.kind != Kind::Claim) {
            Some(item) => self.with(|items| {
                items.put(key.clone(), item.clone());
                while items.len() > MOST.get() {
                    items.pop_lru();
                }
            }),
            None => self.forget(key),
        }
    }

    pub(super) fn forget(&self, key: &Key) {
        self.with(|items| items.pop(key));
    }
}
