//! Where a scan remembers: baselines in a file if one is named, everything else for this run alone.
//!
//! Windows do not outlast the run: scanning the same files again must give the same findings.

use trailhound_detect::remember::MemoryStore;
use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Write};

use crate::baseline::FileStore;

/// A baseline's file, and this process.
#[derive(Default)]
pub(crate) struct ScanStore {
    file: Option<FileStore>,
    /// Where a file lies that is thrown away after the run.
    copy: Option<tempfile::TempDir>,
    run: MemoryStore,
}

impl ScanStore {
    pub(super) fn with(file: FileStore) -> Self {
        Self { file: Some(file), ..Self::default() }
    }

    /// A copy of a baseline's file, of which nothing is kept.
    pub(super) fn of_copy(file: FileStore, copy: tempfile::TempDir) -> Self {
        Self { copy: Some(copy), ..Self::with(file) }
    }

    /// Makes sure that what was learned outlasts this process.
    pub(super) fn keep(&self) -> anyhow::Result<()> {
        if self.copy.is_some() {
            return Ok(());
        }
        self.file.as_ref().map_or(Ok(()), FileStore::keep)
    }

    fn file_of(&self, key: &Key) -> Option<&FileStore> {
        self.file.as_ref().filter(|_| is_lasting(key.kind))
    }
}

/// Is it part of a baseline?
fn is_lasting(kind: ItemKind) -> bool {
    matches!(kind, ItemKind::Seen | ItemKind::Learning)
}

impl StateStore for ScanStore {
    fn is_at_hand(&self, kind: ItemKind) -> bool {
        self.file.is_none() || !is_lasting(kind)
    }

    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        let mut items = self.run.load(keys).await?;
        if self.file.is_none() {
            return Ok(items);
        }
        for (key, item) in keys.iter().zip(&mut items) {
            if let Some(file) = self.file_of(key) {
                *item = file.load(std::slice::from_ref(key)).await?.pop().flatten();
            }
        }
        Ok(items)
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        if self.file.is_none() {
            return self.run.commit(writes).await;
        }
        let (lasting, passing): (Vec<Write>, Vec<Write>) =
            writes.iter().cloned().partition(|write| self.file_of(&write.key).is_some());
        let mut lasting = match &self.file {
            Some(file) if !lasting.is_empty() => file.commit(&lasting).await?,
            _ => Vec::new(),
        }
        .into_iter();
        let mut passing = self.run.commit(&passing).await?.into_iter();
        let answers = writes
            .iter()
            .map(|write| if self.file_of(&write.key).is_some() { lasting.next() } else { passing.next() });
        Ok(answers.map(|answer| answer.unwrap_or(Committed::Refused)).collect())
    }
}
