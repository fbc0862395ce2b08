//! What an item says: a record that the process works with, and text for whoever keeps it elsewhere.
//!
//! Each is made of the other when it is first asked for, and once: what stays in the process is never text, and what
//! came as text is read once, however many look at it. Clones share it all; a record is copied when somebody changes it
//! whom others look at.

#[cfg(test)]
mod tests;

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The shape of all records here; an item of a later one is left alone.
const SCHEMA: u8 = 1;

/// What is kept under keys.
pub(crate) trait Keepable: Any + Clone + Send + Sync + Serialize + DeserializeOwned {
    /// How much memory it takes, about.
    fn bytes(&self) -> usize;
}

/// What is kept under a key.
#[derive(Clone)]
pub struct Value(Arc<HeldValue>);

#[derive(Default)]
struct HeldValue {
    text: OnceLock<String>,
    record: OnceLock<Typed>,
    bytes: usize,
}

struct Typed {
    record: Box<dyn Any + Send + Sync>,
    to_text: fn(&(dyn Any + Send + Sync)) -> String,
}

impl Typed {
    fn of<T: Keepable>(record: T) -> Self {
        Self { record: Box::new(record), to_text: to_text::<T> }
    }
}

/// What stands in an item's text.
#[derive(Serialize)]
struct Versioned<'r, T> {
    v: u8,
    #[serde(flatten)]
    record: &'r T,
}

#[derive(Deserialize)]
struct FormVersion {
    v: u8,
}

fn to_text<T: Keepable>(record: &(dyn Any + Send + Sync)) -> String {
    let record = record.downcast_ref::<T>();
    // Records are plain structs of strings and numbers.
    let text = record.map(|record| serde_json::to_string(&Versioned { v: SCHEMA, record }));
    text.and_then(Result::ok).unwrap_or_default()
}

fn read<T: Keepable>(text: &str) -> Option<T> {
    let version: FormVersion = serde_json::from_str(text).ok()?;
    (version.v == SCHEMA).then(|| serde_json::from_str(text).ok()).flatten()
}

impl Value {
    /// A record of this process.
    pub(crate) fn of<T: Keepable>(record: T) -> Self {
        let bytes = record.bytes();
        Self(Arc::new(HeldValue { text: OnceLock::new(), record: Typed::of(record).into(), bytes }))
    }

    /// As text: JSON.
    pub fn as_str(&self) -> &str {
        self.0.text.get_or_init(|| {
            let typed = self.0.record.get();
            typed.map_or_else(String::new, |typed| (typed.to_text)(&*typed.record))
        })
    }

    /// How much memory it takes, about; the same however it is looked at.
    pub(crate) fn bytes(&self) -> usize {
        self.0.bytes
    }

    /// The record; nothing if it is of another version or kind.
    pub(crate) fn record<T: Keepable>(&self) -> Option<&T> {
        if self.0.record.get().is_none() {
            let read: T = read(self.0.text.get()?)?;
            // Whoever was sooner read the same.
            let _ = self.0.record.set(Typed::of(read));
        }
        self.0.record.get()?.record.downcast_ref()
    }

    /// Changes the record; false, and nothing is done, if there is none of this kind.
    pub(crate) fn change<T: Keepable>(&mut self, change: impl FnOnce(&mut T)) -> bool {
        if self.record::<T>().is_none() {
            return false;
        }
        if Arc::get_mut(&mut self.0).is_none()
            && let Some(copy) = self.record::<T>().cloned()
        {
            *self = Self::of(copy);
        }
        let Some(held) = Arc::get_mut(&mut self.0) else { return false };
        let typed = held.record.get_mut().and_then(|typed| typed.record.downcast_mut::<T>());
        let Some(record) = typed else { return false };
        change(record);
        held.bytes = record.bytes();
        held.text.take();
        true
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        // It will be read into a record of about that size.
        let bytes = text.len() * 2;
        Self(Arc::new(HeldValue { text: text.into(), record: OnceLock::new(), bytes }))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.as_str() == other.as_str()
    }
}

impl Eq for Value {}
