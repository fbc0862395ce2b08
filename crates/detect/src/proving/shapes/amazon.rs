//! What Amazon's own services put around CloudTrail's records.
//!
//! - Trails, <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>.
//! - CloudWatch Logs: subscriptions, <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>;
//!   `FilterLogEvents`, <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>.
//! - Kinesis and Firehose call functions, <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html> and
//!   <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>.
//! - EventBridge, <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html>.
//! - `LookupEvents`, <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>.
//! - SNS and SQS carry text, <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>.
//! - Wazuh, <https://documentation.wazuh.com/current/cloud-security/amazon/services/supported-services/cloudtrail.html>.
//! - OpenSearch, <https://github.com/opensearch-project/opensearch-catalog>.

use serde_json::{Value, json};

use super::carriers::{each, texts};
use super::form::{CLOUDTRAIL, Shape, bytes, delivery};
use super::text::{base64, gzip};

pub(super) const SHAPES: &[Shape] = &[
    delivery("trail", CLOUDTRAIL, |records| Some(gzip(json!({"Records": records}).to_string().as_bytes()))),
    delivery("trail-version-first", CLOUDTRAIL, version_first),
    delivery("trail-text", CLOUDTRAIL, |records| bytes(&json!({"Records": texts(records)}))),
    delivery("cloudwatch-subscription", CLOUDTRAIL, |records| bytes(&subscription(records))),
    delivery("cloudwatch-to-lambda", CLOUDTRAIL, |records| {
        let data = base64(&gzip(subscription(records).to_string().as_bytes()));
        bytes(&json!({"awslogs": {"data": data}}))
    }),
    delivery("cloudwatch-to-kinesis", CLOUDTRAIL, |records| {
        let data = base64(&gzip(subscription(records).to_string().as_bytes()));
        bytes(&json!({"Records": [{"kinesis": {"kinesisSchemaVersion": "1.0", "partitionKey": "1",
            "sequenceNumber": "1", "data": data, "approximateArrivalTimestamp": 1_795_165_200.0},
            "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventID": "shardId-0:1",
            "eventName": "aws:kinesis:record", "awsRegion": "eu-west-1",
            "eventSourceARN": "arn:aws:kinesis:eu-west-1:111122223333:stream/trail"}]}))
    }),
    delivery("cloudwatch-through-firehose", CLOUDTRAIL, |records| {
        // Each batch of the subscription is a member of gzip, with nothing between them.
        Some(records.chunks(3).flat_map(|some| gzip(subscription(some).to_string().as_bytes())).collect())
    }),
    delivery("firehose-to-lambda", CLOUDTRAIL, |records| {
        let records: Value = records
            .iter()
            .map(|record| {
                json!({"recordId": "1", "approximateArrivalTimestamp": 1_795_165_200_000_u64,
                    "data": base64(record.to_string().as_bytes())})
            })
            .collect();
        bytes(&json!({"invocationId": "i", "region": "eu-west-1", "records": records,
            "deliveryStreamArn": "arn:aws:firehose:eu-west-1:111122223333:deliverystream/trail"}))
    }),
    delivery("filter-log-events", CLOUDTRAIL, |records| {
        let events: Value = texts(records)
            .into_iter()
            .map(|message| {
                json!({"logStreamName": "s", "timestamp": 1_795_165_200_000_u64, "message": message,
                    "ingestionTime": 1_795_165_201_000_u64, "eventId": "1"})
            })
            .collect();
        bytes(&json!({"events": events, "searchedLogStreams": []}))
    }),
    delivery("lookup-events", CLOUDTRAIL, |records| {
        let events: Value = records
            .iter()
            .map(|record| {
                json!({"EventId": record["eventID"], "EventName": record["eventName"], "ReadOnly": "false",
                    "EventTime": record["eventTime"], "EventSource": record["eventSource"],
                    "Username": "dana", "Resources": [], "CloudTrailEvent": record.to_string()})
            })
            .collect();
        bytes(&json!({"Events": events, "NextToken": "n"}))
    }),
    delivery("eventbridge", CLOUDTRAIL, |records| {
        Some(each(records, |record| {
            json!({"version": "0", "id": "00000000-0000-4000-8000-0000000000eb", "source": "aws.ssm",
                "detail-type": "AWS API Call via CloudTrail", "account": "111122223333",
                "time": "2026-11-20T09:00:00Z", "region": "eu-west-1", "resources": [], "detail": record})
        }))
    }),
    delivery("sns-message", CLOUDTRAIL, |records| Some(each(records, notification))),
    delivery("sqs-message", CLOUDTRAIL, |records| {
        let records: Value = records
            .iter()
            .map(|record| {
                json!({"messageId": "m", "receiptHandle": "r", "body": notification(record).to_string(),
                    "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "md5OfBody": "0",
                    "eventSource": "aws:sqs", "awsRegion": "eu-west-1",
                    "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:trail"})
            })
            .collect();
        bytes(&json!({"Records": records}))
    }),
    delivery("wazuh-alert", CLOUDTRAIL, |records| {
        Some(each(records, |record| {
            let mut inner = record.clone();
            inner["source"] = json!("cloudtrail");
            inner["aws_account_id"] = json!("111122223333");
            inner["source_ip_address"] = record["sourceIPAddress"].clone();
            inner["log_info"] =
                json!({"s3bucket": "b", "log_file": "AWSLogs/x.json.gz", "aws_account_alias": ""});
            json!({"timestamp": "2026-11-20T09:00:00.000+0000", "id": "1795165200.1", "location": "Wazuh-AWS",
                "rule": {"level": 3, "id": "80202", "description": "AWS Cloudtrail", "groups": ["amazon"]},
                "agent": {"id": "000", "name": "m"}, "manager": {"name": "m"}, "decoder": {"name": "json"},
                "data": {"integration": "aws", "aws": inner}})
        }))
    }),
    delivery("opensearch-catalogue", CLOUDTRAIL, |records| {
        Some(each(records, |record| {
            json!({"@timestamp": record["eventTime"], "cloud": {"provider": "aws", "region": record["awsRegion"]},
                "event": {"result": "ACCEPT", "name": "cloud_trail", "domain": "cloudtrail"},
                "attributes": {"data_stream": {"dataset": "cloudtrail"}}, "aws": {"cloudtrail": record}})
        }))
    }),
];

/// Trails begin a record with its version.
fn version_first(records: &[Value]) -> Option<Vec<u8>> {
    let member = |record: &Value| {
        let mut rest = record.as_object()?.clone();
        let version = rest.remove("eventVersion")?;
        let rest = Value::Object(rest).to_string();
        Some(format!("{{\"eventVersion\":{version},{}", &rest[1..]))
    };
    let members: Option<Vec<String>> = records.iter().map(member).collect();
    Some(format!("{{\"Records\":[{}]}}", members?.join(",")).into_bytes())
}

fn subscription(records: &[Value]) -> Value {
    let events: Value = texts(records)
        .into_iter()
        .enumerate()
        .map(|(n, message)| json!({"id": n.to_string(), "timestamp": 1_795_165_200_000_u64, "message": message}))
        .collect();
    json!({"messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "aws-cloudtrail-logs",
        "logStream": "111122223333_CloudTrail_eu-west-1", "subscriptionFilters": ["all"], "logEvents": events})
}

fn notification(record: &Value) -> Value {
    json!({"Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:eu-west-1:111122223333:trail",
        "Message": record.to_string(), "Timestamp": "2026-11-20T09:00:00.000Z", "SignatureVersion": "1",
        "Signature": "c2ln", "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/c.pem",
        "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe"})
}
