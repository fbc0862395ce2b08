//! What was worked out of a set of inputs, by what it was worked out of: of each kind the last few.

use redb::{ReadableTable as _, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::parts::{PartKey, put};

/// What there is, by kind and by what it was worked out of.
pub(super) const ENTRIES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("worked");
pub(super) const PARTS: TableDefinition<'_, PartKey, &[u8]> = TableDefinition::new("worked-parts");

/// A kind of what is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WorkedKind {
    /// Who was handed which session.
    Sessions,
    /// Matches as they were judged.
    Findings,
}

impl WorkedKind {
    pub(super) fn key(self, of: &str) -> String {
        format!("{} {of}", self.word())
    }

    fn word(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Findings => "findings",
        }
    }

    /// So many are kept: sets of inputs, and windows of theirs that were asked about.
    fn most(self) -> usize {
        match self {
            Self::Sessions => 4,
            Self::Findings => 8,
        }
    }
}

/// What was worked out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct WorkedEntry {
    /// The later, the larger.
    pub(super) number: u64,
    pub(super) parts: u32,
    /// What was too many to be kept.
    pub(super) beyond: u64,
}

/// Keeps what was worked out, and forgets what is too many.
pub(super) fn keep(
    writing: &WriteTransaction,
    (kind, of): (WorkedKind, &str),
    beyond: u64,
    parts: &[Vec<u8>],
) -> anyhow::Result<()> {
    let (mut entries, mut kept) = (writing.open_table(ENTRIES)?, writing.open_table(PARTS)?);
    let (mut next, mut same) = (0, Vec::new());
    for entry in entries.iter()? {
        let (name, entry) = entry?;
        let WorkedEntry { number, .. } = serde_json::from_slice(entry.value())?;
        next = next.max(number + 1);
        if name.value().split(' ').next() == Some(kind.word()) {
            same.push((name.value() == kind.key(of), number, name.value().to_owned()));
        }
    }
    // What is there of the same is the first that goes.
    same.sort_by_key(|(is_same, number, _)| (!is_same, *number));
    let is_again = same.first().is_some_and(|(is_same, ..)| *is_same);
    let too_many = (same.len() + 1).saturating_sub(kind.most()).max(usize::from(is_again));
    for (_, number, name) in &same[..too_many] {
        entries.remove(&**name)?;
        kept.retain_in((*number, 0, 0)..=(*number, u32::MAX, u32::MAX), |_, _| false)?;
    }
    for (at, bytes) in (0..).zip(parts) {
        put(&mut kept, (next, at), bytes)?;
    }
    let entry = WorkedEntry { number: next, parts: u32::try_from(parts.len())?, beyond };
    entries.insert(&*kind.key(of), &*serde_json::to_vec(&entry)?)?;
    Ok(())
}

/// Forgets all that was worked out.
pub(super) fn forget_all(writing: &WriteTransaction) -> Result<(), redb::Error> {
    writing.delete_table(ENTRIES)?;
    writing.delete_table(PARTS)?;
    writing.open_table(ENTRIES)?;
    writing.open_table(PARTS)?;
    Ok(())
}
