//! What differs between two folders or files of rules.

mod changes;
mod side;
mod text;
mod verdicts;

use std::io::Write;

use serde::Serialize;

use crate::args::{Diff, DiffFormat};
use crate::exit::Exit;
use changes::Change;
use side::Side;
use verdicts::Otherwise;

/// All that differs.
#[derive(Debug, Serialize)]
struct Differences {
    added: Vec<Named>,
    removed: Vec<Named>,
    changed: Vec<Changed>,
    /// Events that are told otherwise.
    verdicts: Vec<Otherwise>,
    /// Events of both sides' tests.
    events: usize,
}

/// A rule and where it stands.
#[derive(Debug, Serialize)]
struct Named {
    rule: String,
    file: String,
}

/// A rule of both sides.
#[derive(Debug, Serialize)]
struct Changed {
    #[serde(flatten)]
    named: Named,
    /// By key, as `detection.selection.eventName`.
    changes: Vec<Change>,
    /// What changed in its tests, by their names.
    tests: Vec<Change>,
}

pub(super) fn diff(arguments: &Diff) -> anyhow::Result<Exit> {
    let old = Side::read(&arguments.old, &arguments.placeholders)?;
    let new = Side::read(&arguments.new, &arguments.placeholders)?;
    let exit = old.exit.or(new.exit);
    let differences = between(&old, &new);
    let mut out = anstream::stdout().lock();
    match arguments.format {
        DiffFormat::Text => text::write(&mut out, &differences)?,
        DiffFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &differences)?;
            writeln!(out)?;
        }
    }
    let fails = arguments.fail_on_change && !differences.is_nothing();
    Ok(if exit == Exit::Clean && fails { Exit::Findings } else { exit })
}

impl Differences {
    fn is_nothing(&self) -> bool {
        self.added.is_empty()
            && self.removed.is_empty()
            && self.changed.is_empty()
            && self.verdicts.is_empty()
    }
}

fn between(old: &Side, new: &Side) -> Differences {
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
