//! Which sources of records are heard of, and which have fallen silent: looked at when a canary comes, once an hour.
//!
//! Nothing of it fails a delivery or holds a finding up; a store that cannot be asked is asked again the next time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use trailhound_detect::integrity::{Silence, TrailSource};
use trailhound_detect::remember::{Memory, SOURCE_EXACTNESS};
use trailhound_detect::state::StateStore;

use crate::time::Budget;

/// Sources that this process remembers having heard of; beyond it asks the store more often.
const MOST_HEARD: usize = 20_000;

/// What this process heard and when it looked.
#[derive(Debug, Default)]
pub struct Listening {
    heard: Mutex<HashMap<TrailSource, Timestamp>>,
    looked: Mutex<Option<Timestamp>>,
}

impl Listening {
    /// Records came in an object.
    pub(crate) async fn hear<Store: StateStore>(
        &self,
        memory: &Memory<Store>,
        uri: &str,
        now: Timestamp,
        budget: Budget,
    ) {
        let Some(source) = TrailSource::of(uri) else { return };
        if !self.is_due(&source, now) {
            return;
        }
        match budget.finishing(memory.heard(&source, now)).await {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => tracing::warn!(uri, "more sources than can be watched; this one is not"),
            Ok(Err(error)) => {
                self.forget(&source);
                tracing::warn!(error = %error, uri, "not written down that records came from here");
            }
            Err(_) => self.forget(&source),
        }
    }

    /// The sources that have fallen silent, where it is time to look.
    pub(crate) async fn silences<Store: StateStore>(
        &self,
        memory: &Memory<Store>,
        now: Timestamp,
        budget: Budget,
    ) -> Option<Vec<Silence>> {
        {
            let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            if looked.is_some_and(|at| now.duration_since(at) < SOURCE_EXACTNESS) {
                return None;
            }
            *looked = Some(now);
        }
        let found = match budget.taking(memory.silences(now)).await {
            Ok(Ok(silences)) => return Some(silences),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the time was up".to_owned(),
        };
        tracing::warn!(error = found, "not looked which sources have fallen silent");
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = None;
        None
    }

    fn is_due(&self, source: &TrailSource, now: Timestamp) -> bool {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.get(source).is_some_and(|at| now.duration_since(*at) < SOURCE_EXACTNESS) {
            return false;
        }
        if heard.len() >= MOST_HEARD {
            heard.clear();
        }
        heard.insert(source.clone(), now);
        true
    }

    fn forget(&self, source: &TrailSource) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).remove(source);
    }
}
