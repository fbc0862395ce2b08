//! Sigma field names, mapped to where each log's canonical form keeps them.

#[cfg(test)]
mod tests;

use trailhound_sigma::{FieldMap, LogSource, UnknownField, suggest_field};

use super::LogType;
use crate::facts::NAMES;
use crate::logs::{self, SigmaSource};

/// The field maps of every log source we read.
#[derive(Clone, Copy, Debug, Default)]
pub struct FieldMaps;

impl FieldMaps {
    /// Every log source, for people.
    pub fn known() -> String {
        let name = |source: &SigmaSource| {
            let parts = [source.product, source.category, source.service];
            parts.into_iter().flatten().collect::<Vec<_>>().join("/")
        };
        sources().map(|(_, source)| name(source)).collect::<Vec<_>>().join(", ")
    }

    /// Which records a rule with this log source reads; nothing for a log source we do not know.
    pub fn log_types(&self, logsource: &LogSource) -> Option<Vec<LogType>> {
        log_type(logsource).map(|log| vec![log])
    }
}

fn sources() -> impl Iterator<Item = (LogType, &'static SigmaSource)> {
    LogType::ALL.iter().flat_map(|log| logs::of(*log).sources.iter().map(|source| (*log, source)))
}

fn log_type(logsource: &LogSource) -> Option<LogType> {
    let same = |own: &Option<String>, known: Option<&str>| match (own.as_deref(), known) {
        (None, None) => true,
        (Some(own), Some(known)) => own.eq_ignore_ascii_case(known),
        _ => false,
    };
    let found = sources().find(|(_, source)| {
        same(&logsource.product, source.product)
            && same(&logsource.service, source.service)
            && same(&logsource.category, source.category)
    });
    found.map(|(log, _)| log)
}

impl FieldMap for FieldMaps {
    fn resolve(&self, logsource: &LogSource, field: &str) -> Result<Vec<String>, UnknownField> {
        if field.starts_with("n.") {
            return if NAMES.contains(&field) {
                Ok(vec![field.to_owned()])
            } else {
                Err(UnknownField { suggestion: suggest_field(field, NAMES.iter().copied()) })
            };
        }
        let Some(table) = log_type(logsource).and_then(|log| logs::of(log).fields) else {
            return Err(UnknownField { suggestion: None });
        };
        table.resolve(field).ok_or_else(|| UnknownField { suggestion: suggest_field(field, table.names()) })
    }
}
