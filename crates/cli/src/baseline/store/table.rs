//! What any cloud's table is asked.

use std::fmt::Display;

use jiff::Timestamp;
use trailhound_detect::remember::{Entry, import};
use trailhound_detect::state::{Item, ItemKind, Key, StateError, StateStore};

use crate::progress::Progress;

/// What baselines consist of.
pub(super) const KINDS: [ItemKind; 2] = [ItemKind::Learning, ItemKind::Seen];

/// Waits for an answer; an error names the table.
pub(super) fn ask<T>(
    table: &impl Display,
    work: impl Future<Output = Result<T, StateError>>,
) -> anyhow::Result<T> {
    let answer = crate::cloud::runtime()?.block_on(work);
    answer.map_err(|error| anyhow::anyhow!("{table}: {}", error.0))
}

/// What was listed, and aloud how much of it cannot be told.
pub(super) fn told(table: &impl Display, (items, untold): (Vec<(Key, Item)>, usize)) -> Vec<(Key, Item)> {
    if untold > 0 {
        anstream::eprintln!("{table}: {untold} entries are left out, whose account is kept only as a digest");
    }
    items
}

/// Any load will do.
pub(super) async fn answers(store: &impl StateStore) -> Result<(), StateError> {
    let key = Key { kind: ItemKind::Learning, scope: String::new(), name: "clock".to_owned() };
    store.load(&[key]).await.map(drop)
}

pub(super) async fn add(store: &impl StateStore, entries: &[Entry]) -> Result<(), StateError> {
    let progress = Progress::of_entries(entries.len());
    let done = import(store, entries, Timestamp::now(), |written| progress.reached(written)).await;
    progress.finish();
    done.map_err(|error| StateError(format!("{}; adding everything again does no harm", error.0)))
}
