//! The same records in what others put around them, each as its makers document it.

use serde_json::{Value, json};

const TIME: &str = "2026-01-05T15:00:00.000Z";
/// Events of one batch of CloudWatch Logs.
const BATCH: usize = 50;

/// The text of a delivery of these records.
pub(crate) type Carrier = fn(&[String]) -> String;

pub(crate) const CARRIERS: &[(&str, Carrier)] = &[
    ("plain", |records| format!(r#"{{"Records":[{}]}}"#, records.join(","))),
    ("lines", |records| each(records, ToOwned::to_owned)),
    ("EventBridge", |records| each(records, |record| around(EVENTBRIDGE, record))),
    ("FilterLogEvents", |records| {
        format!(r#"{{"events":[{}],"searchedLogStreams":[]}}"#, log_events(records).join(","))
    }),
    ("HEC", |records| each(records, |record| around(COLLECTOR, record))),
    ("Splunk export", |records| {
        let export = |record: &str| {
            json!({"preview": false, "offset": 0, "result": {"_raw": record, "_time": TIME, "host": "h",
                "source": "s", "sourcetype": "aws:cloudtrail", "index": "main"}})
        };
        each(records, |record| export(record).to_string())
    }),
    ("Beats", |records| each(records, |record| beats(record).to_string())),
    ("SNS", |records| {
        let notified = |record: &String| {
            json!({"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": notification(record)}).to_string()
        };
        listed(records.iter().map(notified))
    }),
    ("CloudWatch Logs", |records| {
        let batch = |events: &[String]| around(SUBSCRIPTION, &events.join(","));
        records.chunks(BATCH).map(|records| batch(&log_events(records)) + "\n").collect()
    }),
    ("Elasticsearch", |records| {
        let hits: Vec<String> = records.iter().map(|record| around(HIT, record)).collect();
        around(ANSWER, &hits.join(","))
    }),
    ("SQS(SNS)", |records| {
        let queued = |record: &String| {
            json!({"messageId": "m", "receiptHandle": "x".repeat(40), "body": notification(record).to_string(),
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1767625200000"},
                "messageAttributes": {}, "md5OfBody": "x", "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:111122223333:q", "awsRegion": "eu-central-1"})
            .to_string()
        };
        listed(records.iter().map(queued))
    }),
];

const EVENTBRIDGE: &str = r#"{"version":"0","id":"00000000-0000-4000-8000-000000000001","detail-type":"AWS API Call via CloudTrail","source":"aws.ssm","account":"111122223333","time":"2026-01-05T15:00:00Z","region":"eu-central-1","resources":[],"detail":~}"#;
const COLLECTOR: &str =
    r#"{"time":1767625200,"host":"h","source":"s3","sourcetype":"aws:cloudtrail","index":"main","event":~}"#;
const SUBSCRIPTION: &str = r#"{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"trail","logStream":"s","subscriptionFilters":["f"],"logEvents":[~]}"#;
const HIT: &str = r#"{"_index":"trail","_id":"1","_score":1.0,"_source":~}"#;
const ANSWER: &str = r#"{"took":3,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"total":{"value":1,"relation":"eq"},"max_score":1.0,"hits":[~]}}"#;

/// What stands at the mark in a carrier's text.
fn around(carrier: &str, inner: &str) -> String {
    carrier.replacen('~', inner, 1)
}

/// A line each.
fn each(records: &[String], line: impl Fn(&str) -> String) -> String {
    records.iter().map(|record| line(record) + "\n").collect()
}

fn listed(records: impl Iterator<Item = String>) -> String {
    format!(r#"{{"Records":[{}]}}"#, records.collect::<Vec<_>>().join(","))
}

fn log_events(records: &[String]) -> Vec<String> {
    let event = |record: &String| {
        json!({"id": "1".repeat(41), "timestamp": 1_767_625_200_000_u64, "message": record}).to_string()
    };
    records.iter().map(event).collect()
}

fn notification(record: &str) -> Value {
    json!({"Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:eu-central-1:111122223333:t",
        "Message": record, "Timestamp": TIME, "SignatureVersion": "1", "Signature": "x",
        "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/x.pem",
        "UnsubscribeURL": "https://sns.eu-central-1.amazonaws.com/u"})
}

fn beats(record: &str) -> Value {
    json!({"@timestamp": TIME, "@metadata": {"beat": "filebeat", "type": "_doc", "version": "8.17.0"},
        "agent": {"type": "filebeat", "version": "8.17.0"}, "ecs": {"version": "8.0.0"},
        "event": {"original": record, "kind": "event", "dataset": "aws.cloudtrail"},
        "cloud": {"region": "eu-central-1", "account": {"id": "111122223333"}}})
}
