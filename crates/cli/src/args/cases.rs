//! What `cases` is asked.

use clap::{Args, ValueEnum};
use trailhound_detect::matched::Level;

use super::investigate::RecordsArguments;
use super::level::level;

/// Findings that belong together, as one story each: who did what to which machine, in order, how grave that is and why,
/// what is not known, and what to do next.
///
/// Joined by what the logs themselves make: whom a session comes from through all its hand-outs, keys, events, sessions and
/// commands on a machine, identities that were made or given rights and then act; an address where few use it.
#[derive(Args, Debug)]
#[command(after_help = "Exit status:
  0  done
  2  bad usage, a rule file with an error, or an input that could not be read

Examples:
  trailhound cases AWSLogs/ activity/ sysmon/
  trailhound cases --since 7d --min-level high logs/
  trailhound cases --format markdown logs/ > cases.md
  trailhound cases --format ndjson logs/ | jq -r .headline")]
pub(crate) struct Cases {
    #[command(flatten)]
    pub(crate) reading: RecordsArguments,
    /// Only cases at this level or above; others are counted
    #[arg(long, value_name = "LEVEL", value_parser = level, default_value = "medium")]
    pub(crate) min_level: Level,
    /// What to write
    #[arg(long, value_enum, default_value_t = CasesFormat::Text)]
    pub(crate) format: CasesFormat,
}

/// What `cases` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CasesFormat {
    /// For people at a terminal; of a long story its beginning
    Text,
    /// One JSON object a case, with all of it
    Ndjson,
    /// A page for a ticket or a report
    Markdown,
}
