//! An account that falls silent among others, as the real `bootstrap` tells it: over moto's table, with what was heard of in
//! the weeks before.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailhound_detect::integrity::TrailSource;
use trailhound_detect::remember::Memory;

use super::stage::{Stage, all_done, balances, s3_notice, sqs_event};

/// The function's table knows a source that something came from every three hours, from so many hours ago until so many.
async fn heard(stage: &Stage, source: &TrailSource, from: i64, until: i64) {
    let memory = Memory::lasting(stage.store());
    for hours in (until..=from).rev().step_by(3) {
        let at = Timestamp::now().checked_sub(SignedDuration::from_hours(hours)).expect("in range");
        assert!(memory.heard(source, at).await.expect("the table answers"));
    }
}

fn source(stage: &Stage, region: &str) -> TrailSource {
    TrailSource::of(&format!("s3://{}/{}", stage.trail, key(region))).expect("a trail's key")
}

fn key(region: &str) -> String {
    format!("AWSLogs/111122223333/CloudTrail/{region}/2026/03/18/x.json")
}

fn canary(stage: &mut Stage) -> Value {
    let canary = json!({"trailhound": "canary"}).to_string();
    assert_eq!(stage.invoke(&sqs_event(&[canary])), all_done());
    let account = stage.accounts().pop().expect("a line");
    assert!(balances(&account), "{account}");
    account
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_fell_silent_is_told_once_and_counted() {
    let Some(mut stage) = Stage::set().await else { return };
    heard(&stage, &source(&stage, "eu-west-1"), 240, 20).await;
    heard(&stage, &source(&stage, "us-east-1"), 240, 0).await;
    // New: nobody knows yet what is usual of it.
    heard(&stage, &source(&stage, "sa-east-1"), 100, 50).await;
    let account = canary(&mut stage);
    assert_eq!(account["quiet_sources"], json!(1), "{account}");
    let findings = stage.findings().await;
    let told: Vec<&Value> = findings.iter().filter(|finding| finding["ruleid"] == "source-silent").collect();
    assert_eq!(told.len(), 1, "{findings:?}");
    let message = told[0]["data"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("account 111122223333 fell silent in eu-west-1"), "{message}");
    assert_eq!(told[0]["cloudaccount"], "111122223333");
    assert!(stage.output().iter().any(|line| line.contains("\"QuietSources\":1")), "a metric tells of it");

    // Not looked at again within the hour; another process looks, and tells nothing twice.
    assert!(canary(&mut stage).get("quiet_sources").is_none());
    stage.kill();
    let account = canary(&mut stage);
    assert_eq!((&account["quiet_sources"], &account["duplicates"]), (&json!(1), &json!(2)), "{account}");
    // Nor does a canary that is delivered again, and sings at another time, contradict itself.
    assert_eq!(stage.findings().await, Vec::<Value>::new());

    // An object of it, and it is heard of again.
    let record = trailhound_testkit::records::ssm(1, "DescribeSessions", "2026-03-18T10:15:30Z", 1);
    stage.put(&key("eu-west-1"), json!({"Records": [record]}).to_string().into()).await;
    assert_eq!(stage.invoke(&s3_notice(&stage.trail, &[&key("eu-west-1")])), all_done());
    stage.kill();
    assert_eq!(canary(&mut stage)["quiet_sources"], json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_table_nobody_looks() {
    let Some(mut stage) = Stage::set_without_table().await else { return };
    assert!(canary(&mut stage).get("quiet_sources").is_none());
}
