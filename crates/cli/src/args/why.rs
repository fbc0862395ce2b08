//! What `why` and `try` are asked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use trailhound_detect::matched::Level;

use super::choice::RuleChoice;
use super::level::level;

/// Which rule is looked at, and with what memory.
#[derive(Args, Debug)]
pub(crate) struct LookArguments {
    /// A rule's name, UUID or catalogue number, or a file of rules
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,
    /// What is new is asked of this baseline, to which nothing is added
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: RuleChoice,
}

/// What a rule makes of every record of its logs, clause by clause.
///
/// Tells for each record that the rule's log reads whether it matched, what each clause wanted and what it met, and, of a
/// miss, the fewest clauses that would have to come out the other way. What a finding would hold back is held back here.
/// Of a match it tells what the outcome and the rule's adjustments make of it, and what memory knew. Of a correlation it
/// tells what counts, in which group, and the alerts that come of it.
#[derive(Args, Debug)]
#[command(after_help = "Exit status:
  0  done, whatever matched
  2  no such rule, a rule file with an error, or an input that could not be read

Examples:
  trailhound why aws-ssm-session-tunnel trail.json.gz
  trailhound why --only missed mine/tunnel.yml AWSLogs/          the rules of a file
  jq -c '.Records[]' trail.json | trailhound why AWS-02 -
  trailhound why --baseline usual.baseline AWS-01 today/         what memory knew")]
pub(crate) struct Why {
    #[command(flatten)]
    pub(crate) at: LookArguments,
    /// Files, folders, globs, s3://bucket/prefix, or the https:// address of blobs; an event itself, as JSON or XML; - reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Tell only of these records
    #[arg(long, value_enum)]
    pub(crate) only: Option<Only>,
}

/// One rule against one event, or a few: match or no match, the level, and the sentence that would be told.
///
/// The words are those of `why`, without the clauses: of a miss what would have to differ, of a match what the outcome, the
/// adjustments and memory make of it. A record that the rule does not read, or that cannot be read, is told with its reason.
#[derive(Args, Debug)]
#[command(after_help = "Exit status:
  0  done (match or not, unless --fail-on says otherwise)
  1  the rule told something at or above the level of --fail-on
  2  no such rule, a rule file with an error, or an input that could not be read
  3  a record was rejected, with --strict

Examples:
  trailhound try AWS-02 '{\"eventSource\":\"ssm.amazonaws.com\",\"eventName\":\"StartSession\"}'
  trailhound try mine/tunnel.yml event.json
  jq -c '.Records[3]' trail.json | trailhound try mine/tunnel.yml --fail-on low")]
pub(crate) struct Try {
    #[command(flatten)]
    pub(crate) at: LookArguments,
    /// An event, as JSON or XML, or what holds some, as `scan` takes it; - and nothing at all read standard input
    #[arg(value_name = "EVENT")]
    pub(crate) events: Vec<String>,
    /// Exit with 1 if the rule tells something at or above this level
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub(crate) fail_on: Option<Level>,
    /// Exit with 3 if a record was rejected
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Of which records `why` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// Those that the rule matched
    Matched,
    /// Those that it missed
    Missed,
}
