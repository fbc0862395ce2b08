//! Items of groups that have grown. A store outside bills an item's whole length at every write, so what a group holds is
//! kept once in an item of its own, its base, and its own item says what came after, until that has grown, too.
//!
//! A base is named by its content and never changes. It is written beside other items, and nobody names it before it is
//! there.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use lru::LruCache;

use super::group::{Base, Group};
use super::moment::later;
use crate::digest;
use crate::state::{Committed, ItemKind, Key, Value, Write};

/// What fits beside an item's key into the least that DynamoDB bills.
const SHORT: usize = 850;
/// What one event adds, about, twice: with a base of a length, it costs least to write another once what came after is as
/// long as the square root of the two multiplied.
const EVENT_TWICE: usize = 340;
/// A base outlives the group as it was by so much, so that it serves the group as it goes on.
const LONGER: SignedDuration = SignedDuration::from_hours(48);
/// So many are known at once.
const MOST: NonZeroUsize = NonZeroUsize::new(32).expect("not zero");

/// What this process knows of bases.
pub(super) struct Bases(Mutex<Inner>);

struct Inner {
    /// By the group's own key.
    known: LruCache<Key, Arc<Base>>,
    /// Groups that have grown, as they were committed, and until when they are kept.
    grown: LruCache<Key, (Group, Timestamp)>,
}

impl Default for Bases {
    fn default() -> Self {
        Self(Mutex::new(Inner { known: LruCache::new(MOST), grown: LruCache::new(MOST) }))
    }
}

/// A base that is to be written, and of which group.
pub(super) struct Proposed {
    group: Key,
    pub(super) write: Write,
}

/// Where a base is kept.
pub(super) fn key(name: &str) -> Key {
    Key { kind: ItemKind::Base, scope: String::new(), name: name.to_owned() }
}

impl Bases {
    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The base of a group under a name, if it is known.
    pub(super) fn get(&self, group: &Key, name: &str) -> Option<Arc<Base>> {
        self.with(|bases| bases.known.get(group).filter(|base| base.name == name).cloned())
    }

    /// Takes note of a base that is there.
    pub(super) fn know(&self, group: &Key, base: Arc<Base>) {
        self.with(|bases| _ = bases.known.put(group.clone(), base));
    }

    /// Writes as they go to the store: groups as what goes on from their bases.
    pub(super) fn shorten(&self, writes: &[Write]) -> Vec<Write> {
        let mut writes = writes.to_vec();
        for write in writes.iter_mut().filter(|write| write.key.kind == ItemKind::Group) {
            let base = self.with(|bases| bases.known.get(&write.key).cloned());
            let base = base.filter(|base| base.until >= write.expires_at);
            write.value.change(|group: &mut Group| group.goes_on_from(base));
        }
        writes
    }

    /// Bases of groups that have grown.
    pub(super) fn propose(&self) -> Vec<Proposed> {
        let grown = self.with(|bases| std::mem::replace(&mut bases.grown, LruCache::new(MOST)));
        let propose = |(group, (state, until)): (Key, (Group, Timestamp))| {
            let value = Value::of(state);
            let name = digest::of_parts(&["base", &group.name, value.as_str()]);
            let write = Write { key: key(&name), replaces: None, value, expires_at: later(until, LONGER) };
            Proposed { group, write }
        };
        grown.into_iter().map(propose).collect()
    }

    /// Takes note of what was committed.
    pub(super) fn settle(&self, writes: &[Write], proposed: &[Proposed], answers: &[Committed]) {
        let is_done = |answer: &Committed| matches!(answer, Committed::Done(_));
        let (of_writes, of_proposed) = answers.split_at(writes.len().min(answers.len()));
        for (Proposed { group, write }, _) in
            proposed.iter().zip(of_proposed).filter(|(_, answer)| is_done(answer))
        {
            if let Some(base) = Base::of(&write.key.name, write.value.as_str(), write.expires_at) {
                self.know(group, Arc::new(base));
            }
        }
        let groups = writes.iter().zip(of_writes).filter(|(write, _)| write.key.kind == ItemKind::Group);
        for (write, _) in groups.filter(|(_, answer)| is_done(answer)) {
            let length = write.value.as_str().len();
            let base = self.with(|bases| bases.known.peek(&write.key).map_or(0, |base| base.length));
            if length > SHORT
                && length * length > EVENT_TWICE * base
                && let Some(group) = write.value.record::<Group>()
            {
                let mut group = group.clone();
                group.goes_on_from(None);
                self.with(|bases| _ = bases.grown.put(write.key.clone(), (group, write.expires_at)));
            }
        }
    }
}
