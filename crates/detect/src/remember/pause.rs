//! Leaves a store alone that did not answer, so that an outage costs a process one wait, not one for each finding.

#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::state::StateError;

/// How long it is left alone.
const PAUSE: Duration = Duration::from_secs(5);

/// Whether a store is being left alone; one for each store.
#[derive(Debug, Default)]
pub struct Pause(Mutex<Option<(Instant, StateError)>>);

impl Pause {
    /// An error while the store is left alone.
    pub fn check(&self) -> Result<(), StateError> {
        let mut pause = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*pause {
            Some((until, error)) if Instant::now() < *until => {
                Err(StateError(format!("left alone for a moment after: {}", error.0)))
            }
            _ => {
                *pause = None;
                Ok(())
            }
        }
    }

    /// Leaves the store alone from now on, for this reason.
    pub fn begin(&self, error: &StateError) {
        let mut pause = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *pause = Some((Instant::now() + PAUSE, error.clone()));
    }
}
