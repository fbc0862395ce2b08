//! A store with what this process saw of it lately.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use async_lock::{Mutex, MutexGuard};
use jiff::Timestamp;

use super::apart::Apart;
use super::bases::{self, Bases};
use super::cache::Cache;
use super::claims;
use super::desk::Desk;
use super::group::{Base, Group};
use super::mode::Mode;
use super::strangers::Strangers;
use crate::matched::Match;
use crate::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Value, Write};

/// How often decisions are made anew against others who change the same items: each time one of them was done, so this
/// bounds how many may be at work on one item, and no more than their patience.
pub(crate) const CONTESTS: usize = 500;
/// How often before those of this process take turns.
const FREE: usize = 2;

/// Memory over a store; made once, shared by all deliveries of a process.
pub struct Memory<Store> {
    store: Store,
    cache: Cache,
    bases: Bases,
    strangers: Strangers,
    mode: Mode,
    turn: Mutex<()>,
}

impl<Store: StateStore> Memory<Store> {
    /// Over a store that outlives the process.
    pub fn lasting(store: Store) -> Self {
        let (cache, bases, strangers) = (Cache::default(), Bases::default(), Strangers::default());
        Self { store, cache, bases, strangers, mode: Mode::Lasting, turn: Mutex::new(()) }
    }

    /// What rules in shadow remember, over the store of those that alert.
    pub fn apart(store: Store) -> Memory<Apart<Store>> {
        Memory { mode: Mode::Apart, ..Memory::lasting(Apart(store)) }
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
        let outside: Vec<&Key> = keys.iter().filter(|key| !self.store.is_at_hand(key.kind)).collect();
        self.cache.has_all(&outside)
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
            let item = if self.store.is_at_hand(key.kind) { None } else { self.cache.get(key) };
            if item.is_some() || self.strangers.has(key, now) {
                desk.place(key.clone(), item, now);
            } else if wanted.insert(key) {
                missing.push(key.clone());
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let items = self.store.load(&missing).await?;
        let items = self.with_bases(&missing, items).await?;
        for (key, item) in missing.into_iter().zip(items) {
            if !self.store.is_at_hand(key.kind) {
                self.cache.put(&key, item.as_ref());
                if item.is_none() {
                    self.strangers.note(&key, now);
                }
            }
            desk.place(key, item, now);
        }
        Ok(())
    }

    /// Reads groups that go on from bases, which takes one more load where these are not known.
    async fn with_bases(
        &self,
        keys: &[Key],
        mut items: Vec<Option<Item>>,
    ) -> Result<Vec<Option<Item>>, StateError> {
        if self.store.is_at_hand(ItemKind::Group) {
            return Ok(items);
        }
        let mut going_on: Vec<(usize, Key, Option<Arc<Base>>)> = Vec::new();
        for (at, (key, item)) in keys.iter().zip(&items).enumerate() {
            let item = item.as_ref().filter(|_| key.kind == ItemKind::Group);
            if let Some(name) = item.and_then(|item| Base::named_in(item.value.as_str())) {
                going_on.push((at, bases::key(&name), self.bases.get(key, &name)));
            }
        }
        let unknown = going_on.iter().filter(|(.., base)| base.is_none());
        let unknown: Vec<Key> = unknown.map(|(_, key, _)| key.clone()).collect();
        let mut loaded = Vec::new().into_iter();
        if !unknown.is_empty() {
            loaded = self.store.load(&unknown).await?.into_iter();
        }
        for (at, key, base) in going_on {
            let of_item =
                |item: Item| Base::of(&key.name, item.value.as_str(), item.expires_at).map(Arc::new);
            let base = base.or_else(|| loaded.next().flatten().and_then(of_item));
            // What cannot be read says so where it is read.
            let (Some(base), Some(item)) = (base, &mut items[at]) else { continue };
            if let Some(group) = Group::on(&base, item.value.as_str()) {
                item.value = Value::of(group);
                self.bases.know(&keys[at], base);
            }
        }
        Ok(items)
    }

    /// Commits changes; says whether all was done.
    pub(crate) async fn commit(&self, desk: &mut Desk, writes: &[Write]) -> Result<bool, StateError> {
        let is_at_hand = self.store.is_at_hand(ItemKind::Group);
        let (writes, proposed) = if is_at_hand {
            (Cow::Borrowed(writes), Vec::new())
        } else {
            (Cow::Owned(self.bases.shorten(writes)), self.bases.propose())
        };
        let answers = if proposed.is_empty() {
            self.store.commit(&writes).await
        } else {
            let proposed = proposed.iter().map(|proposed| &proposed.write);
            let all: Vec<Write> = writes.iter().chain(proposed).cloned().collect();
            self.store.commit(&all).await
        };
        let mut answers = answers.inspect_err(|_| {
            // They may have been written or not.
            for write in writes.iter() {
                self.cache.forget(&write.key);
                self.strangers.forget(&write.key);
            }
        })?;
        if !is_at_hand {
            self.bases.settle(&writes, &proposed, &answers);
        }
        for (write, answer) in writes.iter().zip(&answers) {
            self.strangers.forget(&write.key);
            match answer {
                _ if self.store.is_at_hand(write.key.kind) => {}
                Committed::Done(version) => {
                    let (value, version) = (write.value.clone(), version.clone());
                    let item = Item { value, version, expires_at: write.expires_at };
                    self.cache.put(&write.key, Some(&item));
                }
                Committed::Refused => self.cache.forget(&write.key),
            }
        }
        answers.truncate(writes.len());
        Ok(desk.settle(&writes, answers))
    }
}

/// Others did not let us come to an end.
pub(crate) fn contested() -> StateError {
    StateError("others keep changing the same items".to_owned())
}
