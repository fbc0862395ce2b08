//! What the parts of a finding are written with: strings of a record made visible and kept within a budget.

use std::cell::Cell;

use jiff::Timestamp;
use serde_json::Value;

use crate::describe::MOST_SHOWN;
use crate::describe::visible::{cut, one_line, visible_within};
use crate::matched::Match;

/// How much of the unbounded parts of a record a finding may carry.
#[derive(Clone, Copy)]
pub(in crate::describe) struct Budget {
    /// Longest string from the record, in characters.
    pub(super) text: usize,
    /// Most resources.
    pub(super) resources: usize,
    /// Most members of a list or object among the shown fields, and most shown fields.
    pub(super) members: usize,
}

impl Budget {
    /// In order; the first whose finding fits is taken, and the last always fits.
    pub(in crate::describe) const STEPS: [Self; 4] = [
        Self { text: 512, resources: 50, members: 50 },
        Self { text: 256, resources: 50, members: 20 },
        Self { text: 128, resources: 25, members: 10 },
        Self { text: 48, resources: 5, members: 4 },
    ];

    /// Everything but resources beyond those, to tell how large that would have been.
    pub(in crate::describe) const WHOLE: Self =
        Self { text: usize::MAX, resources: MOST_SHOWN, members: usize::MAX };
}

/// What the parts of a finding are written with.
pub(super) struct Writer<'m> {
    pub(super) found: &'m Match,
    pub(super) now: Timestamp,
    pub(super) budget: Budget,
    pub(super) cut: Cell<bool>,
}

impl Writer<'_> {
    /// A string of the record: visible, and no longer than `most` or the budget.
    pub(super) fn text(&self, text: &str, most: usize) -> String {
        let most = if self.budget.text == usize::MAX { usize::MAX } else { most.min(self.budget.text) };
        if text.chars().nth(most).is_some() {
            self.cut.set(true);
        }
        visible_within(text, most).into_owned()
    }

    pub(super) fn optional(&self, text: Option<&String>, most: usize) -> Option<String> {
        text.filter(|text| !text.is_empty()).map(|text| self.text(text, most))
    }

    /// An id: long enough for ARNs and resource ids.
    pub(super) fn id(&self, id: &str) -> String {
        self.text(id, 512)
    }

    /// A shown value with every string, key and list in it made visible and bounded.
    pub(super) fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text, 512)),
            Value::Array(all) => {
                self.note_cut(all.len());
                Value::Array(all.iter().take(self.budget.members).map(|value| self.value(value)).collect())
            }
            Value::Object(all) => {
                self.note_cut(all.len());
                let entries = all.iter().take(self.budget.members);
                Value::Object(entries.map(|(key, value)| (self.text(key, 128), self.value(value))).collect())
            }
            other => other.clone(),
        }
    }

    pub(super) fn note_resources(&self, all: usize) {
        if all > self.budget.resources {
            self.cut.set(true);
        }
    }

    pub(super) fn note_cut(&self, members: usize) {
        if members > self.budget.members {
            self.cut.set(true);
        }
    }

    /// Notes that there are more events than are at hand, those of nested alerts included.
    pub(super) fn note_missing(&self, at_hand: usize, members: usize) {
        if members > at_hand {
            self.cut.set(true);
        }
    }

    pub(super) fn time(&self) -> Timestamp {
        event_time(self.found, self.now)
    }

    /// The first and the last moment of what happened, in milliseconds.
    pub(super) fn span(&self) -> (i64, i64) {
        let time = self.time().as_millisecond();
        let members = self.found.episode.iter().flat_map(|episode| &episode.members);
        let times = members.map(|member| member.at).filter(|at| is_plausible(*at));
        let began = self.found.episode.as_ref().and_then(|episode| episode.span).map(|(first, _)| first);
        times
            .chain(began.filter(|at| is_plausible(*at)))
            .map(Timestamp::as_millisecond)
            .fold((time, time), |(first, last), at| (first.min(at), last.max(at)))
    }

    pub(super) fn knows_time(&self) -> bool {
        self.found.facts.time.is_some_and(is_plausible)
    }
}

/// Milliseconds of 13 digits: 2001 to 2286. A time outside is a record's mistake, and its readers' too if passed on.
fn is_plausible(time: Timestamp) -> bool {
    (1_000_000_000_000..=9_999_999_999_999).contains(&time.as_millisecond())
}

/// When it happened, or when it was processed where the record gives no time that can be one.
pub(in crate::describe) fn event_time(found: &Match, now: Timestamp) -> Timestamp {
    found.facts.time.filter(|time| is_plausible(*time)).unwrap_or(now)
}

/// Prose of our own in no more than `most` characters, one line.
pub(super) fn prose(text: &str, most: usize) -> String {
    cut(one_line(text).into(), most).into_owned()
}
