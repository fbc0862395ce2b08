//! What `why` is asked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::choice::RuleChoice;

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
  trailhound try AWS-02 '{\"eventSource\":\"ssm.amazonaws.com\",\"eventName\":\"StartSession\"}'
  jq -c '.Records[]' trail.json | trailhound why AWS-02 -
  trailhound why --baseline usual.baseline AWS-01 today/         what memory knew")]
pub(crate) struct Why {
    /// A rule's name, UUID or catalogue number, or a file of rules
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,
    /// Files, folders, globs, or s3://bucket/prefix; an event itself, as JSON or XML; - reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Tell only of these records
    #[arg(long, value_enum)]
    pub(crate) only: Option<Only>,
    /// What is new is asked of this baseline, to which nothing is added
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: RuleChoice,
}

/// Of which records `why` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// Those that the rule matched
    Matched,
    /// Those that it missed
    Missed,
}
