//! A file that was given, and what may be wrong with it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::facts::Consulted;

/// A file that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{place}: {problem}; {remedy}")]
pub struct ContextError {
    /// The file.
    pub file: String,
    /// `:3` for a line, `#3` for an entry, empty for all of it.
    pub place: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

/// A file that was given: its name, when it was made, and what it holds.
#[derive(Clone, Copy, Debug)]
pub struct Given<'f> {
    /// How it was named.
    pub name: &'f str,
    /// When it was last written.
    pub date: Option<Timestamp>,
    /// What it holds.
    pub bytes: &'f [u8],
}

impl Given<'_> {
    pub(super) fn wrong(
        &self,
        place: &str,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> ContextError {
        let (file, place) = (self.name.to_owned(), place.to_owned());
        ContextError { file, place, problem: problem.into(), remedy: remedy.into() }
    }

    /// The file without its folder, and its date.
    pub(super) fn consulted(&self) -> Arc<Consulted> {
        let name = self.name.rsplit(['/', '\\']).next().unwrap_or(self.name);
        Arc::new(Consulted { name: name.to_owned(), date: self.date })
    }
}
