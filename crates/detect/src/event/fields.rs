//! Sigma field names, mapped to where each log's canonical form keeps them.
//!
//! Declared as data, one table a log beside this file: a name, a tab, paths in order of preference. `=` is the name
//! itself; `name.*` passes whatever follows on. What no table row covers is unknown, which is an error at load.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use trailhound_sigma::{FieldMap, LogSource, UnknownField, suggest_field};

use super::LogType;
use super::facts::NAMES;
use super::view::HASHES;

/// A log source that rules may name: product, service, category; the log type; its table.
type Source = (Option<&'static str>, Option<&'static str>, Option<&'static str>, LogType);

const SOURCES: &[Source] = &[
    (Some("aws"), Some("cloudtrail"), None, LogType::CloudTrail),
    (Some("azure"), Some("activitylogs"), None, LogType::AzureActivity),
    (Some("azure"), Some("signinlogs"), None, LogType::EntraSignIn),
    (Some("azure"), Some("auditlogs"), None, LogType::EntraAudit),
    (Some("azure"), Some("riskdetection"), None, LogType::EntraRisk),
    (Some("azure"), Some("bastionauditlogs"), None, LogType::BastionAudit),
    (Some("windows"), None, Some("process_creation"), LogType::ProcessCreation),
    (Some("linux"), None, Some("process_creation"), LogType::ProcessCreation),
    (Some("macos"), None, Some("process_creation"), LogType::ProcessCreation),
    (None, None, Some("process_creation"), LogType::ProcessCreation),
    (Some("gcp"), Some("gcp.audit"), None, LogType::GcpAudit),
];

/// The field maps of every log source we read.
#[derive(Clone, Copy, Debug, Default)]
pub struct FieldMaps;

impl FieldMaps {
    /// Every log source, for people.
    pub fn known() -> String {
        let name = |(product, service, category, _): &Source| {
            [*product, *category, *service].into_iter().flatten().collect::<Vec<_>>().join("/")
        };
        SOURCES.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    /// Which records a rule with this log source reads; nothing for a log source we do not know.
    pub fn log_types(&self, logsource: &LogSource) -> Option<Vec<LogType>> {
        log_type(logsource).map(|log| vec![log])
    }
}

fn log_type(logsource: &LogSource) -> Option<LogType> {
    let same = |own: &Option<String>, known: Option<&str>| match (own.as_deref(), known) {
        (None, None) => true,
        (Some(own), Some(known)) => own.eq_ignore_ascii_case(known),
        _ => false,
    };
    let found = SOURCES.iter().find(|(product, service, category, _)| {
        same(&logsource.product, *product)
            && same(&logsource.service, *service)
            && same(&logsource.category, *category)
    });
    found.map(|(.., log)| *log)
}

impl FieldMap for FieldMaps {
    fn resolve(&self, logsource: &LogSource, field: &str) -> Result<Vec<String>, UnknownField> {
        if field.starts_with("n.") {
            let mut names = NAMES.iter().chain(HASHES).copied();
            return if names.any(|name| name == field) {
                Ok(vec![field.to_owned()])
            } else {
                Err(UnknownField { suggestion: suggest_field(field, NAMES.iter().chain(HASHES).copied()) })
            };
        }
        let Some(table) = log_type(logsource).and_then(table) else {
            return Err(UnknownField { suggestion: None });
        };
        table.resolve(field).ok_or_else(|| UnknownField { suggestion: suggest_field(field, table.names()) })
    }
}

/// The rows of one table.
#[derive(Debug)]
struct Table {
    /// By lower-case name.
    names: BTreeMap<String, Row>,
    /// Lower-case prefix with its dot, and what stands in its place.
    prefixes: Vec<(String, Row)>,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    paths: Vec<&'static str>,
}

impl Table {
    fn parse(text: &'static str) -> Self {
        let mut table = Self { names: BTreeMap::new(), prefixes: Vec::new() };
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (name, paths) = line.split_once('\t').unwrap_or((line, "="));
            let paths = paths.split_whitespace().collect();
            if let Some(prefix) = name.strip_suffix('*') {
                table.prefixes.push((prefix.to_ascii_lowercase(), Row { name: prefix, paths }));
            } else {
                table.names.insert(name.to_ascii_lowercase(), Row { name, paths });
            }
        }
        table
    }

    fn resolve(&self, field: &str) -> Option<Vec<String>> {
        let lower = field.to_ascii_lowercase();
        if let Some(row) = self.names.get(&lower) {
            let path = |path: &&str| if *path == "=" { row.name } else { *path }.to_owned();
            return Some(row.paths.iter().map(path).collect());
        }
        let (prefix, row) = self.prefixes.iter().find(|(prefix, _)| lower.starts_with(prefix.as_str()))?;
        // Both differ in case at most, so the cut is on a character's border.
        let rest = field.get(prefix.len()..).filter(|rest| !rest.is_empty())?;
        let path = |path: &&str| {
            let head = if *path == "=" { row.name } else { path.trim_end_matches('*') };
            format!("{head}{rest}")
        };
        Some(row.paths.iter().map(path).collect())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.names.values().map(|row| row.name)
    }
}

fn table(log: LogType) -> Option<&'static Table> {
    macro_rules! embed {
        ($file:literal) => {{
            static TABLE: OnceLock<Table> = OnceLock::new();
            Some(TABLE.get_or_init(|| Table::parse(include_str!(concat!("fields/", $file)))))
        }};
    }
    match log {
        LogType::CloudTrail => embed!("cloudtrail.tsv"),
        LogType::AzureActivity => embed!("activity.tsv"),
        LogType::EntraSignIn => embed!("signin.tsv"),
        LogType::EntraAudit => embed!("audit.tsv"),
        LogType::EntraRisk => embed!("risk.tsv"),
        LogType::BastionAudit => embed!("bastion.tsv"),
        LogType::ProcessCreation => embed!("process.tsv"),
        LogType::GcpAudit => embed!("gcp.tsv"),
        _ => None,
    }
}
