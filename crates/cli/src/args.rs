//! The command line.

mod backtest;
mod cases;
mod choice;
mod context;
mod diff;
mod doctor;
mod investigate;
mod level;
mod new;
mod promote;
mod prove;
mod range;
mod replay;
mod scan;
mod search;
mod suppressions;
mod why;

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use colorchoice_clap::Color;

use crate::baseline::Store;
pub(crate) use backtest::{Backtest, BacktestFormat};
pub(crate) use cases::{Cases, CasesFormat};
pub(crate) use choice::RuleChoice;
pub(crate) use context::ContextChoice;
pub(crate) use diff::{Diff, DiffFormat};
pub(crate) use doctor::Doctor;
pub(crate) use investigate::{
    EntityFormat, IndexChoice, Machine, Pivot, RecordsArguments, Timeline, TimelineFormat, Who,
};
pub(crate) use new::New;
pub(crate) use promote::{Promote, PromoteFormat};
pub(crate) use prove::ProveFormat;
pub(crate) use range::{Range, Window};
#[cfg(any(feature = "aws", feature = "azure"))]
pub(crate) use replay::Done;
pub(crate) use replay::{Replay, ReplayFormat};
pub(crate) use scan::{Format, Order, Scan};
pub(crate) use search::{Every, Search, Stats, StatsFormat};
pub(crate) use suppressions::{CheckSuppressions, SuppressionsArguments, SuppressionsCommand};
pub(crate) use why::{LookArguments, Only, Try, Why};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Green.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

/// Finds people moving through the cloud control plane into machines they should not be in.
///
/// Reads CloudTrail, Azure Activity Log, Entra sign-in and endpoint logs with the same Sigma rules that the
/// trailhound functions run in AWS and Azure, and writes the same findings.
#[derive(Parser, Debug)]
#[command(name = "trailhound", version, styles = STYLES, propagate_version = true)]
pub(crate) struct Trailhound {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) color: Color,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Find what the rules look for in files, folders, S3 or standard input
    Scan(Box<Scan>),
    /// What a rule makes of every record of its logs, clause by clause
    Why(Box<Why>),
    /// One rule against one event: match or not, the level and the sentence, and what a near miss lacks
    Try(Box<Try>),
    /// What a change of rules does to history: findings added, gone, at another level
    Backtest(Box<Backtest>),
    /// What was parked, missed or archived, evaluated again: what would be published, and what still cannot be read
    Replay(Box<Replay>),
    /// All records of all logs as one list in order of time, findings marked
    Timeline(Box<Timeline>),
    /// Findings that belong together as one story each: who did what, in order, and what to do next
    Cases(Box<Cases>),
    /// What one actor did: machines acted on and how, from where, with which keys and clients
    Who(Box<Who>),
    /// Who acted on a machine, how, from where, and what ran on it
    Machine(Box<Machine>),
    /// What else one key, address, user agent or session did
    Pivot(Box<Pivot>),
    /// The records that say something: words, and field=value, over all records of all logs
    Search(Box<Search>),
    /// How often things occur: actions, identities, addresses, clients, error codes, or any field, in time
    Stats(Box<Stats>),
    /// List, check, test, prove and explain rules
    Rules(Rules),
    /// Learn what is normal from history, and carry it around
    Baseline(Box<Baseline>),
    /// What is set up, what is missing, and how to mend it: settings, rules, baseline, credentials, table, topic, trails
    Doctor(Box<Doctor>),
    /// Write a published intrusion of each cloud into a folder, and scan it; nothing that is there is overwritten
    Demo {
        /// The folder; made if it is not there
        #[arg(value_name = "FOLDER", default_value = "trailhound-demo")]
        folder: PathBuf,
    },
    /// Write completions for a shell to standard output
    ///
    /// For example: `trailhound completions bash > ~/.local/share/bash-completion/completions/trailhound`
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write man pages, one for each command, into a folder
    Man {
        /// The folder, for example ~/.local/share/man/man1; made if it is not there
        folder: PathBuf,
    },
    /// Check a file of suppressions
    Suppressions(SuppressionsArguments),
}

impl Command {
    /// Is there a setting that it goes by? The others work where the settings are wrong; the doctor tells of them.
    pub(crate) fn takes_settings(&self) -> bool {
        !matches!(self, Self::Demo { .. } | Self::Doctor(_) | Self::Completions { .. } | Self::Man { .. })
    }
}

/// Learn what is normal from history, and carry it around.
///
/// A baseline knows who did what to which machine, from which network and with which client, by account. Rules ask it
/// what is new; docs/rules.md says how.
#[derive(Args, Debug)]
pub(crate) struct Baseline {
    #[command(subcommand)]
    pub(crate) command: BaselineCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum BaselineCommand {
    /// Build a baseline from history
    Learn(Box<Learn>),
    /// What a baseline knows
    Show {
        /// A file, dynamodb://table, or the https:// address of a table
        #[arg(value_name = "STORE")]
        baseline: Store,
        /// Only this account, subscription or tenant, one row a combination
        #[arg(long, value_name = "ID")]
        account: Option<String>,
    },
    /// Write a baseline as JSON Lines, to look at, keep or import elsewhere
    Export {
        /// A file, dynamodb://table, or the https:// address of a table
        #[arg(value_name = "STORE")]
        baseline: Store,
        /// Write to a file instead of standard output
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Add what `export` wrote to a baseline; importing it again changes nothing
    Import {
        /// What `export` wrote; - reads standard input
        #[arg(value_name = "EXPORT")]
        export: String,
        /// The baseline to add to: a file, made if it is not there, dynamodb://table, or the https:// address of a table
        #[arg(long, value_name = "STORE", visible_alias = "baseline")]
        to: Store,
    },
}

/// Build a baseline from history.
///
/// Reads the same inputs as `scan`. Everything that succeeded is taken for normal, so give it history you trust.
/// Learning is over for every account that occurs in it: what is not in the history is news.
#[derive(Args, Debug)]
#[command(after_help = "Learning again adds to a baseline and never takes anything away.

Examples:
  trailhound baseline learn --to usual.baseline AWSLogs/
  trailhound baseline learn --to usual.baseline --since 30d --keep-learning logs/*.jsonl
  trailhound baseline show usual.baseline
  trailhound baseline learn --to dynamodb://trailhound-state s3://trail/AWSLogs/       (feature aws)
  trailhound baseline learn --to https://stexample.table.core.windows.net/state logs/  (feature azure)

AWS is asked with the standard credentials and region (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL), Azure as whoever is
signed in with `az login`. docs/baselines.md says which permissions that takes.")]
pub(crate) struct Learn {
    /// Files, folders, globs, s3://bucket/prefix, or the https:// address of blobs; - reads standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// The baseline to add to: a file, made if it is not there, dynamodb://table, or the https:// address of a table
    #[arg(long, value_name = "STORE", visible_aliases = ["baseline", "output"], short_alias = 'o')]
    pub(crate) to: Store,
    /// PATH are parts that a function made of an inventory by these rules
    #[arg(long)]
    pub(crate) parts: bool,
    /// The learning period of each account starts with its first event instead of being over
    #[arg(long)]
    pub(crate) keep_learning: bool,
    #[command(flatten)]
    pub(crate) rules: RuleChoice,
    #[command(flatten)]
    pub(crate) range: Range,
    /// Threads to use; 1 reads file after file
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,
}

#[derive(Args, Debug)]
pub(crate) struct Rules {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum RulesCommand {
    /// All rules with level, techniques and log source
    List(RuleChoice),
    /// Load rules and say, file by file, what is wrong; exit with 2 if anything is
    Check(Check),
    /// Run the tests beside the rules; exit with 1 if one fails
    Test(Test),
    /// Write a rule and its tests to begin with, out of a sample or the name of an operation
    New(Box<New>),
    /// What differs between two folders or files of rules, and which events are told otherwise
    Diff(Box<Diff>),
    /// Make a record that ought to fire for each rule, put it into every shape its log comes in, and say what fires
    #[command(long_about = prove::PROVE)]
    Prove(Prove),
    /// A language server on standard input and output, for editors: what `check` finds, hovers, completion, remedies, renames
    Lsp(RuleChoice),
    /// What rules in shadow found, and the change that lets one alert
    Promote(Box<Promote>),
    /// What a rule detects, why it matters, what is normal and how to tune it
    Explain {
        /// Name, UUID or catalogue number
        rule: String,
        #[command(flatten)]
        rules: RuleChoice,
    },
    /// Techniques by log source, rule and test
    Coverage {
        /// What to write
        #[arg(long, value_enum, default_value_t = CoverageFormat::Table)]
        format: CoverageFormat,
        #[command(flatten)]
        rules: RuleChoice,
    },
    /// The detections as a Markdown document
    Docs(RuleChoice),
}

#[derive(Args, Debug)]
pub(crate) struct RulePaths {
    /// Folders or files of Sigma rules; without any, the shipped rules
    #[arg(value_name = "DIR")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: RuleChoice,
}

impl RulePaths {
    /// All that was named, in whichever way.
    pub(crate) fn all(&self) -> RuleChoice {
        let folders = self.paths.iter().chain(&self.rules.folders).cloned().collect();
        RuleChoice { folders, ..self.rules.clone() }
    }
}

#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) rules: RulePaths,
    /// What to write
    #[arg(long, value_enum, default_value_t = CheckFormat::Table)]
    pub(crate) format: CheckFormat,
    /// Take warnings for errors
    #[arg(long)]
    pub(crate) strict: bool,
}

/// What `rules check` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people: what is wrong with place and remedy, and a summary
    Table,
    /// One JSON object: every file with what was found in it
    Json,
    /// SARIF 2.1.0, as code hosts show it beside the lines
    Sarif,
    /// JUnit XML: a file is a test
    Junit,
}

#[derive(Args, Debug)]
pub(crate) struct Test {
    #[command(flatten)]
    pub(crate) rules: RulePaths,
    /// What to write
    #[arg(long, value_enum, default_value_t = TestFormat::Table)]
    pub(crate) format: TestFormat,
    /// Run them again whenever a file changes, until Ctrl-C; exits as the last run did
    #[arg(long, conflicts_with = "format")]
    pub(crate) watch: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Prove {
    #[command(flatten)]
    pub(crate) rules: RulePaths,
    /// Try these shapes alone, `plain` being the log's own form; docs/shapes.md tells of all
    #[arg(long = "shape", value_name = "SHAPE")]
    pub(crate) shapes: Vec<String>,
    /// What to write
    #[arg(long, value_enum, default_value_t = ProveFormat::Table)]
    pub(crate) format: ProveFormat,
    /// Tell every shape in which a rule does not fire, and the record that was made
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// What `rules test` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestFormat {
    /// For people: what failed, and a summary
    Table,
    /// JUnit XML
    Junit,
}

/// What `rules coverage` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CoverageFormat {
    /// A table
    Table,
    /// An ATT&CK Navigator layer, as JSON
    Navigator,
}
