//! What `suppressions` is asked.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::choice::RuleChoice;

#[derive(Args, Debug)]
pub(crate) struct SuppressionsArguments {
    #[command(subcommand)]
    pub(crate) command: SuppressionsCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum SuppressionsCommand {
    /// Say what is wrong with a file, and how many of the matches at hand each of its entries would hit
    #[command(visible_alias = "report")]
    Check(CheckSuppressions),
}

#[derive(Args, Debug)]
pub(crate) struct CheckSuppressions {
    /// The file of suppressions
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Events at hand: files, folders, globs; - reads standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    #[command(flatten)]
    pub(crate) rules: RuleChoice,
}
