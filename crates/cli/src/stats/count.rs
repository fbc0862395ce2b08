//! What is counted: how often values occur together, and from when to when.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// A part of time, and the values of the fields in it.
pub(super) type Values = (Option<String>, Vec<String>);

/// How often, and from when to when.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    pub(super) records: u64,
    pub(super) span: Option<(Timestamp, Timestamp)>,
}

/// Some fields whose values are counted together.
pub(super) struct ValueTable {
    pub(super) fields: Vec<usize>,
    pub(super) rows: BTreeMap<Values, Count>,
}

impl Count {
    pub(super) fn add(&mut self, at: Option<Timestamp>) {
        self.records += 1;
        if let Some(at) = at {
            let (first, last) = self.span.unwrap_or((at, at));
            self.span = Some((first.min(at), last.max(at)));
        }
    }
}
