//! What `replay` is asked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use trailhound_detect::matched::Level;

use super::choice::RuleChoice;
use super::level::level;
use super::range::Range;

/// What was parked, missed or archived, evaluated again with the rules in force: what would be published, what was before,
/// what is kept back, and what still cannot be read.
///
/// Rejects are read as the functions park them, body by body; everything else as `scan` reads it: AWSLogs prefixes, Activity
/// Log archives (PT1H.json), deliveries of any form. Nothing is published and nothing is written.
#[derive(Args, Debug)]
#[command(after_help = "Exit status:
  0  everything could be read and evaluated
  1  something still cannot be read
  2  bad usage, an input that could not be opened, or a rule file with an error
  130  ended by Ctrl-C

Examples:
  aws s3 sync s3://trail-rejects/rejects/ rejects/ --exclude 'shadow/*'
  trailhound replay rejects/
  trailhound replay --published archive/ --since 7d rejects/        what an archive of findings has is no news
  trailhound replay --rules mine/ s3://trail/AWSLogs/111122223333/   (feature aws)")]
pub(crate) struct Replay {
    /// Files, folders, globs, or s3://bucket/prefix
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    #[command(flatten)]
    pub(crate) rules: RuleChoice,
    /// Suppressions to apply
    #[arg(long, value_name = "FILE")]
    pub(crate) suppressions: Option<PathBuf>,
    /// Tell what is new against this baseline; nothing is added to it
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Keep findings below this level back, as the function does
    #[arg(long, value_name = "LEVEL", value_parser = level, default_value = "informational")]
    pub(crate) min_level: Level,
    /// Findings that were published, as NDJSON in files or folders: an archive, or what a scan wrote
    #[arg(long, value_name = "PATH")]
    pub(crate) published: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) range: Range,
    /// What to write
    #[arg(long, value_enum, default_value_t = ReplayFormat::Text)]
    pub(crate) format: ReplayFormat,
}

/// What `replay` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReplayFormat {
    /// For people
    Text,
    /// One JSON object
    Json,
}
