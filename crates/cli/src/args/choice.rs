//! Which rules are meant.

use std::path::PathBuf;

use clap::Args;

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct RuleChoice {
    /// A folder or file of Sigma rules to add; one that says `replaces` takes the place of a shipped rule
    #[arg(long = "rules", value_name = "DIR")]
    pub(crate) folders: Vec<PathBuf>,
    /// Those rules alone, without the shipped ones
    #[arg(long)]
    pub(crate) only_rules: bool,
    /// What placeholders in rules stand for, as YAML: `name: [value, value]`; placeholders.yml in a folder of rules is read anyway
    #[arg(long, value_name = "FILE")]
    pub(crate) placeholders: Vec<PathBuf>,
}
