//! A state table in DynamoDB.

use trailhound_aws_lambda::aws::dynamodb::DynamoStore;

use crate::cloud;

pub(super) fn open(table: &str) -> anyhow::Result<DynamoStore> {
    Ok(DynamoStore::new(cloud::aws()?.dynamodb.clone(), table.to_owned()))
}
