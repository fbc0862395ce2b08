//! What `doctor` is asked.

use std::path::PathBuf;

use clap::Args;

use super::choice::RuleChoice;

/// What is set up, what is missing, and how to mend it.
///
/// Looks at the settings, the rules, suppressions and the baseline of this machine, and, built with the cloud's feature,
/// asks the cloud for credentials, the state table, the topic and the trails. It changes nothing, sends nothing to a
/// topic, and prints no secret.
#[derive(Args, Debug)]
#[command(after_help = "Exit status:
  0  nothing is wrong; what is absent may be wanted or not
  1  something is wrong
  2  bad usage

Examples:
  trailhound doctor
  trailhound doctor --table trailhound-state --topic arn:aws:sns:eu-west-1:111122223333:trailhound-findings
  trailhound doctor --table https://stexample.table.core.windows.net/state

In AWS it takes sts:GetCallerIdentity, dynamodb:DescribeTable, dynamodb:DescribeTimeToLive, sns:ListSubscriptionsByTopic,
cloudtrail:DescribeTrails, cloudtrail:GetTrailStatus and cloudtrail:GetEventSelectors.")]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) rules: RuleChoice,
    /// Suppressions to look at
    #[arg(long, value_name = "FILE")]
    pub(crate) suppressions: Option<PathBuf>,
    /// The baseline to look at
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// A function's state table: its name or ARN in DynamoDB, or its https:// address
    #[arg(long, value_name = "TABLE")]
    pub(crate) table: Option<String>,
    /// A function's topic: its ARN, or its https:// endpoint
    #[arg(long, value_name = "TOPIC")]
    pub(crate) topic: Option<String>,
    /// A trail by name or ARN; else all that are found
    #[arg(long, value_name = "TRAIL")]
    pub(crate) trail: Option<String>,
}
