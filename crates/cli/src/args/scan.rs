//! What `scan` is asked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use trailhound_detect::describe::is_rule_pages;
use trailhound_detect::matched::Level;

use super::choice::RuleChoice;
use super::context::ContextChoice;
use super::level::level;
use super::range::Range;

/// Find what the rules look for in files, folders or standard input.
///
/// The form of the input is recognised by its content: CloudTrail objects as they lie in S3, gzip or not, Event Hubs
/// batches, JSON Lines, EventBridge events, LookupEvents, Log Analytics exports, Windows event XML, and more.
#[derive(Args, Debug)]
#[command(after_help = "Exit status:
  0  done (findings or not, unless --fail-on says otherwise)
  1  findings at or above the level of --fail-on
  2  bad usage, an input that could not be opened, or a rule file with an error
  3  some input was rejected, with --strict
  130  ended by Ctrl-C; what was found so far is told, correlations included
Of several the first in the order 130, 2, 3, 1. Levels are those after --min-level and suppressions: what is left out
fails nothing.

Examples:
  trailhound scan AWSLogs/                          everything below a folder
  trailhound scan --format ndjson trail.json.gz     one CloudEvent a line, as the functions publish
  aws s3 cp s3://trail/key.json.gz - | trailhound scan -
  trailhound scan s3://trail/AWSLogs/                all below a prefix (feature aws)
  trailhound baseline learn last-month/ --to usual.baseline
  trailhound scan --baseline usual.baseline today/      what is new since last month
  trailhound scan --rules my-rules/ --explain --min-level medium logs/*.jsonl")]
pub(crate) struct Scan {
    /// Files, folders, globs, s3://bucket/prefix, or the https:// address of blobs; - reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// What to write; where nothing is said, what the name of the output file says, else a table
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// In which order findings come; where nothing is said, the table comes by gravity and the rest as the input has it
    #[arg(long, value_enum)]
    pub(crate) order: Option<Order>,
    /// Write to a file instead of standard output; it appears whole or not at all
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: RuleChoice,
    /// Suppressions to apply
    #[arg(long, value_name = "FILE")]
    pub(crate) suppressions: Option<PathBuf>,
    /// Tell what is new against this baseline, and add to it; made if it is not there
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Add nothing to the baseline
    #[arg(long)]
    pub(crate) read_only: bool,
    #[command(flatten)]
    pub(crate) context: ContextChoice,
    /// What people thought of findings, as an earlier report's page saved it; the page shows it (--format html)
    #[arg(long, value_name = "FILE")]
    pub(crate) triage: Option<PathBuf>,
    /// An earlier report; the page tells what is new since (--format html)
    #[arg(long, value_name = "FILE")]
    pub(crate) since_report: Option<PathBuf>,
    /// What the addresses of rules' pages begin with; the rule's name ends them [default: the repository's page]
    #[arg(long, value_name = "URL", value_parser = rule_pages)]
    pub(crate) rule_pages: Option<String>,
    /// Write the findings of rules in shadow to a file, a line each, as the functions park them
    #[arg(long, value_name = "FILE")]
    pub(crate) shadow: Option<PathBuf>,
    /// Leave out findings below this level
    #[arg(long, value_name = "LEVEL", value_parser = level, default_value = "informational")]
    pub(crate) min_level: Level,
    /// Exit with 1 if a finding that is told is at or above this level
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub(crate) fail_on: Option<Level>,
    /// Show which selection and which field values made each rule match
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) range: Range,
    /// Threads to use; 1 scans file after file
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,
    /// Exit with 3 if any input was rejected
    #[arg(long)]
    pub(crate) strict: bool,
}

impl Scan {
    /// These inputs with the shipped rules, whatever else could be asked for.
    pub(crate) fn of(paths: Vec<String>) -> Self {
        Self {
            paths,
            format: None,
            order: None,
            output: None,
            rules: RuleChoice::default(),
            suppressions: None,
            baseline: None,
            read_only: false,
            context: ContextChoice::default(),
            triage: None,
            since_report: None,
            rule_pages: None,
            shadow: None,
            min_level: Level::Informational,
            fail_on: None,
            explain: false,
            range: Range::default(),
            jobs: None,
            strict: false,
        }
    }

    /// What to write.
    pub(crate) fn format(&self) -> Format {
        let ending =
            self.output.as_ref().and_then(|path| path.extension()).and_then(|ending| ending.to_str());
        self.format.unwrap_or_else(|| match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
            "html" | "htm" => Format::Html,
            "csv" => Format::Csv,
            "ndjson" | "jsonl" | "json" => Format::Ndjson,
            _ => Format::Table,
        })
    }
}

/// What addresses of pages begin with.
fn rule_pages(text: &str) -> Result<String, String> {
    let base = is_rule_pages(text).then(|| text.to_owned());
    base.ok_or_else(|| "write an https:// address, such as https://wiki.example.com/detections#".to_owned())
}

/// What `scan` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: a block for each finding and a summary
    Table,
    /// One CloudEvent a line, exactly as the functions publish it
    Ndjson,
    /// One row a finding, safe to open in a spreadsheet
    Csv,
    /// One page for whoever decides and whoever works; it needs no network, and its script may be off
    Html,
    /// A layer of the ATT&CK Navigator: what was found, by technique
    Navigator,
}

/// In which order findings come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// As the inputs have them, correlations last
    Input,
    /// The gravest first, then as they happened
    Gravity,
}
