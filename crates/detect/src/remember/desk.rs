//! Items on the table while matches are decided: loaded together, changed in place, committed together.
//!
//! A decision reads and writes here alone, so it can be made anew from what is really there when another process
//! got in between.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::state::{Committed, Item, Keepable, Key, StateError, Value, Version, Write};

#[derive(Default)]
pub(crate) struct Desk {
    slots: HashMap<Key, Slot>,
}

#[derive(Default)]
struct Slot {
    there: Option<Version>,
    value: Option<Value>,
    /// Until when the store keeps what was loaded.
    until: Timestamp,
    changed: Option<Change>,
    /// Committed from this desk.
    settled: bool,
}

/// A change that is not committed yet.
#[derive(Clone, Copy)]
struct Change {
    due: Due,
    expires_at: Timestamp,
}

/// When a change must be committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// Once findings are out.
    Afterwards,
    /// Before they are: others decide by it.
    Ahead,
}

impl Slot {
    fn change(&mut self, due: Due, expires_at: Timestamp) {
        let due = self.changed.map_or(due, |change| change.due.max(due));
        self.changed = Some(Change { due, expires_at });
    }
}

impl Desk {
    /// Is the item here already?
    pub(crate) fn has(&self, key: &Key) -> bool {
        self.slots.contains_key(key)
    }

    /// Was what stands here committed from here?
    pub(crate) fn is_settled(&self, key: &Key) -> bool {
        self.slots.get(key).is_some_and(|slot| slot.settled)
    }

    /// Puts what the store answered on the table; what has expired counts as absent.
    pub(crate) fn place(&mut self, key: Key, item: Option<Item>, now: Timestamp) {
        let slot = match item {
            Some(item) => Slot {
                until: item.expires_at,
                value: (item.expires_at > now).then_some(item.value),
                there: Some(item.version),
                ..Slot::default()
            },
            None => Slot::default(),
        };
        self.slots.insert(key, slot);
    }

    /// The record under a key; nothing is assumed where nothing was loaded.
    pub(crate) fn read<T: Keepable>(&self, key: &Key) -> Result<Option<&T>, StateError> {
        let value = self.slots.get(key).and_then(|slot| slot.value.as_ref());
        value.map(|value| value.record().ok_or_else(|| unreadable(key))).transpose()
    }

    /// The same, and until when the store keeps it.
    pub(crate) fn read_until<T: Keepable>(&self, key: &Key) -> Result<Option<(&T, Timestamp)>, StateError> {
        let until = self.slots.get(key).map_or(Timestamp::MIN, |slot| slot.until);
        Ok(self.read(key)?.map(|record| (record, until)))
    }

    /// Changes the record under a key.
    pub(crate) fn write<T: Keepable + PartialEq>(&mut self, key: &Key, record: T, expires_at: Timestamp) {
        self.replace(Due::Afterwards, key, record, expires_at);
    }

    /// Changes the record under a key, to be committed before anything goes out that was decided with it.
    pub(crate) fn write_ahead<T: Keepable + PartialEq>(
        &mut self,
        key: &Key,
        record: T,
        expires_at: Timestamp,
    ) {
        self.replace(Due::Ahead, key, record, expires_at);
    }

    fn replace<T: Keepable + PartialEq>(&mut self, due: Due, key: &Key, record: T, expires_at: Timestamp) {
        let slot = self.slot(key);
        if slot.value.as_ref().and_then(Value::record) != Some(&record) {
            slot.value = Some(Value::of(record));
            slot.change(due, expires_at);
        }
    }

    /// Changes the record under a key where it stands, beginning with an empty one; `change` says until when it is to
    /// be kept if it changed anything.
    pub(crate) fn amend<T: Keepable + Default, A>(
        &mut self,
        key: &Key,
        change: impl FnOnce(&mut T) -> (A, Option<Timestamp>),
    ) -> Result<A, StateError> {
        let slot = self.slot(key);
        let mut value = slot.value.take().unwrap_or_else(|| Value::of(T::default()));
        let mut answer = None;
        let is_read = value.change(|record| answer = Some(change(record)));
        let (Some((answer, expires_at)), true) = (answer, is_read) else {
            slot.value = Some(value);
            return Err(unreadable(key));
        };
        slot.value = Some(value);
        if let Some(expires_at) = expires_at {
            slot.change(Due::Afterwards, expires_at);
        }
        Ok(answer)
    }

    fn slot(&mut self, key: &Key) -> &mut Slot {
        if !self.slots.contains_key(key) {
            self.slots.insert(key.clone(), Slot::default());
        }
        self.slots.get_mut(key).expect("it was put there if it was missing")
    }

    /// Is there nothing to commit?
    pub(crate) fn is_clean(&self) -> bool {
        self.slots.values().all(|slot| slot.changed.is_none())
    }

    /// All that changed, in the order of the keys.
    pub(crate) fn writes(&self) -> Vec<Write> {
        self.writes_due(Due::Afterwards)
    }

    /// What changed and is to be committed ahead, in the order of the keys.
    pub(crate) fn writes_ahead(&self) -> Vec<Write> {
        self.writes_due(Due::Ahead)
    }

    fn writes_due(&self, earliest: Due) -> Vec<Write> {
        let mut writes: Vec<Write> = self
            .slots
            .iter()
            .filter_map(|(key, slot)| {
                let change = slot.changed.filter(|change| change.due >= earliest)?;
                Some(Write {
                    key: key.clone(),
                    replaces: slot.there.clone(),
                    value: slot.value.clone()?,
                    expires_at: change.expires_at,
                })
            })
            .collect();
        writes.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        writes
    }

    /// Takes note of what was committed; true if all was done. What was refused leaves the table, to be loaded again, and
    /// so does what was decided with it and is not committed yet.
    pub(crate) fn settle(&mut self, writes: &[Write], answers: Vec<Committed>) -> bool {
        let mut all = true;
        for (write, answer) in writes.iter().zip(answers) {
            match answer {
                Committed::Done(version) => {
                    if let Some(slot) = self.slots.get_mut(&write.key) {
                        slot.there = Some(version);
                        slot.changed = None;
                        slot.settled = true;
                    }
                }
                Committed::Refused => {
                    self.slots.remove(&write.key);
                    all = false;
                }
            }
        }
        if !all {
            self.slots.retain(|_, slot| slot.changed.is_none());
        }
        all
    }
}

fn unreadable(key: &Key) -> StateError {
    StateError(format!("the {} item {} is of another version", key.kind.as_str(), key.name))
}
