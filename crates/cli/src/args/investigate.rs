//! What `timeline`, `who` and `machine` are asked.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use trailhound_detect::matched::Level;

use super::choice::RuleChoice;
use super::context::ContextChoice;
use super::level::level;
use super::range::Range;
use crate::network::Network;

/// All records of all logs as one list in order of time, findings marked.
///
/// Every record counts, whether a rule reads it or not. What looks like a secret is left out, and what cannot be seen is
/// spelled out. The list is sorted beside memory where it is long: it takes room in the folder for temporary files.
#[derive(Args, Debug)]
#[command(
    after_help = "Names are found whole and in any case: dana finds operations/dana@example.com, and not
danae. Options narrow together: a record has to meet them all.

Exit status:
  0  done
  2  bad usage, a rule file with an error, or an input that could not be read

Examples:
  trailhound timeline --actor dana AWSLogs/ activity/ sysmon/
  trailhound timeline --machine i-0123456789abcdef0 --since 7d logs/
  trailhound timeline --min-level medium logs/                    only what was found
  trailhound timeline --format timesketch logs/ > timeline.csv"
)]
pub(crate) struct Timeline {
    #[command(flatten)]
    pub(crate) reading: RecordsArguments,
    #[command(flatten)]
    pub(crate) keeping: IndexChoice,
    /// Only what this actor did: a name, session, ARN or id
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,
    /// Only what was done to this machine or by it: an id or a host name
    #[arg(long, value_name = "ID")]
    pub(crate) machine: Option<String>,
    /// Only this account, subscription or tenant
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// Only what came from this address or network, as 203.0.113.45 or 203.0.113.0/24
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: Option<Network>,
    /// Only records with a finding at this level or above
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub(crate) min_level: Option<Level>,
    /// What to write
    #[arg(long, value_enum, default_value_t = TimelineFormat::Text)]
    pub(crate) format: TimelineFormat,
}

/// What is read, by all commands that look at every record.
#[derive(Args, Debug)]
pub(crate) struct RecordsArguments {
    /// Files, folders, globs, s3://bucket/prefix, or the https:// address of blobs; - reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    #[command(flatten)]
    pub(crate) rules: RuleChoice,
    #[command(flatten)]
    pub(crate) context: ContextChoice,
    #[command(flatten)]
    pub(crate) range: Range,
    /// Threads to use; 1 reads file after file
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

/// Where what was read is kept.
#[derive(Args, Debug, Default)]
pub(crate) struct IndexChoice {
    /// A file that keeps what was read, so that the next question reads only what is new; made if it is not there
    #[arg(long, value_name = "FILE")]
    pub(crate) index: Option<PathBuf>,
}

/// What `timeline` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TimelineFormat {
    /// For people at a terminal
    Text,
    /// One JSON object a line
    Ndjson,
    /// One row a record, safe to open in a spreadsheet
    Csv,
    /// The CSV that Timesketch imports; records without a time are left out and counted
    Timesketch,
}

/// What one actor did: since when, which machines it reached and how, from where, with which keys and clients.
#[derive(Args, Debug)]
#[command(
    after_help = "A name is found whole and in any case: dana finds operations/dana@example.com, and not
danae. Which actors it found is told first.

Examples:
  trailhound who dana AWSLogs/ activity/
  trailhound who AROAEXAMPLEOPERATIONS:dana@example.com --since 30d AWSLogs/
  trailhound who --format json alice@example.com logs/ | jq .targets"
)]
pub(crate) struct Who {
    /// A name, session, ARN or id
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) reading: RecordsArguments,
    #[command(flatten)]
    pub(crate) keeping: IndexChoice,
    /// What to write
    #[arg(long, value_enum, default_value_t = EntityFormat::Text)]
    pub(crate) format: EntityFormat,
}

/// What was done to one machine and by it: who reached it and how, from where, what ran, since when.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  trailhound machine i-0123456789abcdef0 AWSLogs/ sysmon/
  trailhound machine vm-shop-01 --since 2026-03-01 activity/")]
pub(crate) struct Machine {
    /// An id or a host name
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) reading: RecordsArguments,
    #[command(flatten)]
    pub(crate) keeping: IndexChoice,
    /// What to write
    #[arg(long, value_enum, default_value_t = EntityFormat::Text)]
    pub(crate) format: EntityFormat,
}

/// What else one key, address, user agent or session did: who used it, for what, on which machines, from when to when.
#[derive(Args, Debug)]
#[command(
    after_help = "What is found is whole and in any case: an access key's id, an address, a part of a user agent, a session's
or a command's id, the principal of a session, the fingerprint of an SSH key.

Examples:
  trailhound pivot ASIAIOSFODNN7EXAMPLE AWSLogs/
  trailhound pivot 203.0.113.45 AWSLogs/ activity/
  trailhound pivot kali AWSLogs/"
)]
pub(crate) struct Pivot {
    /// A key, an address, a user agent or a session
    #[arg(value_name = "VALUE")]
    pub(crate) thing: String,
    #[command(flatten)]
    pub(crate) reading: RecordsArguments,
    #[command(flatten)]
    pub(crate) keeping: IndexChoice,
    /// What to write
    #[arg(long, value_enum, default_value_t = EntityFormat::Text)]
    pub(crate) format: EntityFormat,
}

/// What `who`, `machine` and `pivot` write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EntityFormat {
    /// For people at a terminal; of a long list what came most often
    Text,
    /// One JSON object with all of it
    Json,
}
