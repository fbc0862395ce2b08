//! What `rules new` is asked.

use std::path::PathBuf;

use clap::Args;
use trailhound_detect::matched::Level;

use super::level::level;

/// Write a rule and its tests to begin with, out of a sample or the name of an operation.
///
/// The rule asks for what was done and for nothing else; the tests are an event that matches, one of each other operation,
/// a refused call and a record cut off, and pass as they are written. At a terminal it asks for what was not said. A file
/// that is there is never written over.
#[derive(Args, Debug)]
#[command(after_help = "Exit status:
  0  both files are written
  2  something was not understood, or a file is there already

Examples:
  trailhound rules new mine --sample event.json
  trailhound rules new mine --sample trail.json.gz --event ssm:StartSession
  trailhound rules new mine --log aws/cloudtrail --event kms:ScheduleKeyDeletion --level high
  trailhound rules new mine                                        asks")]
pub(crate) struct New {
    /// The folder to write to; made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// A record of what the rule is to be about, in any form that `scan` reads; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) sample: Option<PathBuf>,
    /// The operation, as ssm:StartSession; with a sample, which of its records is meant
    #[arg(long, value_name = "NAME")]
    pub(crate) event: Option<String>,
    /// The log that has the operation, as aws/cloudtrail
    #[arg(long, value_name = "LOG", conflicts_with = "sample")]
    pub(crate) log: Option<String>,
    /// The rule's name, which its files have too [default: what was done]
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) name: Option<String>,
    /// Its title [default: what was done]
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Its level
    #[arg(long, value_name = "LEVEL", value_parser = level, default_value = "medium")]
    pub(crate) level: Level,
}

/// A name that can be a file's.
fn name(text: &str) -> Result<String, String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let is_name = text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(is_part);
    is_name.then(|| text.to_owned()).ok_or_else(|| "write letters, digits, - and _".to_owned())
}
