//! How often something was seen, and from when to when.

use jiff::Timestamp;

/// How often, and from when to when as far as records say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Occurrences {
    pub(crate) records: u64,
    pub(crate) span: Option<(Timestamp, Timestamp)>,
}

impl Occurrences {
    /// A record.
    pub(crate) fn once(at: Option<Timestamp>) -> Self {
        Self { records: 1, span: at.map(|at| (at, at)) }
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.records += more.records;
        self.span = match (self.span, more.span) {
            (Some((first, last)), Some((begin, end))) => Some((first.min(begin), last.max(end))),
            (own, other) => own.or(other),
        };
    }
}
