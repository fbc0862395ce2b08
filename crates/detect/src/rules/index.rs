//! Which rules an event is worth trying: by log type, then by the value of the field most rules of that log name.

use std::collections::HashMap;
use std::ops::ControlFlow;

use trailhound_sigma::{Event as _, Field, Necessary};

use super::detection::Detection;
use crate::event::{Event, LogType};
use crate::logs::{self, Key};

/// Rules by log type.
#[derive(Default)]
pub(super) struct Index {
    logs: HashMap<LogType, Shelf>,
}

/// The rules of one log type.
#[derive(Default)]
struct Shelf {
    /// The field the rules are shelved by, with its paths in every shape of the log.
    anchor: Option<Field>,
    /// Rules that can only match under one of these values, lower-case.
    by_value: HashMap<String, Vec<usize>>,
    /// Rules that may match whatever the value.
    always: Vec<usize>,
}

impl Index {
    pub(super) fn new(detections: &[Detection]) -> Self {
        let mut logs: HashMap<LogType, Shelf> = HashMap::new();
        for (at, detection) in detections.iter().enumerate().filter(|(_, d)| d.extension.enabled) {
            for &log in &detection.logs {
                let shelf =
                    logs.entry(log).or_insert_with(|| Shelf { anchor: anchor(log), ..Shelf::default() });
                match shelf.anchor.as_ref().and_then(|anchor| exact_values(detection, anchor)) {
                    Some(values) => {
                        for value in values {
                            let rules = shelf.by_value.entry(value).or_default();
                            if rules.last() != Some(&at) {
                                rules.push(at);
                            }
                        }
                    }
                    None => shelf.always.push(at),
                }
            }
        }
        Self { logs }
    }

    /// The rules worth trying on an event; none is left out that could match.
    pub(super) fn candidates(&self, event: &Event<'_>) -> impl Iterator<Item = usize> {
        let mut found: Vec<usize> = Vec::new();
        if let Some(shelf) = self.logs.get(&event.log()) {
            found.extend(&shelf.always);
            if let Some(anchor) = &shelf.anchor
                && !shelf.by_value.is_empty()
            {
                event.values(anchor, &mut |value| {
                    if let Some(text) = value.text() {
                        let rules = shelf.by_value.get(&text.to_lowercase());
                        found.extend(rules.into_iter().flatten());
                    }
                    ControlFlow::Continue(())
                });
            }
        }
        found.sort_unstable();
        found.dedup();
        found.into_iter()
    }
}

fn anchor(log: LogType) -> Option<Field> {
    let Key { name, paths } = logs::of(log).found_by.index?;
    Some(Field { name: name.to_owned(), paths: paths.iter().map(|&path| path.to_owned()).collect() })
}

/// The values one of which a rule needs under the anchor, lower-case; nothing if it could match without.
fn exact_values(detection: &Detection, anchor: &Field) -> Option<Vec<String>> {
    let paths: Vec<&str> = anchor.paths.iter().map(String::as_str).collect();
    let needed = detection.compiled.necessary_any(&paths)?;
    needed
        .into_iter()
        .map(|shape| match shape {
            Necessary::Exact(literal) => Some(literal.text.to_lowercase()),
            _ => None,
        })
        .collect()
}
