//! Sessions of which nothing was kept when they were asked about a moment ago, so that somebody busy is not asked about at
//! every match. What comes to be kept within that moment is told a moment later.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use lru::LruCache;

use crate::state::{ItemKind, Key};

/// How long nothing is asked again.
const MOMENT: SignedDuration = SignedDuration::from_secs(60);
/// So many are known.
const MOST: NonZeroUsize = NonZeroUsize::new(1_024).expect("more than none");

pub(super) struct Strangers(Mutex<LruCache<Key, Timestamp>>);

impl Default for Strangers {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl Strangers {
    fn with<T>(&self, work: impl FnOnce(&mut LruCache<Key, Timestamp>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Was nothing there a moment ago?
    pub(super) fn has(&self, key: &Key, now: Timestamp) -> bool {
        key.kind == ItemKind::Session
            && self.with(|all| all.get(key).is_some_and(|at| now.duration_since(*at).abs() < MOMENT))
    }

    /// Nothing is there now.
    pub(super) fn note(&self, key: &Key, now: Timestamp) {
        if key.kind == ItemKind::Session {
            self.with(|all| all.put(key.clone(), now));
        }
    }

    /// Something is, or may be.
    pub(super) fn forget(&self, key: &Key) {
        if key.kind == ItemKind::Session {
            self.with(|all| all.pop(key));
        }
    }
}
