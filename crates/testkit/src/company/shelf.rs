//! A store of any size, as a table is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Version, Write};

/// Keeps all it is given.
#[derive(Default)]
pub(super) struct Shelf(Mutex<HashMap<Key, (u64, Item)>>);

impl StateStore for Shelf {
    fn is_at_hand(&self, _: ItemKind) -> bool {
        true
    }

    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        let items = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(keys.iter().map(|key| items.get(key).map(|(_, item)| item.clone())).collect())
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        let mut items = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut one = |write: &Write| {
            let there = items.get(&write.key);
            if there.map(|(_, item)| item.version.clone()) != write.replaces {
                return Committed::Refused;
            }
            let version = there.map_or(1, |(version, _)| version + 1);
            let (value, expires_at) = (write.value.clone(), write.expires_at);
            let item = Item { value, version: Version(version.to_string()), expires_at };
            items.insert(write.key.clone(), (version, item));
            Committed::Done(Version(version.to_string()))
        };
        Ok(writes.iter().map(&mut one).collect())
    }
}
