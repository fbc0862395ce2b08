//! All that differs between two sides.

use serde::Serialize;

use super::changes::{self, Change};
use super::side::Side;
use super::verdicts::{self, Otherwise};

/// All that differs.
#[derive(Debug, Serialize)]
pub(super) struct Differences {
    pub(super) added: Vec<Named>,
    pub(super) removed: Vec<Named>,
    pub(super) changed: Vec<Changed>,
    /// Events that are told otherwise.
    pub(super) verdicts: Vec<Otherwise>,
    /// Events of both sides' tests.
    pub(super) events: usize,
}

/// A rule and where it stands.
#[derive(Debug, Serialize)]
pub(super) struct Named {
    pub(super) rule: String,
    pub(super) file: String,
}

/// A rule of both sides.
#[derive(Debug, Serialize)]
pub(super) struct Changed {
    #[serde(flatten)]
    pub(super) named: Named,
    /// By key, as `detection.selection.eventName`.
    pub(super) changes: Vec<Change>,
    /// What changed in its tests, by their names.
    pub(super) tests: Vec<Change>,
}

impl Differences {
    pub(super) fn is_nothing(&self) -> bool {
        self.added.is_empty()
            && self.removed.is_empty()
            && self.changed.is_empty()
            && self.verdicts.is_empty()
    }
}

pub(super) fn between(old: &Side, new: &Side) -> Differences {
    let named = |rule: &str, side: &Side| Named {
        rule: rule.to_owned(),
        file: side.documents.get(rule).map(|(file, _)| file.clone()).unwrap_or_default(),
    };
    let without = |side: &Side, other: &Side| -> Vec<Named> {
        let names = side.documents.keys().filter(|name| !other.documents.contains_key(*name));
        names.map(|name| named(name, side)).collect()
    };
    let mut changed = Vec::new();
    for (name, (_, after)) in &new.documents {
        let Some((_, before)) = old.documents.get(name) else { continue };
        let changes = changes::between(before, after);
        let tests = changes::of_named(&old.tests_of(name), &new.tests_of(name));
        if !changes.is_empty() || !tests.is_empty() {
            changed.push(Changed { named: named(name, new), changes, tests });
        }
    }
    let (verdicts, events) = verdicts::between(old, new);
    Differences { added: without(new, old), removed: without(old, new), changed, verdicts, events }
}
