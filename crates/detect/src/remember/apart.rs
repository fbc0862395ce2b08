//! What rules in shadow remember: apart, over what is remembered for those that alert, which is read and never written.
//!
//! Facts are the same for both: what was seen, since when, and who called. Claims and windows are each lane's own, so a
//! finding in shadow is none that was told, and nothing that it leaves meets what alerts.

use crate::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Version, Write};

/// A store for rules in shadow over that of the others.
pub struct Apart<Store>(pub Store);

/// What the version of an item of the others begins with.
const BENEATH: &str = "beneath ";

/// What tells scopes of the two apart.
const SHADOW: &str = "shadow ";

fn own(key: &Key) -> Key {
    Key { scope: format!("{SHADOW}{}", key.scope), ..key.clone() }
}

/// Is it a fact, whatever looks at it?
fn is_shared(kind: ItemKind) -> bool {
    matches!(kind, ItemKind::Seen | ItemKind::Learning | ItemKind::Caller | ItemKind::Operation)
}

impl<Store: StateStore> StateStore for Apart<Store> {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        let shared = keys.iter().filter(|key| is_shared(key.kind));
        let all: Vec<Key> = keys.iter().map(own).chain(shared.cloned()).collect();
        let mut items = self.0.load(&all).await?;
        let mut beneath = items.split_off(keys.len().min(items.len())).into_iter();
        for (key, item) in keys.iter().zip(&mut items) {
            if !is_shared(key.kind) {
                continue;
            }
            let shared = beneath.next().flatten();
            let marked =
                |item: Item| Item { version: Version(format!("{BENEATH}{}", item.version.0)), ..item };
            *item = item.take().or_else(|| shared.map(marked));
        }
        Ok(items)
    }

    fn is_at_hand(&self, kind: ItemKind) -> bool {
        self.0.is_at_hand(kind)
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        let ours = |write: &Write| Write {
            key: own(&write.key),
            replaces: write.replaces.clone().filter(|version| !version.0.starts_with(BENEATH)),
            ..write.clone()
        };
        let writes: Vec<Write> = writes.iter().map(ours).collect();
        self.0.commit(&writes).await
    }
}
