//! Sigma documents: detection rules, correlations and filters, read strictly.
//!
//! The specification lets documents have keys of their own; those are taken with a warning, since one may be a slip of
//! the pen. Files may hold several documents; `action` collections, which Sigma 2 dropped, are refused.

mod parse;
#[cfg(test)]
mod tests;

pub(crate) use parse::{LOG_SOURCE_KEYS, SHARED_KEYS};
pub use parse::{ParseOptions, SigmaDocument, parse};

use crate::detection::Detection;
use crate::diagnostic::Diagnostic;
use crate::level::Level;
use crate::yaml::Yaml;

/// Where the events of a rule come from.
///
/// ```
/// use trailhound_sigma::LogSource;
///
/// let windows = LogSource::new(Some("windows"), None, None);
/// assert!(windows.covers(&LogSource::new(Some("Windows"), Some("process_creation"), None)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LogSource {
    /// A kind of event, such as `process_creation`.
    pub category: Option<String>,
    /// A product, such as `aws`.
    pub product: Option<String>,
    /// A part of a product's logs, such as `cloudtrail`.
    pub service: Option<String>,
    /// What has to be switched on for the events to be there.
    pub definition: Option<String>,
}

impl LogSource {
    /// A source by the parts that rules name.
    pub fn new(product: Option<&str>, category: Option<&str>, service: Option<&str>) -> Self {
        let [product, category, service] = [product, category, service].map(|part| part.map(str::to_owned));
        Self { product, category, service, definition: None }
    }

    /// Does everything that `self` names stand in `other` too?
    pub fn covers(&self, other: &Self) -> bool {
        let covers = |own: &Option<String>, other: &Option<String>| match (own, other) {
            (None, _) => true,
            (Some(own), Some(other)) => own.eq_ignore_ascii_case(other),
            (Some(_), None) => false,
        };
        covers(&self.category, &other.category)
            && covers(&self.product, &other.product)
            && covers(&self.service, &other.service)
    }
}

/// How far a rule has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the specification's words")]
#[non_exhaustive]
pub enum Status {
    Stable,
    Test,
    Experimental,
    Deprecated,
    Unsupported,
}

impl Status {
    pub(crate) const ALL: [(&'static str, Self); 5] = [
        ("stable", Self::Stable),
        ("test", Self::Test),
        ("experimental", Self::Experimental),
        ("deprecated", Self::Deprecated),
        ("unsupported", Self::Unsupported),
    ];

    /// As rules write it.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, status)| *status == self).map_or("", |(name, _)| name)
    }
}

/// What every kind of document says about itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Metadata {
    /// The file it was read from.
    pub file: String,
    /// The line it starts on.
    pub line: usize,
    /// A short name for people.
    pub title: String,
    /// Usually a UUID.
    pub id: Option<String>,
    /// A short name for other documents to refer to.
    pub name: Option<String>,
    /// How far it has come.
    pub status: Option<Status>,
    /// What it finds.
    pub description: Option<String>,
    /// Where that is described.
    pub references: Vec<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was written.
    pub date: Option<String>,
    /// When it was last changed.
    pub modified: Option<String>,
    /// ATT&CK techniques and other tags.
    pub tags: Vec<String>,
    /// How bad a match is.
    pub level: Option<Level>,
    /// What else may look like this.
    pub falsepositives: Vec<String>,
    /// Fields an analyst wants to see.
    pub fields: Vec<String>,
    /// The namespaced keys that the caller asked for, as they stand in the file.
    pub extensions: Vec<(String, Yaml)>,
    /// Further names and ids that other documents may call it by; empty as read.
    pub aliases: Vec<String>,
    /// What made the reader wonder.
    pub warnings: Vec<Diagnostic>,
}

impl Metadata {
    /// One of the caller's namespaced keys.
    pub fn extension(&self, key: &str) -> Option<&Yaml> {
        self.extensions.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// Is this what `reference` names? Names are compared as written, ids without case.
    pub fn is_named(&self, reference: &str) -> bool {
        self.name.as_deref() == Some(reference)
            || self.id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(reference))
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(reference))
    }
}

/// A detection rule.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// What it says about itself.
    pub meta: Metadata,
    /// Where its events come from.
    pub logsource: LogSource,
    /// What it looks for.
    pub detection: Detection,
}

impl Rule {
    /// How bad a match is; `medium` when the rule does not say.
    pub fn level(&self) -> Level {
        self.meta.level.unwrap_or(Level::Medium)
    }

    /// Is this the rule that `reference` names, by id or name?
    pub fn is_named(&self, reference: &str) -> bool {
        self.meta.is_named(reference)
    }
}
