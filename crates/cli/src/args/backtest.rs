//! What `backtest` is asked.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::range::Range;

/// What a change of rules does to history: the findings with these rules beside those without them.
///
/// History is read once, through both sets of rules. A finding is the same where rule and event are: what only the new
/// set finds is added, what only the old one finds is gone, and of the others some have another level.
#[derive(Args, Debug)]
#[command(after_help = "Exit status:
  0  done (whatever differs, unless --fail-on-change says otherwise)
  1  something differs, with --fail-on-change
  2  bad usage, a rule file with an error, or an input that could not be read

Examples:
  trailhound backtest mine/ AWSLogs/                         with mine/ beside the shipped rules alone
  trailhound backtest mine/ --against before/ AWSLogs/       mine/ beside before/, each added to the shipped rules
  trailhound backtest mine/ --only-rules AWSLogs/            what mine/ would find by itself
  trailhound backtest mine/ --against-revision main --only-rules AWSLogs/   as it is, beside as main has it
  trailhound backtest mine/ --suppressions ours.yml --baseline usual.baseline --volume last-month/
  trailhound backtest mine/ --against ours/ --parts s3://rejects/inventory/parts/march/    what a function gathered
  trailhound backtest mine/ --format markdown --fail-on-change last-month/ > comment.md")]
pub(crate) struct Backtest {
    /// A folder or file of Sigma rules, added to the shipped ones
    #[arg(value_name = "RULES")]
    pub(crate) rules: PathBuf,
    /// Files, folders, globs, s3://bucket/prefix, or the https:// address of blobs; - reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// Compare with these rules, added to the shipped ones too; else with the shipped ones alone
    #[arg(long, value_name = "DIR")]
    pub(crate) against: Vec<PathBuf>,
    /// Compare with RULES as this revision of git has them: a branch, a tag or a commit
    #[arg(long, value_name = "REV", conflicts_with = "against")]
    pub(crate) against_revision: Option<String>,
    /// Leave the shipped rules out on both sides
    #[arg(long)]
    pub(crate) only_rules: bool,
    /// What placeholders in rules stand for, as YAML, on both sides
    #[arg(long, value_name = "FILE")]
    pub(crate) placeholders: Vec<PathBuf>,
    /// What is new is asked of this baseline on both sides; nothing is added to it
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Tell what these suppressions would have kept back of what RULES find
    #[arg(long, value_name = "FILE")]
    pub(crate) suppressions: Option<PathBuf>,
    /// PATH are parts that a function made of an inventory by these rules, and the same is told as of the objects themselves
    #[arg(long, conflicts_with = "volume")]
    pub(crate) parts: bool,
    /// Tell how much of each log there is, and of which RULES read and match how much; reads every record in full
    #[arg(long)]
    pub(crate) volume: bool,
    /// What to write
    #[arg(long, value_enum, default_value_t = BacktestFormat::Text)]
    pub(crate) format: BacktestFormat,
    /// Exit with 1 if anything differs
    #[arg(long)]
    pub(crate) fail_on_change: bool,
    #[command(flatten)]
    pub(crate) range: Range,
    /// Threads to use; 1 reads file after file
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

/// What `backtest` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BacktestFormat {
    /// For people at a terminal
    Text,
    /// One JSON object
    Json,
    /// For a pull request
    Markdown,
    /// JUnit XML: a rule is a test, which fails where its findings differ
    Junit,
}
