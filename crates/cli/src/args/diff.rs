//! What `rules diff` is asked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What differs between two folders or files of rules, and which events are told otherwise.
///
/// Rules are the same where their names are. Told is which were added and removed, what changed in which key, and which
/// tests; then every event of either side's tests that one side's rules tell otherwise than the other's.
#[derive(Args, Debug)]
#[command(after_help = "Exit status:
  0  done (whatever differs, unless --fail-on-change says otherwise)
  1  something differs, with --fail-on-change
  2  bad usage, or a rule or tests file with an error

Examples:
  trailhound rules diff before/ mine/
  git worktree add /tmp/main main && trailhound rules diff /tmp/main/rules rules/
  trailhound rules diff --format json before/ mine/ | jq .verdicts")]
pub(crate) struct Diff {
    /// A folder or file of Sigma rules, and the tests beside them
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The same after a change
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// What placeholders in rules stand for, as YAML, on both sides
    #[arg(long, value_name = "FILE")]
    pub(crate) placeholders: Vec<PathBuf>,
    /// What to write
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(crate) format: DiffFormat,
    /// Exit with 1 if anything differs
    #[arg(long)]
    pub(crate) fail_on_change: bool,
}

/// What `rules diff` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people
    Text,
    /// One JSON object
    Json,
}
