//! What goes through an inventory: S3 Batch Operations and a Distributed Map, by the events those send. Neither engine itself
//! is here; a job retries what failed for now, and a state what failed whole, which is played by invoking again.

use serde_json::{Value, json};
use trailhound_testkit::gate::{Gate, Trouble};
use trailhound_testkit::lambda_runtime_api::Outcome;

use super::stage::{Stage, assert_as_scanned, balances, sample};

const OBJECT: &str = "example-cloudtrail-s3-object.json.gz";
const KEY: &str = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/18/a b+c.json.gz";
const ENCODED: &str = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/18/a+b%2Bc.json.gz";

/// A job's invocation; with the bucket as the schema has it.
fn job(schema: &str, bucket: &str, keys: &[&str]) -> Value {
    let place = match schema {
        "1.0" => ("s3BucketArn", format!("arn:aws:s3:::{bucket}")),
        _ => ("s3Bucket", bucket.to_owned()),
    };
    let task = |(n, key): (usize, &&str)| json!({"taskId": format!("t{n}"), "s3Key": key, "s3VersionId": null, place.0: place.1});
    json!({"invocationSchemaVersion": schema, "invocationId": "i1", "job": {"id": "f3cc4f60-61f6-4a2b-8a21-d07600c373ce"},
           "tasks": keys.iter().enumerate().map(task).collect::<Vec<_>>()})
}

fn answered(outcome: Outcome) -> Value {
    match outcome {
        Outcome::Answered(answer) => answer,
        other => panic!("{other:?}"),
    }
}

fn codes(answer: &Value) -> Vec<(&str, &str)> {
    let results = answer["results"].as_array().expect("results");
    let text =
        |value: &'_ Value| -> &str { Box::leak(value.as_str().expect("text").to_owned().into_boxed_str()) };
    results.iter().map(|one| (text(&one["taskId"]), text(&one["resultCode"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_told_of_each_object_and_findings_say_they_are_replayed() {
    let Some(mut stage) = Stage::set_without_table().await else { return };
    stage.put(KEY, sample(OBJECT)).await;
    stage.put("broken.json.gz", b"{\"Records\": [".to_vec()).await;
    let keys = [ENCODED, "absent.json.gz", "broken.json.gz"];
    for schema in ["1.0", "2.0"] {
        stage.kill();
        let answer = answered(stage.invoke(&job(schema, &stage.trail.clone(), &keys)));
        assert_eq!(answer["invocationSchemaVersion"], schema);
        assert_eq!(answer["invocationId"], "i1");
        assert_eq!(answer["treatMissingKeysAs"], "TemporaryFailure");
        let expected = [("t0", "Succeeded"), ("t1", "PermanentFailure"), ("t2", "PermanentFailure")];
        assert_eq!(codes(&answer), expected, "{answer}");
        let said = |n: usize| answer["results"][n]["resultString"].as_str().expect("text");
        assert!(said(0).contains(" published") && said(1).contains("unreadable"), "{answer}");
        let mut findings = stage.findings().await;
        for finding in &mut findings {
            let metadata = finding["data"]["metadata"].as_object_mut().expect("metadata");
            let labels = metadata["labels"].as_array_mut().expect("labels");
            assert!(labels.contains(&json!("replayed")), "{labels:?}");
            labels.retain(|label| label != "replayed");
            if labels.is_empty() {
                metadata.remove("labels");
            }
        }
        assert_as_scanned(&findings, &sample(OBJECT));
    }
    assert!(stage.accounts().iter().all(balances));
    // What can never be read is parked as a notice that a replay reads.
    let parked = stage.parked().await;
    assert!(parked.iter().any(|line| line["reason"] == "unreadable"), "{parked:?}");
    let foreign = answered(stage.invoke(&job("2.0", "somebody-elses", &["k.json.gz"])));
    assert_eq!(codes(&foreign), [("t0", "PermanentFailure")], "{foreign}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_a_temporary_failure_and_succeeds_once_it_has_passed() {
    let Some(mut stage) = Stage::set().await else { return };
    let port = stage.moto.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let gate = Gate::before(port, None).await;
    stage.set_variable("AWS_ENDPOINT_URL_SNS", &format!("http://127.0.0.1:{}", gate.port()));
    stage.put(KEY, sample(OBJECT)).await;
    gate.always(Some(Trouble::Says(503, vec![("content-type", "text/xml".to_owned())], String::new())));
    let answer = answered(stage.invoke(&job("2.0", &stage.trail.clone(), &[ENCODED])));
    assert_eq!(codes(&answer), [("t0", "TemporaryFailure")], "{answer}");
    let bucket = stage.trail.clone();
    let items = json!({"BatchInput": {"Bucket": bucket}, "Items": [{"Key": KEY}, {"Key": "absent"}]});
    assert!(matches!(stage.invoke(&items), Outcome::Failed(_)), "a state retries what fails whole");
    assert_eq!(stage.findings().await, Vec::<Value>::new());

    gate.always(None);
    let answer = answered(stage.invoke(&items));
    assert_eq!(codes(&answer), [(KEY, "Succeeded"), ("absent", "PermanentFailure")], "{answer}");
    let told = stage.findings().await;
    assert!(!told.is_empty());
    // The same object by the other engine: everything was published before.
    let answer = answered(stage.invoke(&job("1.0", &stage.trail.clone(), &[ENCODED])));
    assert_eq!(codes(&answer), [("t0", "Succeeded")], "{answer}");
    assert!(
        answer["results"][0]["resultString"].as_str().expect("text").contains(" 0 published,"),
        "{answer}"
    );
    assert_eq!(stage.findings().await, Vec::<Value>::new());
    // Of long ago, it is nobody's beginning: neither the account nor what is usual in it is learned from it.
    let kinds = stage.kinds().await;
    assert!(kinds.iter().all(|kind| kind != "seen" && kind != "learning"), "{kinds:?}");
}
