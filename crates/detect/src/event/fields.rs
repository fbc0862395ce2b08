//! Sigma's log sources to the logs we read, and its field names to where each log's canonical form keeps them.

#[cfg(test)]
mod tests;

use trailhound_sigma::diagnostic::nearest;
use trailhound_sigma::{FieldMap, LogSource, UnknownField, suggest_field};

use super::{Event, LogType};
use crate::facts::{NAMES, closed};
use crate::logs::{self, SigmaSource};

/// The field maps of every log source we read.
#[derive(Clone, Copy, Debug, Default)]
pub struct FieldMaps;

/// What a rule's log source stands for.
#[derive(Clone, Debug)]
pub(crate) struct Reads(Vec<(LogType, &'static SigmaSource)>);

/// A log source that stands for nothing we read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Most likely a slip of the pen for this one.
    Slip(String),
    /// Another log.
    Beyond,
}

impl Reads {
    /// The kinds of records.
    pub(crate) fn logs(&self) -> Vec<LogType> {
        let mut logs: Vec<LogType> = self.0.iter().map(|(log, _)| *log).collect();
        logs.dedup();
        logs
    }

    /// Is an event of the log source?
    pub(crate) fn meets(&self, event: &Event<'_>) -> bool {
        self.0
            .iter()
            .any(|(log, source)| *log == event.log() && (logs::of(*log).meets)(source, event.document()))
    }

    pub(crate) fn sources(&self) -> &[(LogType, &'static SigmaSource)] {
        &self.0
    }

    /// The one `EventID` that is read, where the log has others.
    pub(crate) fn only_event(&self) -> Option<&'static str> {
        match self.0.as_slice() {
            [(_, source)] => source.event,
            _ => None,
        }
    }
}

impl FieldMaps {
    /// Every log source, for people.
    pub fn known() -> String {
        sources().map(|(_, source)| name(source)).collect::<Vec<_>>().join(", ")
    }

    /// What a rule with this log source reads.
    ///
    /// A source that leaves parts out stands for every source that has the parts it names; `linux` alone does not stand
    /// for the logs that are read of one event only.
    pub(crate) fn reads(logsource: &LogSource) -> Result<Reads, Unread> {
        let wanted = parts(logsource);
        let found: Vec<_> = sources().filter(|(_, source)| is_named(&wanted, source)).collect();
        if let Some(exact) = found.iter().find(|(_, source)| {
            wanted.map(|part| part.is_some()) == source.parts().map(|part| part.is_some())
        }) {
            return Ok(Reads(vec![*exact]));
        }
        let whole: Vec<_> = found.iter().copied().filter(|(_, source)| source.event.is_none()).collect();
        match (whole.is_empty(), found.is_empty()) {
            (false, _) => Ok(Reads(whole)),
            (true, false) => Ok(Reads(found)),
            (true, true) => Err(slip(&wanted).map_or(Unread::Beyond, Unread::Slip)),
        }
    }

    /// Names that a rule with this log source may use: facts first, then the fields of its logs.
    pub fn names(&self, logsource: &LogSource) -> Vec<&'static str> {
        let Reads(sources) = FieldMaps::reads(logsource).unwrap_or(Reads(Vec::new()));
        let mut names: Vec<&'static str> = NAMES.to_vec();
        for (log, source) in sources {
            names.extend(source.renamed.iter().map(|(own, _)| *own));
            names.extend(logs::of(log).fields.into_iter().flat_map(|table| table.names()));
        }
        let mut known = std::collections::HashSet::new();
        names.retain(|name| known.insert(*name));
        names
    }

    /// Which records a rule with this log source reads; nothing for a log source we do not know.
    pub fn log_types(&self, logsource: &LogSource) -> Option<Vec<LogType>> {
        FieldMaps::reads(logsource).ok().map(|reads| reads.logs())
    }
}

/// A path without the places in lists: `a[0].b` and `a{}.b` are `a.b`.
fn through_lists(field: &str) -> String {
    let parts = field.split(['[', '{']).enumerate().map(|(at, part)| {
        if at == 0 { part } else { part.split_once([']', '}']).map_or("", |(_, rest)| rest) }
    });
    parts.collect()
}

fn sources() -> impl Iterator<Item = (LogType, &'static SigmaSource)> {
    LogType::ALL.iter().flat_map(|log| logs::of(*log).sources.iter().map(|source| (*log, source)))
}

fn name(source: &SigmaSource) -> String {
    source.parts().into_iter().flatten().collect::<Vec<_>>().join("/")
}

fn parts(logsource: &LogSource) -> [Option<&str>; 3] {
    [logsource.product.as_deref(), logsource.category.as_deref(), logsource.service.as_deref()]
}

/// Has a source every part that is wanted?
fn is_named(wanted: &[Option<&str>; 3], source: &SigmaSource) -> bool {
    wanted.iter().zip(source.parts()).all(|(wanted, known)| match (wanted, known) {
        (None, _) => true,
        (Some(wanted), Some(known)) => wanted.eq_ignore_ascii_case(known),
        (Some(_), None) => false,
    })
}

/// Names of Sigma's own for other logs, however near they are to one of ours.
const OTHERS: [&str; 3] = ["syslog", "auditd", "system"];

/// The source that has all parts but one, which it has nearly.
fn slip(wanted: &[Option<&str>; 3]) -> Option<String> {
    if wanted.iter().flatten().any(|part| OTHERS.iter().any(|other| part.eq_ignore_ascii_case(other))) {
        return None;
    }
    let is_slip = |source: &SigmaSource| {
        let pairs = wanted.iter().zip(source.parts()).filter_map(|(wanted, known)| Some(((*wanted)?, known)));
        let other: Vec<_> = pairs
            .filter(|(wanted, known)| known.is_none_or(|known| !wanted.eq_ignore_ascii_case(known)))
            .collect();
        matches!(other.as_slice(), [(wanted, Some(known))] if nearest(wanted, [*known]).is_some())
    };
    sources().find(|(_, source)| is_slip(source)).map(|(_, source)| name(source))
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
        let Ok(Reads(sources)) = FieldMaps::reads(logsource) else {
            return Err(UnknownField { suggestion: None });
        };
        // Other tools' ways to a list's members; here a path goes through lists by itself.
        if field.contains(['[', '{']) {
            return Err(UnknownField { suggestion: Some(through_lists(field)) });
        }
        // Of several logs one may lack the field; then the rule matches none of its records.
        let (mut paths, mut suggestion) = (Vec::new(), None);
        for (log, source) in sources {
            let Some(table) = logs::of(log).fields else { continue };
            let own = source.renamed.iter().find(|(own, _)| own.eq_ignore_ascii_case(field));
            match table.resolve(own.map_or(field, |(_, of_table)| *of_table)) {
                Some(found) => {
                    paths.extend(found.into_iter().filter(|path| !paths.contains(path)).collect::<Vec<_>>());
                }
                None => suggestion = suggestion.or_else(|| suggest_field(field, table.names())),
            }
        }
        if paths.is_empty() { Err(UnknownField { suggestion }) } else { Ok(paths) }
    }

    fn closed(&self, logsource: &LogSource, field: &str) -> Option<Vec<String>> {
        if let Some(words) = closed(field) {
            return Some(words);
        }
        let Reads(sources) = FieldMaps::reads(logsource).ok()?;
        let [(log, source)] = sources.as_slice() else { return None };
        if field.eq_ignore_ascii_case("EventID")
            && let Some(event) = source.event
        {
            return Some(vec![event.to_owned()]);
        }
        let table = logs::of(*log).fields?;
        Some(table.closed(field)?.iter().map(|word| (*word).to_owned()).collect())
    }
}
