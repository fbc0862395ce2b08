//! Every notice, every failure.

use std::collections::BTreeSet;
use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use trailhound_testkit::contract::{comparable, scan_at};
use trailhound_testkit::lambda_runtime_api::Outcome;

use super::stage::{
    self, Stage, all_done, assert_as_scanned, balances, given_back, s3_notice, sample, scan, sqs_event,
};

const OBJECT: &str = "example-cloudtrail-s3-object.json.gz";

#[tokio::test(flavor = "multi_thread")]
async fn notices_are_acknowledged_and_not_parked() {
    let Some(mut stage) = Stage::set().await else { return };
    let mut removed = s3_notice(&stage.trail, &["gone"]);
    removed["Records"][0]["eventName"] = json!("ObjectRemoved:Delete");
    let mut expired = removed.clone();
    expired["Records"][0]["eventName"] = json!("LifecycleExpiration:Delete");
    let confirmation = json!({"Type": "SubscriptionConfirmation", "TopicArn": "arn:aws:sns:us-east-1:111122223333:t",
                              "Message": "You have chosen", "SubscribeURL": "https://example.com/"});
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": stage.trail});
    let bodies = [removed, expired, confirmation, test].map(|body| body.to_string());
    assert_eq!(stage.invoke(&sqs_event(&bodies)), all_done());
    stage.put("digest", sample("example-cloudtrail-digest.json.gz")).await;
    stage.put("insight", sample("example-cloudtrail-insight.json.gz")).await;
    stage.put("empty", sample("example-cloudtrail-empty.json.gz")).await;
    assert_eq!(stage.invoke(&s3_notice(&stage.trail, &["digest", "insight", "empty"])), all_done());
    assert_eq!(stage.parked().await, Vec::<Value>::new());
    assert_eq!(stage.findings().await, Vec::<Value>::new());
    let accounts = stage.accounts();
    let told: Vec<&Value> = accounts.iter().map(|account| &account["notices"]).collect();
    let want = [
        json!({"object_removed": 1}),
        json!({"object_lifecycle": 1}),
        json!({"sns_subscription": 1}),
        json!({"s3_test_event": 1}),
        json!({"cloud_trail_digest": 1}),
    ];
    assert_eq!(told[..5], want.iter().collect::<Vec<_>>());
    assert_eq!(accounts.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_parked_and_its_siblings_go_on() {
    let Some(mut stage) = Stage::set().await else { return };
    let mut cut = sample(OBJECT);
    cut.truncate(cut.len() - cut.len() / 4);
    stage.put("cut.json.gz", cut).await;
    stage.put("whole.json.gz", sample(OBJECT)).await;
    let bodies = [
        "hello".to_owned(),
        json!({"what": "is this"}).to_string(),
        s3_notice("some-other-bucket", &["k"]).to_string(),
        s3_notice(&stage.trail, &["never-there", "cut.json.gz", "whole.json.gz"]).to_string(),
    ];
    assert_eq!(stage.invoke(&sqs_event(&bodies)), all_done());
    let parked = stage.parked().await;
    let reasons: BTreeSet<&str> = parked.iter().filter_map(|line| line["reason"].as_str()).collect();
    assert!(
        reasons.is_superset(&["not_json", "unknown_record", "not_allowed", "unreadable"].into()),
        "{reasons:?}"
    );
    for line in &parked {
        for name in ["reason", "detail", "origin", "received_at", "body_base64"] {
            assert!(line[name].is_string(), "{name} in {line}");
        }
    }
    let got: BTreeSet<String> = comparable(&stage.findings().await, true).into_keys().collect();
    let want: BTreeSet<String> = comparable(&scan(&sample(OBJECT)), true).into_keys().collect();
    assert_eq!(got, want);
    let accounts = stage.accounts();
    assert!(accounts.iter().all(balances), "{accounts:?}");
    assert_eq!(accounts.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_notice_of_an_archived_object_is_parked_until_somebody_restores_it() {
    let Some(mut stage) = Stage::set_without_table().await else { return };
    stage.put_archived(&stage.trail, "archived", sample(OBJECT)).await;
    stage.put("whole", sample(OBJECT)).await;
    let notice = s3_notice(&stage.trail, &["archived", "whole"]).to_string();
    assert_eq!(stage.invoke(&sqs_event(std::slice::from_ref(&notice))), all_done());
    assert_as_scanned(&stage.findings().await, &sample(OBJECT));
    let parked = stage.parked().await;
    assert_eq!(parked.len(), 1, "{parked:?}");
    assert_eq!(parked[0]["reason"], "unreadable");
    assert!(
        parked[0]["detail"].as_str().is_some_and(|words| words.contains("InvalidObjectState")),
        "{parked:?}"
    );
    assert_eq!(parked[0]["origin"], format!("s3://{}/archived", stage.trail));
    assert_eq!(parked[0]["body_base64"], STANDARD.encode(&notice));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_does_not_take_it_gives_exactly_its_message_back() {
    let Some(mut stage) = Stage::set().await else { return };
    let missing = stage.topic.replace("stage-", "no-stage-");
    stage.set_variable("TRAILHOUND_ALERT_TOPIC_ARN", &missing);
    stage.put("k", sample(OBJECT)).await;
    stage.put("empty", sample("example-cloudtrail-empty.json.gz")).await;
    let bodies =
        [s3_notice(&stage.trail, &["empty"]), s3_notice(&stage.trail, &["k"])].map(|body| body.to_string());
    assert_eq!(stage.invoke(&sqs_event(&bodies)), given_back(&["m1"]));
    assert!(
        matches!(stage.invoke(&s3_notice(&stage.trail, &["k"])), Outcome::Failed(_)),
        "whole, without a queue"
    );
    let accounts = stage.accounts();
    assert!(accounts.iter().all(balances), "{accounts:?}");
    assert!(accounts.iter().any(|account| account["deferred"].as_u64() > Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_place_for_rejects_their_message_comes_back() {
    let Some(mut stage) = Stage::set().await else { return };
    stage.set_variable("TRAILHOUND_REJECTS_URI", "");
    assert_eq!(stage.invoke(&sqs_event(&["hello".to_owned()])), given_back(&["m0"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_down_is_not_blindness() {
    let Some(mut stage) = Stage::set().await else { return };
    stage.set_variable("TRAILHOUND_STATE_TABLE", "no-such-table");
    stage.put("k", sample(OBJECT)).await;
    assert_eq!(stage.invoke(&s3_notice(&stage.trail, &["k"])), all_done());
    let got: BTreeSet<String> = comparable(&stage.findings().await, true).into_keys().collect();
    let want: BTreeSet<String> = comparable(&scan(&sample(OBJECT)), true).into_keys().collect();
    assert_eq!(got, want);
    assert!(stage.accounts().iter().any(|account| account["state_unavailable"].is_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_hangs_holds_up_no_alert() {
    let Some(mut stage) = Stage::set().await else { return };
    let silent = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = silent.local_addr().expect("an address");
    stage.set_variable("AWS_ENDPOINT_URL_DYNAMODB", &format!("http://{address}"));
    let event: Value =
        serde_json::from_slice(&sample("example-eventbridge-start-session.json")).expect("JSON");
    let records: Vec<Value> = (0..40)
        .map(|n| {
            let mut record = event["detail"].clone();
            record["eventID"] = json!(format!("00000000-0000-4000-8000-{n:012}"));
            record
        })
        .collect();
    stage.put("many", json!({ "Records": records }).to_string().into_bytes()).await;
    let began = Instant::now();
    assert_eq!(stage.invoke(&s3_notice(&stage.trail, &["many"])), all_done());
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
    assert_eq!(stage.findings().await.len(), 40);
    assert!(stage.accounts().iter().any(|account| account["state_unavailable"].is_string()));
}

/// The ids of the findings that tell of one event each, and the rules of those that tell of several, in order.
fn by_kind(findings: &[Value]) -> (BTreeSet<String>, Vec<String>) {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let (mut single, mut episodes) = (BTreeSet::new(), Vec::new());
    for info in findings.iter().map(|finding| &finding["data"]["finding_info"]) {
        // Only the members of an episode are told with the rules that matched them.
        if info["related_events"].as_array().into_iter().flatten().any(|event| event["title"].is_string()) {
            episodes.push(text(&info["analytic"]["uid"]));
        } else {
            single.insert(text(&info["uid"]));
        }
    }
    episodes.sort_unstable();
    (single, episodes)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_gives_what_scan_finds() {
    let Some(mut stage) = Stage::set().await else { return };
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let folder = tempfile::tempdir().expect("a folder");
    let mut names: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(&samples).expect("the samples") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            let name = path.file_name().and_then(|name| name.to_str()).expect("UTF-8").to_owned();
            std::fs::copy(&path, folder.path().join(&name)).expect("a copy");
            names.push(name);
        }
    }
    names.sort();
    for name in &names {
        stage.put(name, sample(name)).await;
    }
    let program = Path::new(env!("CARGO_BIN_EXE_bootstrap"));
    // All at once: an episode of several samples begins where the function first sees that it is one, and its id with
    // it, while a scan puts everything in order of time.
    let scanned = scan_at(program, folder.path());
    let (want, want_episodes) = by_kind(&scanned);
    // In order of time, since windows take nothing that comes more than an hour late.
    let mut keys: Vec<&str> = names.iter().map(String::as_str).collect();
    let begins = |name: &str| {
        let of = |finding: &&Value| finding["origin"].as_str().is_some_and(|origin| origin.contains(name));
        scanned.iter().filter(of).filter_map(|finding| finding["data"]["time"].as_i64()).min()
    };
    keys.sort_by_key(|name| begins(name));
    assert_eq!(stage.invoke(&sqs_event(&[s3_notice(&stage.trail, &keys).to_string()])), all_done());
    let (got, got_episodes) = by_kind(&stage.findings().await);
    assert_eq!(got.symmetric_difference(&want).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(got_episodes, want_episodes);
    assert!(!want.is_empty() && !want_episodes.is_empty());

    // One by one, to a function that saw nothing before: the very same, episodes too.
    stage.set_variable("TRAILHOUND_STATE_TABLE", "");
    let mut episodes = 0;
    for name in &names {
        stage.kill();
        assert_eq!(stage.invoke(&s3_notice(&stage.trail, &[name])), all_done(), "{name}");
        let (got, want) = (stage.findings().await, scan_at(program, &folder.path().join(name)));
        let ids = |found: &[Value]| comparable(found, true).into_keys().collect::<BTreeSet<_>>();
        assert_eq!((got.len(), ids(&got)), (want.len(), ids(&want)), "{name}");
        episodes += by_kind(&want).1.len();
    }
    assert!(episodes > 0);
    assert!(stage.accounts().iter().all(balances));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_a_cut_is_found_and_the_cut_is_parked() {
    let Some(mut stage) = Stage::set().await else { return };
    let whole = sample(OBJECT);
    let mut text = String::new();
    flate2::read::GzDecoder::new(whole.as_slice()).read_to_string(&mut text).expect("gzip");
    text.truncate(text.len() - 40);
    stage.put("cut.json", text.clone().into_bytes()).await;
    let want: BTreeSet<String> = comparable(&scan(text.as_bytes()), true).into_keys().collect();
    assert!(!want.is_empty(), "there are findings before the cut");
    assert_eq!(stage.invoke(&s3_notice(&stage.trail, &["cut.json"])), all_done());
    let got: BTreeSet<String> = comparable(&stage.findings().await, true).into_keys().collect();
    assert_eq!(got, want);
    let parked = stage.parked().await;
    assert_eq!(parked.len(), 1, "{parked:?}");
    assert_eq!(parked[0]["reason"], "truncated");
    assert!(parked[0]["origin"].as_str().is_some_and(|at| at.contains("/cut.json#")), "{parked:?}");
    // Again, and nothing doubles: neither findings nor what is parked.
    assert_eq!(stage.invoke(&s3_notice(&stage.trail, &["cut.json"])), all_done());
    assert_eq!((stage.findings().await.len(), stage.parked().await.len()), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_after_the_claim_still_publishes_on_redelivery() {
    let Some(mut stage) = Stage::set().await else { return };
    // SNS that takes connections and never answers.
    let silent = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = silent.local_addr().expect("an address");
    stage.set_variable("AWS_ENDPOINT_URL_SNS", &format!("http://{address}"));
    stage.put("k", sample(OBJECT)).await;
    let payload = sqs_event(&[s3_notice(&stage.trail, &["k"]).to_string()]);
    stage.start();
    let id = stage.api.begin(payload.to_string(), stage::TIMEOUT);
    let _asked = silent.accept().expect("bootstrap publishes");
    stage.kill();
    assert_eq!(stage.api.outcome(&id, Duration::ZERO), Outcome::TimedOut);

    stage.set_variable("AWS_ENDPOINT_URL_SNS", stage.moto.url());
    let began = Instant::now();
    assert_eq!(stage.invoke(&payload), all_done());
    assert!(began.elapsed() < Duration::from_secs(20), "a claim that came to nothing delays by seconds only");
    let got: BTreeSet<String> = comparable(&stage.findings().await, true).into_keys().collect();
    let want: BTreeSet<String> = comparable(&scan(&sample(OBJECT)), true).into_keys().collect();
    assert_eq!(got, want);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_deadline_leaves_goes_back() {
    let Some(mut stage) = Stage::set().await else { return };
    let silent = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = silent.local_addr().expect("an address");
    stage.set_variable("AWS_ENDPOINT_URL_S3", &format!("http://{address}"));
    let bodies = ["a", "b"].map(|key| s3_notice(&stage.trail, &[key]).to_string());
    stage.start();
    let outcome = stage.api.invoke(sqs_event(&bodies).to_string(), Duration::from_secs(4));
    assert_eq!(outcome, given_back(&["m0", "m1"]));
}

#[test]
fn wrong_settings_are_told_all_at_once() {
    let output = Command::new(env!("CARGO_BIN_EXE_bootstrap"))
        .env_clear()
        .env("TRAILHOUND_MIN_LEVEL", "loud")
        .env("TRAILHOUND_REJECTS_URI", "nowhere")
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let line: Value = serde_json::from_slice(&output.stdout).expect("one line of JSON");
    let words = line["error"].as_str().expect("words");
    let names = [
        "TRAILHOUND_ALERT_TOPIC_ARN",
        "TRAILHOUND_MIN_LEVEL",
        "TRAILHOUND_REJECTS_URI",
        // Without them the runtime would panic.
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    ];
    for name in names {
        assert!(words.contains(name), "{name} is not in {words}");
    }
}
