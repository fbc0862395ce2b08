//! What was named of one cloud.

/// Its things, by name or address.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) table: Option<&'a str>,
    pub(super) topic: Option<&'a str>,
    pub(super) trail: Option<&'a str>,
}

impl Asked<'_> {
    pub(super) fn is_something(&self) -> bool {
        self.table.or(self.topic).or(self.trail).is_some()
    }
}
