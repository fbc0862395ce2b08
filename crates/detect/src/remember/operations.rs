//! Which of the operations under one correlation id a record is of.

use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::moment::later;
use crate::digest;
use crate::event::runs::OperationRuns;
use crate::facts::Facts;
use crate::state::{ItemKind, Keepable, Key, StateError};

/// As long as claims, which are made under what this tells.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(90 * 24);

impl Keepable for OperationRuns {
    fn bytes(&self) -> usize {
        // Some digests and times each.
        size_of::<Self>() + self.len() * 256
    }
}

/// Where it is kept what is known of a record's operation; nothing for records that are one by themselves.
pub(crate) fn key(facts: &Facts) -> Option<Key> {
    let operation = facts.operation_key()?;
    let name = digest::of_parts(&["operation", &operation]);
    Some(Key { kind: ItemKind::Operation, scope: facts.scope.account.clone(), name })
}

/// What tells the operation of a record from the first under its id.
pub(crate) fn run(
    desk: &mut Desk,
    key: &Key,
    facts: &Facts,
    now: Timestamp,
) -> Result<Option<String>, StateError> {
    let mut runs = desk.read::<OperationRuns>(key)?.cloned().unwrap_or_default();
    let run = runs.join(facts);
    desk.write_ahead(key, runs, later(now, REMEMBERED));
    Ok(run)
}
