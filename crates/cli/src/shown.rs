//! Values of records as they are shown: gated for secrets and made visible.

use std::collections::HashMap;

use trailhound_detect::describe::{clean, visible_within};

/// So much of a value is told.
pub(crate) const MOST_CHARS: usize = 300;
/// Values whose shown form is kept: those of a log repeat.
const MOST_KEPT: usize = 20_000;
/// Longer ones are not kept: what is told of them would stand beside all of what they are.
const LONGEST_KEPT: usize = 1_024;

/// Values as they are shown, by what they are in records.
#[derive(Default)]
pub(crate) struct Shown(HashMap<String, String>);

impl Shown {
    /// A value as it is shown, kept for the next record that has it.
    pub(crate) fn of(&mut self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let shown = visible_within(&clean(text), MOST_CHARS).into_owned();
        if text.len() > LONGEST_KEPT {
            return shown;
        }
        if self.0.len() >= MOST_KEPT {
            self.0.clear();
        }
        self.0.insert(text.to_owned(), shown.clone());
        shown
    }

    /// How many are kept.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> usize {
        self.0.len()
    }

    /// Where a record stands: all of a file have that in common.
    pub(crate) fn origin(&mut self, origin: &str) -> String {
        match origin.rfind(['#', ':']).map(|at| origin.split_at(at)) {
            Some((file, number)) if number[1..].bytes().all(|byte| byte.is_ascii_digit()) => {
                self.of(file) + number
            }
            _ => self.of(origin),
        }
    }
}
