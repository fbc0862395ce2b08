//! The real S3 client against an S3 that fails as told: each failure has its policy.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trailhound_testkit::contract::comparable;
use trailhound_testkit::lambda_runtime_api::Outcome;
use trailhound_testkit::s3::{Fate, S3};

use super::stage::{self, Stage, all_done, given_back, s3_notice, sample, scan, sqs_event};

const OBJECT: &str = "example-cloudtrail-s3-object.json.gz";

/// A stage whose S3 is the test's own.
async fn set() -> Option<(Stage, S3)> {
    let mut stage = Stage::set().await?;
    let s3 = S3::start().expect("a port");
    stage.set_variable("AWS_ENDPOINT_URL_S3", &s3.url());
    Some((stage, s3))
}

fn ids(findings: &[Value]) -> BTreeSet<String> {
    comparable(findings, true).into_keys().collect()
}

/// The error of the accounting line of an object.
fn error(stage: &Stage, key: &str) -> String {
    let accounts = stage.accounts();
    let mut of_it =
        accounts.iter().filter(|line| line["origin"].as_str().is_some_and(|at| at.ends_with(key)));
    of_it.next_back().and_then(|line| line["error"].as_str()).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_read_comes_back_and_its_siblings_are_done() {
    let Some((mut stage, s3)) = set().await else { return };
    let path = |key: &str| format!("/{}/{key}", stage.trail);
    s3.put(&path("denied"), [Fate::Error(403, "AccessDenied")]);
    s3.put(&path("key-denied"), [Fate::Error(400, "KMS.DisabledException")]);
    s3.put(&path("whole"), [Fate::Whole(sample(OBJECT))]);
    let keys = [&["denied", "whole"][..], &["whole"], &["key-denied"]];
    let bodies = keys.map(|keys| s3_notice(&stage.trail, keys).to_string());
    assert_eq!(stage.invoke(&sqs_event(&bodies)), given_back(&["m0", "m2"]));
    assert_eq!(ids(&stage.findings().await), ids(&scan(&sample(OBJECT))));
    assert!(error(&stage, "/denied").contains("AccessDenied"), "{}", error(&stage, "/denied"));
    assert!(error(&stage, "/key-denied").contains("KMS.DisabledException"));

    // The permission is mended, the message comes again.
    s3.put(&format!("/{}/denied", stage.trail), [Fate::Whole(sample(OBJECT))]);
    assert_eq!(stage.invoke(&sqs_event(&bodies[..1])), all_done());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_an_id_that_fails_takes_its_batch_back() {
    let Some((mut stage, s3)) = set().await else { return };
    s3.put(&format!("/{}/denied", stage.trail), [Fate::Error(403, "AccessDenied")]);
    s3.put(&format!("/{}/whole", stage.trail), [Fate::Whole(sample(OBJECT))]);
    let batch = |nameless: &str, other: &str| {
        let mut payload =
            sqs_event(&[nameless, other].map(|key| s3_notice(&stage.trail, &[key]).to_string()));
        payload["Records"][0].as_object_mut().expect("a message").remove("messageId");
        payload
    };
    let (bad, good) = (batch("denied", "whole"), batch("whole", "denied"));
    let Outcome::Failed(failure) = stage.invoke(&bad) else {
        panic!("nobody could say which message failed")
    };
    assert!(failure.to_string().contains("2 of 2 inputs"), "{failure}");
    assert!(failure.to_string().contains("AccessDenied"), "{failure}");
    assert_eq!(ids(&stage.findings().await), ids(&scan(&sample(OBJECT))), "its sibling is attempted");
    assert_eq!(stage.invoke(&good), given_back(&["m1"]), "none is needed where none fails");
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_passes_or_the_message_comes_back() {
    let Some((mut stage, s3)) = set().await else { return };
    let busy = Fate::Error(503, "SlowDown");
    let passing = [busy.clone(), Fate::Error(500, "InternalError"), Fate::Whole(sample(OBJECT))];
    s3.put(&format!("/{}/passing", stage.trail), passing);
    s3.put(&format!("/{}/lasting", stage.trail), [busy]);
    let bodies = ["passing", "lasting"].map(|key| s3_notice(&stage.trail, &[key]).to_string());
    assert_eq!(stage.invoke(&sqs_event(&bodies)), given_back(&["m1"]));
    assert_eq!(ids(&stage.findings().await), ids(&scan(&sample(OBJECT))));
    assert!(error(&stage, "/lasting").contains("SlowDown"));
    // A key that is busy is no key that is denied.
    s3.put(&format!("/{}/keys", stage.trail), [Fate::Error(400, "KMS.ThrottlingException")]);
    let payload = sqs_event(&[s3_notice(&stage.trail, &["keys"]).to_string()]);
    assert_eq!(stage.invoke(&payload), given_back(&["m0"]));
    assert!(error(&stage, "/keys").contains("cannot be read for now"), "{}", error(&stage, "/keys"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_breaks_off_comes_back_and_nothing_goes_out_twice() {
    let Some((mut stage, s3)) = set().await else { return };
    let body = inflated(&sample(OBJECT));
    let half = body.len() / 2;
    let path = format!("/{}/k", stage.trail);
    s3.put(&path, [Fate::BrokenOff(body.clone(), half), Fate::Whole(body.clone())]);
    let payload = sqs_event(&[s3_notice(&stage.trail, &["k"]).to_string()]);
    assert_eq!(stage.invoke(&payload), given_back(&["m0"]));
    let first = ids(&stage.findings().await);
    assert!(error(&stage, "/k").contains("broke off"));
    assert_eq!(stage.invoke(&payload), all_done());
    let second = ids(&stage.findings().await);
    assert!(first.is_disjoint(&second) && !first.is_empty(), "{first:?} {second:?}");
    assert_eq!(&first | &second, ids(&scan(&body)));
    assert!(stage.accounts().iter().all(|line| line["rejected"] == json!({})));
}

/// As many objects that never come as are read at once, and one more; a message behind them all is done.
#[tokio::test(flavor = "multi_thread")]
async fn before_the_deadline_what_is_slow_goes_back_and_starves_nobody() {
    let Some((mut stage, s3)) = set().await else { return };
    let silent: Vec<String> = (0..5).map(|n| format!("silent{n}")).collect();
    for key in &silent {
        s3.put(&format!("/{}/{key}", stage.trail), [Fate::Silence]);
    }
    s3.put(&format!("/{}/last", stage.trail), [Fate::Whole(sample(OBJECT))]);
    let keys = silent.iter().map(String::as_str).chain(["last"]);
    let bodies: Vec<String> = keys.map(|key| s3_notice(&stage.trail, &[key]).to_string()).collect();
    stage.start();
    stage.api.first_next(stage::TIMEOUT).expect("it starts");
    let (began, within) = (Instant::now(), Duration::from_secs(12));
    let outcome = stage.api.invoke(sqs_event(&bodies).to_string(), within);
    assert_eq!(outcome, given_back(&["m0", "m1", "m2", "m3", "m4"]));
    assert!(began.elapsed() < within, "{:?}", began.elapsed());
    assert_eq!(ids(&stage.findings().await), ids(&scan(&sample(OBJECT))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_function_parked_itself_is_not_parked_again() {
    let Some(mut stage) = Stage::set().await else { return };
    // Its rejects' bucket tells of its objects, as the trail's does.
    let buckets = format!("{},{}", stage.trail, stage.rejects);
    stage.set_variable("TRAILHOUND_ALLOWED_BUCKETS", &buckets);
    stage.put("k", b"this is no JSON".to_vec()).await;
    assert_eq!(stage.invoke(&s3_notice(&stage.trail, &["k"])), all_done());
    let parked = stage.keys(&stage.rejects).await;
    assert_eq!(parked.len(), 1);
    assert_eq!(stage.invoke(&s3_notice(&stage.rejects, &[&parked[0]])), all_done());
    assert_eq!(stage.keys(&stage.rejects).await, parked);
    let account = stage.accounts().pop().expect("a line");
    assert_eq!(account["notices"], json!({"own_reject": 1}), "{account}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_at_the_root_of_a_trails_bucket_hide_no_object_of_the_trail() {
    let Some(mut stage) = Stage::set_without_table().await else { return };
    stage.set_variable("TRAILHOUND_REJECTS_URI", &format!("s3://{}", stage.trail));
    stage.put("k", sample(OBJECT)).await;
    assert_eq!(stage.invoke(&s3_notice(&stage.trail, &["k"])), all_done());
    assert_eq!(ids(&stage.findings().await), ids(&scan(&sample(OBJECT))));
}

/// A notice of S3's that tells which content it is about.
fn notice_of(stage: &Stage, e_tag: &str, version: Option<&str>) -> Value {
    let mut notice = s3_notice(&stage.trail, &["k"]);
    let object = &mut notice["Records"][0]["s3"]["object"];
    object["eTag"] = json!(e_tag.trim_matches('"'));
    if let Some(version) = version {
        object["versionId"] = json!(version);
    }
    notice
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_was_replaced_is_read_by_its_version_or_told() {
    let harmless = || br#"{"Records":[]}"#.to_vec();
    for is_versioned in [true, false] {
        let Some(mut stage) = Stage::set_without_table().await else { return };
        if is_versioned {
            stage.keep_versions().await;
        }
        let (e_tag, version) = stage.put_told("k", sample(OBJECT)).await;
        stage.put("k", harmless()).await;
        let notice = notice_of(&stage, &e_tag, version.as_deref());
        assert_eq!(stage.invoke(&sqs_event(&[notice.to_string()])), all_done());
        let findings = stage.findings().await;
        if is_versioned {
            assert_eq!(ids(&findings), ids(&scan(&sample(OBJECT))), "what it was is what is read");
        } else {
            let rules: Vec<&Value> = findings.iter().map(|finding| &finding["ruleid"]).collect();
            assert_eq!(rules, ["trail-integrity"]);
            assert!(
                findings[0]["data"]["message"].as_str().is_some_and(|words| words.contains("/k")),
                "{findings:?}"
            );
        }
    }
    // A marker of deletion hides a version and does not take it away.
    let Some(mut stage) = Stage::set_without_table().await else { return };
    stage.keep_versions().await;
    let (e_tag, version) = stage.put_told("k", sample(OBJECT)).await;
    stage.s3.delete_object().bucket(&stage.trail).key("k").send().await.expect("deleted");
    let notice = notice_of(&stage, &e_tag, version.as_deref());
    assert_eq!(stage.invoke(&sqs_event(&[notice.to_string()])), all_done());
    assert_eq!(ids(&stage.findings().await), ids(&scan(&sample(OBJECT))));
    // What is as it was announced is nobody's news.
    let Some(mut stage) = Stage::set_without_table().await else { return };
    let (e_tag, version) = stage.put_told("k", sample(OBJECT)).await;
    let notice = notice_of(&stage, &e_tag, version.as_deref());
    assert_eq!(stage.invoke(&sqs_event(&[notice.to_string()])), all_done());
    assert_eq!(ids(&stage.findings().await), ids(&scan(&sample(OBJECT))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_cannot_be_read_for_now_is_waited_for() {
    let Some((mut stage, s3)) = set().await else { return };
    let path = format!("/{}/k", stage.trail);
    let busy = [(); 3].map(|()| Fate::Error(503, "SlowDown"));
    let harmless = Fate::Whole(br#"{"Records":[]}"#.to_vec());
    s3.put(&path, [harmless].into_iter().chain(busy));
    let notice = notice_of(&stage, "another", Some("v1"));
    assert_eq!(stage.invoke(&sqs_event(&[notice.to_string()])), given_back(&["m0"]));
    assert!(stage.findings().await.is_empty(), "what is there now is not what was announced");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_ran_out_end_the_process_and_the_next_one_reads_on() {
    let Some((mut stage, s3)) = set().await else { return };
    let path = format!("/{}/k", stage.trail);
    s3.put(&path, [Fate::Error(400, "ExpiredToken")]);
    let payload = sqs_event(&[s3_notice(&stage.trail, &["k"]).to_string()]);
    stage.start();
    stage.api.first_next(stage::TIMEOUT).expect("it starts");
    let outcome = stage.api.invoke(payload.to_string(), Duration::from_secs(5));
    assert_ne!(outcome, all_done());
    assert!(stage.has_ended(), "another process has other credentials");
    stage.kill();
    s3.put(&path, [Fate::Whole(sample(OBJECT))]);
    stage.start();
    assert_eq!(stage.api.invoke(payload.to_string(), stage::TIMEOUT), all_done());
    assert_eq!(ids(&stage.findings().await), ids(&scan(&sample(OBJECT))));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_keys_stay_text_in_every_line_and_answer() {
    let Some((mut stage, s3)) = set().await else { return };
    let key = "k\u{202e}\u{1b}[31m\n{\"event\":\"delivery\"}\u{200b}";
    let own = json!({"s3Bucket": stage.trail, "s3ObjectKey": [key]});
    drop(s3);
    // Nothing listens any more, so that the object cannot be read and everything tells of it.
    stage.set_variable("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1");
    let Outcome::Failed(failure) = stage.invoke(&own) else { panic!("it cannot be read") };
    let output = stage.output().join("\n");
    for told in [failure.to_string(), output] {
        assert!(told.contains("31m"), "it tells of the key: {told}");
        assert!(!told.contains(['\u{202e}', '\u{1b}', '\u{200b}']), "{told}");
    }
    assert_eq!(stage.accounts().len(), 1);
}

/// The sample inflated, so that half of its bytes hold whole records.
fn inflated(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed), &mut bytes).expect("gzip");
    bytes
}
