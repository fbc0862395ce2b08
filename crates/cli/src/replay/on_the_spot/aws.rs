//! The Lambda's courier: its table in DynamoDB, its topic of SNS.

use trailhound_aws::dynamodb::DynamoStore;
use trailhound_aws::s3::{S3Folder, S3Objects};
use trailhound_aws::sns::{Form, SnsSink};
use trailhound_courier::Courier;
use trailhound_courier::fetching::Fetching;
use trailhound_detect::event::Provider;

use super::courier::{self, SpotTold};
use crate::cloud;

pub(super) fn courier(
    table: DynamoStore,
    topic: &str,
    told: SpotTold,
) -> anyhow::Result<Courier<DynamoStore, SnsSink, S3Folder>> {
    let sink = SnsSink { client: cloud::aws()?.sns(topic), topic: topic.to_owned(), form: Form::Alert };
    Ok(courier::courier(table, sink, Provider::Aws, told))
}

/// Where the objects lie that notices name.
pub(super) fn objects() -> anyhow::Result<Fetching<S3Objects>> {
    let objects = S3Objects::new(cloud::aws()?.s3.clone());
    Ok(Fetching { objects, allowed_buckets: None, allowed_setting: "", own: None, digests: None })
}
