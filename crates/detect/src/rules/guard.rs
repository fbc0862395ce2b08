//! Conditions of the `trailhound:` mapping, in Sigma's own words.

use trailhound_sigma::yaml::Yaml;
use trailhound_sigma::{CompiledSelection, Diagnostics, FieldMap, LogSource, Report, Search};

use crate::event::Event;

/// A Sigma selection that stands by itself.
#[derive(Debug)]
pub struct Guard {
    /// As written.
    pub search: Search,
    compiled: CompiledSelection,
}

impl Guard {
    /// Makes a selection ready for events of a log source.
    pub fn new(
        search: Search,
        file: &str,
        source: &LogSource,
        fields: &dyn FieldMap,
    ) -> Result<Self, Diagnostics> {
        let compiled = CompiledSelection::from_search(&search, file, source, fields)?;
        Ok(Self { search, compiled })
    }

    pub(super) fn read(
        node: &Yaml,
        source: &LogSource,
        fields: &dyn FieldMap,
        report: &mut Report,
    ) -> Option<Self> {
        Search::read(node, report.file())
            .and_then(|search| Self::new(search, report.file(), source, fields))
            .map_err(|wrong| report.merge(wrong))
            .ok()
    }

    /// Does it match?
    pub fn matches(&self, event: &Event<'_>) -> bool {
        self.compiled.matches(event)
    }
}

/// Does what is asked for hold, and nothing that is excepted?
pub(super) fn holds(when: Option<&Guard>, unless: Option<&Guard>, event: &Event<'_>) -> bool {
    when.is_none_or(|when| when.matches(event)) && !unless.is_some_and(|unless| unless.matches(event))
}
