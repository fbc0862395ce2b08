//! Engines of AWS that go through an inventory and call a function for each object, or a few: S3 Batch Operations, by the
//! schemas 1.0 and 2.0 of its invocations, and the items of a Step Functions Distributed Map. What they ask for is a replay, or
//! what a job's user arguments or a map's common input say: `job`, which is `backtest` or `learn`, and its name, `parts`.
//!
//! Both invoke the function and neither sends a message, so none is looked for in an envelope.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html>,
//! <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html>

use serde_json::{Value, json};
use trailhound_courier::gathering::Job;
use trailhound_courier::notices::decode_key;
use trailhound_courier::ports::ObjectRef;
use trailhound_detect::tally::RejectReason;

use super::input::{Engine, Input, Task, Tasks, text, unreadable};

/// What an engine asks for; `None` where the payload is no engine's.
pub(super) fn read(value: &Value, origin: &str) -> Option<Tasks> {
    None.or_else(|| s3_batch(value, origin)).or_else(|| distributed_map(value, origin))
}

/// A job's invocation; 1.0 names buckets by ARN, 2.0 by name. Keys are form-urlencoded, as in a manifest.
fn s3_batch(value: &Value, origin: &str) -> Option<Tasks> {
    let version = text(value, "/invocationSchemaVersion")?;
    let invocation = text(value, "/invocationId")?;
    let tasks = value.get("tasks")?.as_array()?;
    let task = |task: &Value| {
        let bucket = text(task, "/s3Bucket")
            .or_else(|| text(task, "/s3BucketArn").and_then(|arn| arn.rsplit(':').next()));
        let key = text(task, "/s3Key").and_then(decode_key);
        let version = text(task, "/s3VersionId");
        let id = text(task, "/taskId").unwrap_or_default().to_owned();
        Task { input: object(task, bucket, key, version, origin), id }
    };
    let engine = Engine::S3Batch { version: version.to_owned(), invocation: invocation.to_owned() };
    let job = Job::read(value.pointer("/job/userArguments"));
    Some(Tasks { engine, job, tasks: tasks.iter().map(task).collect() })
}

/// An item by itself, or several under `Items`. Whoever reads a listing has no bucket in its items: the state's
/// `ItemSelector` adds it, or `BatchInput` has it for all.
fn distributed_map(value: &Value, origin: &str) -> Option<Tasks> {
    let common = text(value, "/BatchInput/Bucket");
    let items = if let Some(items) = value.get("Items") {
        items.as_array()?.as_slice()
    } else {
        text(value, "/Bucket")?;
        std::slice::from_ref(value)
    };
    if !items.iter().any(|item| text(item, "/Key").is_some()) {
        return None;
    }
    let task = |item: &Value| {
        let (bucket, key) = (text(item, "/Bucket").or(common), text(item, "/Key"));
        let input = object(item, bucket, key.map(str::to_owned), text(item, "/VersionId"), origin);
        Task { input, id: key.unwrap_or_default().to_owned() }
    };
    let job = Job::read(value.pointer("/BatchInput/Asked"));
    Some(Tasks { engine: Engine::DistributedMap, job, tasks: items.iter().map(task).collect() })
}

/// The object; what is parked of it is a notice as S3 writes it, so that a replay reads it like any other.
fn object(
    task: &Value,
    bucket: Option<&str>,
    key: Option<String>,
    version: Option<&str>,
    origin: &str,
) -> Input {
    let (Some(bucket), Some(key)) = (bucket, key) else {
        let detail = "a task without the bucket or the key of an object";
        return unreadable(&task.to_string(), origin, RejectReason::UnknownRecord, detail);
    };
    let notice = json!({"s3Bucket": bucket, "s3ObjectKey": [&key]}).to_string();
    let version = version.map(str::to_owned);
    let object = ObjectRef { bucket: bucket.to_owned(), key, version, ..ObjectRef::default() };
    Input::Object { object, notice }
}
