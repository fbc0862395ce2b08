//! A store that fails, for tests.

use super::{Committed, Item, Key, StateError, StateStore, Write};

/// A store that is down.
pub(crate) struct Down;

impl StateStore for Down {
    async fn load(&self, _: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        Err(StateError("no answer".to_owned()))
    }

    async fn commit(&self, _: &[Write]) -> Result<Vec<Committed>, StateError> {
        Err(StateError("no answer".to_owned()))
    }
}
