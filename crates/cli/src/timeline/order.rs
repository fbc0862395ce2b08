//! Records and what was found in them, in order of time.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ordered::Weighed;
use crate::records::{Entry, ListedFinding};
use crate::shown::Shown;

/// What a record takes beside its texts.
const RECORD_BYTES: usize = 400;

/// A record, or what was found in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Line {
    Record(Box<Entry>),
    Mark(Mark),
}

/// What was found in the record of this time, place and action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) time: Option<Timestamp>,
    pub(super) origin: String,
    pub(super) action: String,
    pub(super) rule: String,
    pub(super) level: String,
}

impl Mark {
    pub(super) fn of(found: ListedFinding, shown: &mut Shown) -> Self {
        Self {
            time: found.facts.time,
            origin: shown.origin(&found.origin),
            action: shown.of(&found.facts.action.key),
            rule: found.rule,
            level: found.level,
        }
    }

    /// Is it about this record?
    pub(super) fn is_of(&self, record: &Entry) -> bool {
        (self.time, &self.origin, &self.action) == (record.time, &record.origin, &record.action)
    }
}

impl Line {
    /// Time, place and action, by which a mark comes to its record.
    fn place(&self) -> (Option<Timestamp>, &str, &str) {
        match self {
            Self::Record(record) => (record.time, &record.origin, &record.action),
            Self::Mark(mark) => (mark.time, &mark.origin, &mark.action),
        }
    }
}

impl Weighed for Line {
    fn size(&self) -> usize {
        let Self::Record(record) = self else { return RECORD_BYTES };
        let texts = [
            &record.actor,
            &record.action,
            &record.source,
            &record.user_agent,
            &record.what,
            &record.origin,
            &record.behind,
        ];
        let texts: usize = texts.iter().map(|text| text.len()).sum();
        let targets: usize = record.targets.iter().map(|target| target.len() + size_of::<String>()).sum();
        RECORD_BYTES + texts + targets
    }
}

impl PartialOrd for Line {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By time, what has none last; then as records stand in their files, each before its marks.
impl Ord for Line {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((time, origin, action), (other_time, other_origin, other_action)) =
            (self.place(), other.place());
        let kind = |line: &Self| matches!(line, Self::Mark(_));
        let rule = |line: &Self| match line {
            Self::Mark(mark) => mark.rule.clone(),
            Self::Record(_) => String::new(),
        };
        (time.is_none(), time)
            .cmp(&(other_time.is_none(), other_time))
            .then_with(|| numbered(origin).cmp(&numbered(other_origin)))
            .then_with(|| action.cmp(other_action))
            .then_with(|| kind(self).cmp(&kind(other)))
            .then_with(|| rule(self).cmp(&rule(other)))
    }
}

/// A file, and the number of a record or line in it.
fn numbered(origin: &str) -> (&str, u64) {
    let apart = origin.rsplit_once(['#', ':']);
    apart.and_then(|(file, number)| Some((file, number.parse().ok()?))).unwrap_or((origin, 0))
}
