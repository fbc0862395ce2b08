//! What somebody may write who reaches a way in: a bus, a queue, a topic, a bucket. None of it becomes a finding, teaches a
//! baseline, or is a sign of life.

use serde_json::{Value, json};
use trailhound_testkit::records;

use super::stage::{Stage, all_done, balances, s3_notice, sample, sqs_event};

const KEY: &str = "5f0c2a52-6f4e-4c55-a3b1-0e6d0c1f7a10";

/// An event that makes a finding where it is true.
fn record(n: u64) -> Value {
    records::ssm(n, "StartSession", "2026-03-18T10:15:30Z", n)
}

/// The same as AWS puts it on a bus.
fn event(n: u64) -> Value {
    json!({"version": "0", "id": format!("e{n}"), "detail-type": "AWS API Call via CloudTrail", "source": "aws.ssm",
           "account": "111122223333", "time": "2026-03-18T10:15:30Z", "region": "eu-west-1", "resources": [],
           "detail": record(n)})
}

fn with(mut event: Value, path: &str, value: Value) -> Value {
    *event.pointer_mut(path).expect("it is there") = value;
    event
}

fn without(mut event: Value, name: &str) -> Value {
    event.as_object_mut().expect("an object").remove(name);
    event
}

fn in_sns(message: &Value) -> Value {
    json!({"Type": "Notification", "MessageId": "n1", "TopicArn": "arn:aws:sns:eu-west-1:111122223333:example-topic",
           "Message": message.to_string()})
}

/// What `PutEvents` takes from anybody: whatever source does not begin with `aws.`; the account is the caller's.
fn on_a_bus() -> Vec<Value> {
    let sources = [
        "example.app",
        "aws",
        "awsx.ssm",
        "AWS.ssm",
        " aws.ssm",
        "custom.aws.ssm",
        "ａws.ssm",
        "aws。ssm",
        "",
    ];
    let mut all: Vec<Value> =
        (1..).zip(sources).map(|(n, source)| with(event(n), "/source", json!(source))).collect();
    all.extend([
        without(event(20), "source"),
        with(event(21), "/source", json!(["aws.ssm"])),
        with(event(22), "/source", json!({"aws.": "aws.ssm"})),
        // Of another account than the record it carries.
        with(event(23), "/account", json!("999999999999")),
        without(event(24), "account"),
        with(with(event(25), "/source", json!("example.app")), "/detail-type", json!("Anything via CloudTrail")),
        // An event in an event, a record in a foreign one.
        with(with(event(26), "/source", json!("example.app")), "/detail", event(27)),
        with(with(event(28), "/source", json!("example.app")), "/detail", json!({"Records": [record(28)]})),
        with(with(event(29), "/source", json!("example.app")), "/detail-type", json!("Object Created")),
        json!({"source": "example.app", "detail-type": "Scheduled Event", "detail": {"trailhound": "canary", "key": KEY}}),
    ]);
    all
}

/// What somebody may send who may send to a queue or a topic that notices come by.
fn in_messages() -> Vec<Value> {
    vec![
        record(40),
        json!({"Records": [record(41), record(42)]}),
        in_sns(&record(43)),
        in_sns(&json!({"Records": [record(44)]})),
        in_sns(&with(event(45), "/source", json!("example.app"))),
        in_sns(&in_sns(&record(46))),
        json!({"trailhound": "canary"}),
        json!({"trailhound": "canary", "key": "guessed"}),
        json!({"trailhound": "canary", "key": [KEY]}),
        in_sns(&json!({"trailhound": "canary"})),
        s3_notice("somebody-elses", &["AWSLogs/x.json"]),
        json!({"s3Bucket": "somebody-elses", "s3ObjectKey": ["AWSLogs/x.json"]}),
        json!({"source": "aws.s3", "detail-type": "Object Created", "account": "111122223333", "region": "us-east-1",
               "detail": {"bucket": {"name": "somebody-elses"}, "object": {"key": "x.json"}}}),
        json!({"specversion": "1.0", "type": "dev.trailhound.finding.v1", "id": "f1", "source": "x", "data": record(47)}),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_writes_is_no_finding_teaches_nothing_and_is_no_sign_of_life() {
    let forged = [on_a_bus(), in_messages()].concat();
    assert!(forged.len() >= 30, "{}", forged.len());
    for events in ["vouched", "none"] {
        let Some(mut stage) = Stage::set().await else { return };
        stage.set_variable("TRAILHOUND_EVENTS", events);
        stage.set_variable("TRAILHOUND_CANARY_KEY", KEY);
        // It may write objects of its own, and have them announced.
        stage.s3.create_bucket().bucket("somebody-elses").send().await.expect("a bucket");
        stage
            .put_at("somebody-elses", "AWSLogs/x.json", json!({"Records": [record(60)]}).to_string().into())
            .await;
        for forgery in &forged {
            assert_eq!(stage.invoke(&sqs_event(&[forgery.to_string()])), all_done(), "{forgery}");
        }
        assert_eq!(stage.findings().await, Vec::<Value>::new());
        assert_eq!(stage.items().await, 0, "nobody was taught");
        let accounts = stage.accounts();
        assert!(accounts.len() >= forged.len() && accounts.iter().all(balances));
        for account in &accounts {
            assert_eq!((&account["evaluated"], &account["matches"]), (&json!(0), &json!(0)), "{account}");
            assert!(account["notices"].get("canary").is_none(), "{account}");
        }
        assert!(!stage.output().iter().any(|line| line.contains("\"Canary\"")), "no metric tells of life");

        // The true ones: what this installation is given.
        let canary = json!({"trailhound": "canary", "key": KEY});
        assert_eq!(stage.invoke(&sqs_event(&[canary.to_string()])), all_done());
        assert_eq!(stage.findings().await.len(), 1);
        assert_eq!(stage.invoke(&sqs_event(&[event(1).to_string()])), all_done());
        let found = stage.findings().await;
        assert_eq!(found.is_empty(), events == "none", "{found:?}");
    }
}

/// Who may send to the queue can name a true object and say something untrue of it: its content, its version.
#[tokio::test(flavor = "multi_thread")]
async fn an_untrue_notice_of_a_true_object_is_nobodys_word() {
    let Some(mut stage) = Stage::set().await else { return };
    stage.put("k", br#"{"Records":[]}"#.to_vec()).await;
    let untrue = |member: &str, value: &str| {
        let mut notice = s3_notice(&stage.trail, &["k"]);
        notice["Records"][0]["s3"]["object"][member] = json!(value);
        notice
    };
    let untrue = [
        untrue("eTag", "d41d8cd98f00b204e9800998ecf8427e"),
        untrue("versionId", "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY"),
    ];
    for notice in untrue {
        for body in [notice.clone(), in_sns(&notice)] {
            assert_eq!(stage.invoke(&sqs_event(&[body.to_string()])), all_done(), "{body}");
        }
        for finding in stage.findings().await {
            assert_eq!(finding["ruleid"], "trail-integrity", "{finding}");
            let labels = finding["data"]["metadata"]["labels"].as_array().expect("labels");
            assert!(labels.contains(&json!("unauthenticated")), "{finding}");
        }
    }
    assert_eq!(stage.items().await, 1, "it is known that this was told, and nobody was taught");
    // Its records are told as ever when it is announced as it is.
    stage.put("k", sample("example-cloudtrail-single-record.json")).await;
    assert_eq!(stage.invoke(&sqs_event(&[s3_notice(&stage.trail, &["k"]).to_string()])), all_done());
    assert!(stage.findings().await.iter().any(|finding| finding["ruleid"] != "trail-integrity"));
}
