//! A state table in DynamoDB.

use std::time::Duration;

use trailhound_aws::dynamodb::DynamoStore;

use crate::cloud;

/// How long a hundred entries may take to be written, over whatever line.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) fn open(table: &str) -> anyhow::Result<DynamoStore> {
    let client = cloud::aws()?.patient_dynamodb();
    Ok(DynamoStore::new(client, table.to_owned()).within_at_most(PATIENCE))
}
