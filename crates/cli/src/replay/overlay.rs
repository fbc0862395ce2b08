//! A table as it would be after a replay: what it holds is read, what is written stays here.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use trailhound_detect::state::{Committed, Item, Key, StateError, StateStore, Version, Write};

/// A store that is only read, and what would become of it.
pub(super) struct Overlay<Under> {
    under: Under,
    /// Every item that was asked about, as it is here; nothing for one that is not there.
    here: Mutex<Items>,
}

#[derive(Default)]
struct Items {
    items: HashMap<Key, Option<Item>>,
    writes: u64,
}

impl<Under: StateStore> Overlay<Under> {
    pub(super) fn over(under: Under) -> Self {
        Self { under, here: Mutex::default() }
    }

    fn here(&self) -> MutexGuard<'_, Items> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has what lies under these keys at hand.
    async fn fetch(&self, keys: &[Key]) -> Result<(), StateError> {
        let missing: Vec<Key> = {
            let here = self.here();
            keys.iter().filter(|key| !here.items.contains_key(key)).cloned().collect()
        };
        if missing.is_empty() {
            return Ok(());
        }
        let found = self.under.load(&missing).await?;
        let mut here = self.here();
        for (key, item) in missing.into_iter().zip(found) {
            here.items.entry(key).or_insert(item);
        }
        Ok(())
    }
}

impl<Under: StateStore> StateStore for Overlay<Under> {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.fetch(keys).await?;
        let here = self.here();
        Ok(keys.iter().map(|key| here.items.get(key).cloned().flatten()).collect())
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        let keys: Vec<Key> = writes.iter().map(|write| write.key.clone()).collect();
        self.fetch(&keys).await?;
        let mut here = self.here();
        let answer = |write: &Write| {
            let there = here.items.get(&write.key).and_then(Option::as_ref).map(|item| &item.version);
            if there != write.replaces.as_ref() {
                return Committed::Refused;
            }
            here.writes += 1;
            let version = Version(format!("here-{}", here.writes));
            let Write { key, value, expires_at, .. } = write.clone();
            here.items.insert(key, Some(Item { value, version: version.clone(), expires_at }));
            Committed::Done(version)
        };
        Ok(writes.iter().map(answer).collect())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use trailhound_detect::remember::MemoryStore;
    use trailhound_detect::state::{ItemKind, Value};

    use super::*;

    fn key(name: &str) -> Key {
        Key { kind: ItemKind::Claim, scope: "111122223333".to_owned(), name: name.to_owned() }
    }

    fn write(name: &str, replaces: Option<Version>, text: &str) -> Write {
        let value = Value::from(text);
        Write { key: key(name), replaces, value, expires_at: Timestamp::MAX }
    }

    #[test]
    fn what_is_written_is_seen_here_and_nowhere_else() {
        let under = MemoryStore::default();
        pollster::block_on(under.commit(&[write("there", None, "old")])).unwrap();
        let before = pollster::block_on(under.load(&[key("there")])).unwrap();
        let overlay = Overlay::over(&under);
        // What is in the way says so, whether it was read before or not.
        let refused = pollster::block_on(overlay.commit(&[write("there", None, "new")])).unwrap();
        assert_eq!(refused, [Committed::Refused]);
        let seen = pollster::block_on(overlay.load(&[key("there")])).unwrap();
        assert_eq!(seen, before);
        let replaces = seen[0].as_ref().map(|item| item.version.clone());
        let done =
            pollster::block_on(overlay.commit(&[write("there", replaces, "new"), write("more", None, "m")]));
        assert!(done.unwrap().iter().all(|answer| matches!(answer, Committed::Done(_))));
        let text = |items: Vec<Option<Item>>| items[0].as_ref().map(|item| item.value.as_str().to_owned());
        assert_eq!(text(pollster::block_on(overlay.load(&[key("there")])).unwrap()).as_deref(), Some("new"));
        assert_eq!(
            pollster::block_on(under.load(&[key("there"), key("more")])).unwrap(),
            [before[0].clone(), None]
        );
    }
}
