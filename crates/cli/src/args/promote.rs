//! What `rules promote` is asked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::choice::RuleChoice;

/// What rules in shadow found, and the change that lets one alert.
///
/// Reads what the functions parked under `shadow/` beside rejects, there or in a folder that was copied from there, or what
/// `scan --shadow FILE` wrote: how much each rule found on which days, at which levels, what people thought of it where
/// they marked findings in a report, which rules that alert tell the same events, and what it costs once it alerts.
#[derive(Args, Debug)]
#[command(after_help = "Exit status:
  0  done
  2  bad usage, records that cannot be read, or a rule that cannot be promoted

Examples:
  trailhound rules promote --rules mine/ s3://trail-rejects/rejects/shadow/2026/ (feature aws)
  trailhound rules promote --rules mine/ shadow/                                 all rules in shadow
  trailhound rules promote --rules mine/ --rule my-rule --triage triage.json shadow/
  trailhound rules promote --rules mine/ --rule my-rule --go shadow/             and write the change")]
pub(crate) struct Promote {
    /// Folders or files of parked findings: *.ndjson, *.ndjson.gz; s3://bucket/prefix (feature aws), or the https:// address of blobs (feature azure)
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Only this rule: name, UUID or catalogue number
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: Option<String>,
    #[command(flatten)]
    pub(crate) rules: RuleChoice,
    /// What people thought of findings, as a report's page saved it
    #[arg(long, value_name = "FILE")]
    pub(crate) triage: Option<PathBuf>,
    /// What to write
    #[arg(long, value_enum, default_value_t = PromoteFormat::Text)]
    pub(crate) format: PromoteFormat,
    /// Take `shadow: true` out of the rule's file
    #[arg(long, requires = "rule")]
    pub(crate) go: bool,
}

/// What `rules promote` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PromoteFormat {
    /// For people
    Text,
    /// One JSON object
    Json,
}
