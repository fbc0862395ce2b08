//! A store with faults.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use trailhound_detect::remember::{MemoryStore, is_published};
use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Version, Write};

use super::{Fault, Lie, Plan, Published};

/// A store with faults, over one that outlives the process.
pub struct FaultyStore {
    /// What decides.
    pub plan: Arc<Plan>,
    /// What is remembered.
    pub inner: Arc<MemoryStore>,
    /// Where it is noted what the store knows to be published.
    pub published: Arc<Mutex<Published>>,
}

impl FaultyStore {
    fn fails(&self, fault: Fault) -> bool {
        fault == Fault::Error && self.plan.store_fails()
    }

    async fn before(&self, fault: Fault) {
        match fault {
            Fault::KillBefore => match self.plan.kill().await {},
            // Within the lease: a store slower than that answers with an error, by its timeout.
            Fault::Delay(wait) => tokio::time::sleep(wait / 10).await,
            _ => {}
        }
    }

    async fn after(&self, fault: Fault) {
        if fault == Fault::KillAfter {
            match self.plan.kill().await {}
        }
    }

    fn published(&self) -> MutexGuard<'_, Published> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An item that says nothing of cases any more.
fn without_cases(key: &Key, item: Item) -> Item {
    let mut text: Value = serde_json::from_str(item.value.as_str()).unwrap_or_default();
    match key.kind {
        ItemKind::Claim => {
            text.as_object_mut().map(|claim| claim.remove("case"));
        }
        ItemKind::Case => text["cases"] = Value::Array(Vec::new()),
        _ => return item,
    }
    Item { value: text.to_string().into(), ..item }
}

/// A hand-out that somebody else asked for.
fn of_another(key: &Key, item: Item) -> Item {
    if key.kind != ItemKind::Session {
        return item;
    }
    let mut text: Value = serde_json::from_str(item.value.as_str()).unwrap_or_default();
    (text["by"]["key"], text["by"]["display"]) = ("eve".into(), "eve".into());
    Item { value: text.to_string().into(), ..item }
}

fn injected() -> StateError {
    StateError("injected".to_owned())
}

/// The claims that writes record as published.
fn records(writes: &[Write]) -> impl Iterator<Item = &Key> {
    let records = |write: &&Write| write.key.kind == ItemKind::Claim && is_published(&write.value);
    writes.iter().filter(records).map(|write| &write.key)
}

impl StateStore for FaultyStore {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.plan.note(|| format!("load {keys:?}"));
        let fault = self.plan.decide();
        self.before(fault).await;
        if self.fails(fault) {
            // Whoever cannot look again at a claim cannot record a publication there either.
            self.published().give_up(keys.iter().filter(|key| key.kind == ItemKind::Claim));
            return Err(injected());
        }
        let mut items = self.inner.load(keys).await;
        if let (true, Ok(items)) = (self.plan.is_lied(Lie::Joined), &mut items) {
            for (key, item) in keys.iter().zip(items) {
                *item = item.take().map(|item| without_cases(key, item));
            }
        }
        if let (true, Ok(items)) = (self.plan.is_lied(Lie::HandedOut), &mut items) {
            for (key, item) in keys.iter().zip(items) {
                *item = item.take().map(|item| of_another(key, item));
            }
        }
        self.after(fault).await;
        items
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        self.plan.note(|| format!("commit {writes:?}"));
        let fault = self.plan.decide();
        self.before(fault).await;
        // An error, like a kill, may come before the effect, amid it, or after it.
        let amid = fault == Fault::KillAfter || self.fails(fault);
        let done = if amid { self.plan.below(writes.len() as u64 + 1) } else { writes.len() as u64 };
        let written = &writes[..usize::try_from(done).unwrap_or(writes.len())];
        let answers = if self.plan.is_lied(Lie::Recorded) && records(written).next().is_some() {
            vec![Committed::Done(Version("forgotten".to_owned())); written.len()]
        } else {
            self.inner.commit(written).await?
        };
        let done: Vec<Write> = written
            .iter()
            .zip(&answers)
            .filter(|(_, answer)| **answer != Committed::Refused)
            .map(|(write, _)| write.clone())
            .collect();
        self.published().record(records(&done));
        if self.fails(fault) {
            self.published().give_up(records(writes));
            return Err(injected());
        }
        self.after(fault).await;
        Ok(answers)
    }
}
