//! What `replay` is asked.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use trailhound_detect::matched::Level;

use super::choice::RuleChoice;
use super::level::level;
use super::range::Range;
use crate::baseline::Store;

/// What was parked, missed or archived, evaluated again with the rules in force: what would be published, what was before,
/// what is kept back, and what still cannot be read.
///
/// Rejects are read as the functions park them, body by body; what Event Hubs Capture wrote (Avro), event by event; everything
/// else as `scan` reads it: AWSLogs prefixes, Activity Log archives (PT1H.json), deliveries of any form. Nothing is published
/// and nothing is written, unless --go hands it to the function's queue or hub, or --here publishes it on the spot.
///
/// --since and --until take events by their own time, and of an archive whose names say when things were delivered they leave
/// unread what came before, or more than a day after. With --go and --here they take deliveries, by when those came.
#[derive(Args, Debug)]
#[command(after_help = "Exit status:
  0  everything could be read and evaluated
  1  something still cannot be read
  2  bad usage, an input that could not be opened, or a rule file with an error
  130  ended by Ctrl-C

Examples:
  trailhound replay s3://trail-rejects/rejects/2026/                 (feature aws)
  trailhound replay --published archive/ --since 7d rejects/        what an archive of findings has is no news
  trailhound replay --rules mine/ s3://trail/AWSLogs/111122223333/   (feature aws)
  trailhound replay --table dynamodb://trailhound-state --dead-letters https://sqs.eu-west-1.amazonaws.com/111122223333/trailhound-dead-letter
  trailhound replay --table dynamodb://trailhound-state --ledger done.ndjson --go https://sqs.eu-west-1.amazonaws.com/111122223333/trailhound s3://trail-rejects/rejects/
  trailhound replay --since 2026-03-18T09:00:00Z --until 2026-03-18T12:00:00Z https://account.blob.core.windows.net/insights-activity-logs/   (feature azure)
  trailhound replay --table https://account.table.core.windows.net/state --ledger done.ndjson --go https://namespace.servicebus.windows.net/activity https://account.blob.core.windows.net/rejects/")]
#[cfg_attr(
    not(any(feature = "aws", feature = "azure")),
    allow(dead_code, reason = "what production is asked for is refused without it")
)]
pub(crate) struct Replay {
    /// Files, folders, globs, s3://bucket/prefix (feature aws), or the https:// address of a container of blobs, or of what lies
    /// below it (feature azure)
    #[arg(required_unless_present = "dead_letters", value_name = "PATH")]
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
    /// Of rejects only those parked for this reason, as not_json; may be repeated
    #[arg(long, value_name = "REASON")]
    pub(crate) reason: Vec<String>,
    /// Of rejects only those whose origin begins so, as s3://trail/AWSLogs/111122223333/
    #[arg(long, value_name = "PREFIX")]
    pub(crate) origin: Option<String>,
    /// Only what this rule finds something in, by name, UUID or catalogue number; may be repeated. With --go and --here what is
    /// replayed is taken whole, so that what others find in it is told as well
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: Vec<String>,
    /// What lies in this dead-letter queue, by the queue's address (feature aws)
    #[arg(long, value_name = "URL")]
    pub(crate) dead_letters: Option<String>,
    /// For how many seconds letters are kept from others while this runs; one that was not taken is given back at once
    #[arg(long, value_name = "SECONDS", default_value = "3600", requires = "dead_letters")]
    pub(crate) hidden: u64,
    /// The function's state table, asked what was published: dynamodb://table or the https:// address of one in Table Storage;
    /// without --here nothing is written to it
    #[arg(long, value_name = "STORE", conflicts_with = "baseline")]
    pub(crate) table: Option<Store>,
    /// Hand it to production through this queue or event hub, by its address: ids, claims, windows, suppressions and sinks are
    /// the function's own
    #[arg(long, value_name = "URL", requires_all = ["table", "ledger"], conflicts_with = "here")]
    pub(crate) go: Option<String>,
    /// Publish it on the spot, to --topic, as the function would with --table
    #[arg(long, requires_all = ["table", "ledger", "topic"])]
    pub(crate) here: bool,
    /// The function's topic of findings: its ARN, or the endpoint of a custom topic of Event Grid
    #[arg(long, value_name = "TOPIC", requires = "here")]
    pub(crate) topic: Option<String>,
    /// Where it is noted what was taken, so that a run that was cut off goes on, and another publishes nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// How much is handed over in a second, at most
    #[arg(long, value_name = "N", default_value = "10", requires = "go")]
    pub(crate) rate: NonZeroU32,
    /// For how many seconds what was handed over may take to be told: the first of it before the rest follows, and all of it
    #[arg(long, value_name = "SECONDS", default_value = "180", requires = "go")]
    pub(crate) patience: u64,
    /// What becomes of a parked object, in S3 or a container, once all that it holds was taken
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        default_value_t = Done::Keep,
        requires = "ledger",
        conflicts_with_all = ["reason", "origin", "rule", "since", "until"]
    )]
    pub(crate) done: Done,
    /// What to write
    #[arg(long, value_enum, default_value_t = ReplayFormat::Text)]
    pub(crate) format: ReplayFormat,
}

impl Replay {
    /// Is what was received replayed whole, so that a window is one of deliveries and not of events?
    pub(crate) fn is_for_production(&self) -> bool {
        self.go.is_some() || self.here
    }
}

/// What becomes of what was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Done {
    /// It stays
    Keep,
    /// It is tagged trailhound-replayed, with the day, for a rule of its bucket's or account's lifecycle
    Tag,
    /// It is deleted
    Delete,
}

/// What `replay` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReplayFormat {
    /// For people
    Text,
    /// One JSON object
    Json,
}
