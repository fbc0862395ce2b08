//! What `search` and `stats` are asked.

use clap::{Args, ValueEnum};

use super::investigate::{RecordsArguments, TimelineFormat};
use crate::query::{Field, Query};

/// The records that say something, whether a rule reads them or not, in order of time and with what was found in them.
///
/// Words are found whole and in any case, in any value of a record. What is told of it passes the gate for secrets.
#[derive(Args, Debug)]
#[command(
    after_help = "All parts of QUERY have to be met. field=value compares whole, in any case; * stands for any text, and
a network holds its addresses. A field is a column of the timeline (actor, action, service, target, source, outcome,
error, account, region, user_agent, key, log), a fact as rules name it (n.actor.mfa), or a path in the record
(requestParameters.instanceType). Quotation marks keep spaces: 'user_agent=\"aws cli*\"'.

Examples:
  trailhound search i-0123456789abcdef0 AWSLogs/ sysmon/
  trailhound search 'dana error=AccessDenied' --since 7d AWSLogs/
  trailhound search 'action=iam:Create* source=203.0.113.0/24' --format csv AWSLogs/ > new.csv
  trailhound search requestParameters.documentName=AWS-RunShellScript AWSLogs/"
)]
pub(crate) struct Search {
    /// Words, and field=value; quote it where it has spaces
    #[arg(value_name = "QUERY")]
    pub(crate) query: Query,
    #[command(flatten)]
    pub(crate) reading: RecordsArguments,
    /// What to write
    #[arg(long, value_enum, default_value_t = TimelineFormat::Text)]
    pub(crate) format: TimelineFormat,
}

/// How often things occur in all records: actions, identities, addresses, clients, error codes, or any field, in time.
#[derive(Args, Debug)]
#[command(after_help = "Fields are those of `search`. What is told of a value passes the gate for secrets.

Examples:
  trailhound stats AWSLogs/                                 what there is
  trailhound stats --by actor,action AWSLogs/               who did what how often
  trailhound stats --by error --every hour AWSLogs/         when what was refused
  trailhound stats --by n.source.country --geo GeoLite2-Country.mmdb activity/
  trailhound stats --only 'service=iam.amazonaws.com' --by action --format csv AWSLogs/ > iam.csv")]
pub(crate) struct Stats {
    #[command(flatten)]
    pub(crate) reading: RecordsArguments,
    /// Fields whose values are counted together; actions, identities and the rest, each by itself, where nothing is said
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    pub(crate) by: Vec<Field>,
    /// Count by the hour or day too, in UTC
    #[arg(long, value_enum)]
    pub(crate) every: Option<Every>,
    /// Only records that meet this, as `search` takes it
    #[arg(long, value_name = "QUERY")]
    pub(crate) only: Option<Query>,
    /// Rows at a terminal
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) top: usize,
    /// What to write
    #[arg(long, value_enum, default_value_t = StatsFormat::Text)]
    pub(crate) format: StatsFormat,
}

/// How long the parts are that time is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Every {
    Minute,
    Hour,
    Day,
}

/// What `stats` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatsFormat {
    /// For people at a terminal; of a long list what came most often
    Text,
    /// One JSON object a line
    Ndjson,
    /// One row a value, safe to open in a spreadsheet
    Csv,
}
