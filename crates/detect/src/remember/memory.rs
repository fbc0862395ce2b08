//! A store with what this process saw of it lately.

use std::collections::HashSet;

use async_lock::{Mutex, MutexGuard};
use jiff::Timestamp;

use super::cache::Cache;
use super::claims;
use super::desk::Desk;
use super::mode::Mode;
use crate::matched::Match;
use crate::state::{Committed, Item, Key, StateError, StateStore, Write};

/// How often decisions are made anew against others who change the same items: each time one of them was done, so this
/// bounds how many may be at work on one item, and no more than their patience.
pub(crate) const CONTESTS: usize = 500;
/// How often before those of this process take turns.
const FREE: usize = 2;

/// Memory over a store; made once, shared by all deliveries of a process.
pub struct Memory<Store> {
    store: Store,
    cache: Cache,
    mode: Mode,
    turn: Mutex<()>,
}

impl<Store: StateStore> Memory<Store> {
    /// Over a store that outlives the process.
    pub fn lasting(store: Store) -> Self {
        Self { store, cache: Cache::default(), mode: Mode::Lasting, turn: Mutex::new(()) }
    }

    /// Over a store that is gone with the process: it can tell duplicates and bursts, but not what is new.
    pub fn fleeting(store: Store) -> Self {
        Self { mode: Mode::Fleeting, ..Self::lasting(store) }
    }

    /// For one run over records in any order, which publishes alone: what correlations are to hear of is handed back,
    /// to be correlated once it is in order.
    #[must_use]
    pub fn in_one_run(self) -> Self {
        Self { mode: self.mode.in_one_run(), ..self }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Waits for a turn once decisions were refused again and again: those of one process that change the same items are
    /// done one after the other, since each that is refused only makes the store slower.
    pub(crate) async fn turn(&self, refused: usize) -> Option<MutexGuard<'_, ()>> {
        if refused < FREE { None } else { Some(self.turn.lock().await) }
    }

    pub(crate) fn mode(&self) -> &Mode {
        &self.mode
    }

    /// Is everything at hand, so that the store need not be asked?
    pub(crate) fn has_all(&self, keys: &[Key]) -> bool {
        self.store.is_at_hand() || self.cache.has_all(keys)
    }

    /// Keeps claims on matches alive while their findings are being published.
    pub async fn renew(&self, claimant: &str, matches: &[&Match], now: Timestamp) -> Result<(), StateError> {
        if !self.mode.has_others() {
            return Ok(());
        }
        let keys: Vec<Key> = matches.iter().map(|found| claims::key(found)).collect();
        let mut desk = Desk::default();
        self.fetch(&mut desk, &keys, now).await?;
        for key in &keys {
            claims::renew(&mut desk, key, claimant, now)?;
        }
        let writes = desk.writes();
        self.commit(&mut desk, &writes).await.map(drop)
    }

    /// Puts on the desk what is not there yet.
    pub(crate) async fn fetch(
        &self,
        desk: &mut Desk,
        keys: &[Key],
        now: Timestamp,
    ) -> Result<(), StateError> {
        let (mut missing, mut wanted) = (Vec::new(), HashSet::new());
        for key in keys {
            if desk.has(key) {
                continue;
            }
            let item = if self.store.is_at_hand() { None } else { self.cache.get(key) };
            if item.is_some() {
                desk.place(key.clone(), item, now);
            } else if wanted.insert(key) {
                missing.push(key.clone());
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let items = self.store.load(&missing).await?;
        for (key, item) in missing.into_iter().zip(items) {
            if !self.store.is_at_hand() {
                self.cache.put(&key, item.as_ref());
            }
            desk.place(key, item, now);
        }
        Ok(())
    }

    /// Commits changes; says whether all was done.
    pub(crate) async fn commit(&self, desk: &mut Desk, writes: &[Write]) -> Result<bool, StateError> {
        let answers = self.store.commit(writes).await.inspect_err(|_| {
            // They may have been written or not.
            for write in writes {
                self.cache.forget(&write.key);
            }
        })?;
        for (write, answer) in writes.iter().zip(&answers).filter(|_| !self.store.is_at_hand()) {
            match answer {
                Committed::Done(version) => {
                    let (value, version) = (write.value.clone(), version.clone());
                    let item = Item { value, version, expires_at: write.expires_at };
                    self.cache.put(&write.key, Some(&item));
                }
                Committed::Refused => self.cache.forget(&write.key),
            }
        }
        Ok(desk.settle(writes, answers))
    }
}

/// Others did not let us come to an end.
pub(crate) fn contested() -> StateError {
    StateError("others keep changing the same items".to_owned())
}
