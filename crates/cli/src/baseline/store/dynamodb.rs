//! A state table in DynamoDB.

use std::fmt;
use std::time::Duration;

use trailhound_aws::dynamodb::DynamoStore;
use trailhound_detect::remember::Entry;
use trailhound_detect::state::{Item, Key};

use super::table::{KINDS, add, answers, ask, told};
use crate::cloud;

/// How long a hundred entries may take to be written, over whatever line.
const PATIENCE: Duration = Duration::from_mins(1);

/// A table by its name or ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DynamoDb(String);

impl DynamoDb {
    pub(super) fn named(table: &str) -> Result<Self, String> {
        trailhound_aws::address::table(table).map(Self)
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        ask(self, answers(&self.open()?))
    }

    pub(super) fn add(&self, entries: &[Entry]) -> anyhow::Result<()> {
        ask(self, add(&self.open()?, entries))
    }

    pub(super) fn items(&self) -> anyhow::Result<Vec<(Key, Item)>> {
        Ok(told(self, ask(self, self.open()?.list(&KINDS))?))
    }

    /// The table, for whoever has time.
    pub(crate) fn open(&self) -> anyhow::Result<DynamoStore> {
        let client = cloud::aws()?.patient_dynamodb();
        Ok(DynamoStore::new(client, self.0.clone()).within_at_most(PATIENCE))
    }
}

impl fmt::Display for DynamoDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dynamodb://{}", self.0)
    }
}
