//! The real SNS client against an SNS that fails as told: each finding's fate is its own, and nothing waits for ever.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trailhound_testkit::schema::validate_finding;
use trailhound_testkit::sns::{PublishFate, Sns};

use super::stage::{self, Stage, all_done, given_back, s3_notice, sample, scan, sqs_event};

const OBJECT: &str = "example-cloudtrail-s3-object.json.gz";

/// A stage with an SNS of the test's own, and the sample object in its bucket.
async fn set(script: impl IntoIterator<Item = PublishFate>) -> Option<(Stage, Sns)> {
    let mut stage = Stage::set().await?;
    let sns = Sns::start(script).expect("a port");
    stage.set_variable("AWS_ENDPOINT_URL_SNS", &sns.url());
    stage.put("k", sample(OBJECT)).await;
    Some((stage, sns))
}

fn notice(stage: &Stage, keys: &[&str]) -> Value {
    sqs_event(&keys.iter().map(|key| s3_notice(&stage.trail, &[key]).to_string()).collect::<Vec<_>>())
}

/// How often each finding was taken, by its id.
fn times(sns: &Sns) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for message in sns.taken() {
        let finding: Value = serde_json::from_str(&message).expect("JSON");
        *times.entry(finding["id"].as_str().expect("an id").to_owned()).or_default() += 1;
    }
    times
}

/// What a scan finds, once each.
fn once_each(body: &[u8]) -> BTreeMap<String, usize> {
    scan(body).iter().map(|found| (found["id"].as_str().expect("an id").to_owned(), 1)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_ran_out_at_sns_end_the_process_as_well() {
    let Some((mut stage, sns)) = set([PublishFate::Error(403, "ExpiredToken")]).await else { return };
    let payload = notice(&stage, &["k"]).to_string();
    stage.start();
    stage.api.first_next(stage::TIMEOUT).expect("it starts");
    stage.api.invoke(payload.clone(), stage::TIMEOUT);
    assert!(stage.has_ended(), "another process has other credentials");
    stage.kill();
    stage.start();
    assert_eq!(stage.api.invoke(payload, stage::TIMEOUT), all_done());
    assert_eq!(times(&sns).len(), scan(&sample(OBJECT)).len());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_entries_that_failed_are_offered_again() {
    let failures = vec![(1, "InternalError", false), (3, "Throttling", true)];
    let Some((mut stage, sns)) = set([PublishFate::Failed(failures)]).await else { return };
    assert_eq!(stage.invoke(&notice(&stage, &["k"])), all_done());
    let requests = sns.requests();
    let again: Vec<&str> = requests[1].iter().map(|entry| entry.message.as_str()).collect();
    assert_eq!(again, [&requests[0][1].message, &requests[0][3].message]);
    assert_eq!((requests.len(), times(&sns)), (2, once_each(&sample(OBJECT))));
    // What SNS once took is never offered again.
    assert_eq!(stage.invoke(&notice(&stage, &["k"])), all_done());
    assert_eq!(sns.requests().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_refused_whole_is_halved_until_one_is_to_blame() {
    for code in ["BatchRequestTooLong", "InvalidParameter"] {
        let Some((mut stage, sns)) =
            set([PublishFate::Error(400, code), PublishFate::Error(400, code)]).await
        else {
            return;
        };
        assert_eq!(stage.invoke(&notice(&stage, &["k"])), all_done());
        assert_eq!(times(&sns), once_each(&sample(OBJECT)), "{code}");
        let sizes: Vec<usize> = sns.requests().iter().map(Vec::len).collect();
        assert!(sizes[0] > sizes[1] && sizes[1] > sizes[sizes.len() - 1], "{code}: {sizes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_refused_gives_its_message_back_and_nothing_else() {
    let Some((mut stage, sns)) = set([]).await else { return };
    // By another role, so that nothing else tells of it.
    let text = String::from_utf8(sample("example-eventbridge-start-session.json")).expect("UTF-8");
    let text =
        text.replace("AROAEXAMPLEROLEID0001", "AROAEXAMPLEROLEID0009").replace("operations", "elsewhere");
    let mut lone: Value = serde_json::from_str(&text).expect("JSON");
    lone["detail"]["userIdentity"]["accessKeyId"] = json!("ASIAEXAMPLEKEY000009");
    lone["detail"]["eventID"] = json!("00000000-0000-4000-8000-00000000dead");
    lone["detail"]["requestParameters"]["target"] = json!("i-0deadbeef0deadbee");
    stage.put("refused", json!({"Records": [lone["detail"]]}).to_string().into_bytes()).await;
    sns.refuse(Some("i-0deadbeef0deadbee"), "InvalidParameter");
    let both = notice(&stage, &["k", "refused"]);
    assert_eq!(stage.invoke(&both), given_back(&["m1"]));
    assert_eq!(times(&sns), once_each(&sample(OBJECT)));
    let refusals =
        sns.requests().concat().iter().filter(|e| e.message.contains("i-0deadbeef0deadbee")).count();
    assert_eq!(refusals, 1, "what blames the sender is not offered again within a delivery");

    assert_eq!(stage.invoke(&both), given_back(&["m1"]), "and again");
    assert_eq!(times(&sns), once_each(&sample(OBJECT)), "siblings are not repeated");
    sns.refuse(None, "");
    // Its claim came to nothing, twice; that delays nobody by more than seconds.
    let began = Instant::now();
    assert_eq!(stage.invoke(&both), all_done());
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(times(&sns).len(), once_each(&sample(OBJECT)).len() + 1);
    assert!(times(&sns).values().all(|times| *times == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_and_errors_of_its_own_pass() {
    let script = [
        PublishFate::Error(400, "Throttling"),
        PublishFate::Error(503, "ServiceUnavailable"),
        PublishFate::Error(500, "InternalFailure"),
        PublishFate::Error(400, "ThrottledException"),
    ];
    let Some((mut stage, sns)) = set(script).await else { return };
    assert_eq!(stage.invoke(&notice(&stage, &["k"])), all_done());
    assert_eq!(times(&sns), once_each(&sample(OBJECT)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_loses_nothing() {
    let Some((mut stage, sns)) = set([PublishFate::BrokenOff]).await else { return };
    assert_eq!(stage.invoke(&notice(&stage, &["k"])), all_done());
    // Nobody can tell that they were taken, so they go out once more, under the same ids.
    let twice: BTreeMap<String, usize> = once_each(&sample(OBJECT)).into_keys().map(|id| (id, 2)).collect();
    assert_eq!(times(&sns), twice);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sns_that_is_too_slow_is_given_up_before_the_claims_run_out() {
    let Some((mut stage, sns)) =
        set(std::iter::repeat_n(PublishFate::Late(Duration::from_secs(30)), 40)).await
    else {
        return;
    };
    stage.start();
    stage.api.first_next(stage::TIMEOUT).expect("it starts");
    let began = Instant::now();
    assert_eq!(stage.invoke(&notice(&stage, &["k"])), given_back(&["m0"]));
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert!(!sns.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_for_people_follow_when_the_finding_is_on_record() {
    let late = PublishFate::Late(Duration::from_secs(30));
    let Some((mut stage, sns)) = set([PublishFate::Taken, late]).await else { return };
    let chat = format!("{}-chat", stage.topic);
    stage.set_variable("TRAILHOUND_CHAT_TOPIC_ARN", &chat);
    stage.start();
    let payload = notice(&stage, &["k"]);
    stage.api.begin(payload.to_string(), stage::TIMEOUT);
    let until = Instant::now() + stage::TIMEOUT;
    while !sns.requests().concat().iter().any(|entry| entry.topic == chat) {
        assert!(Instant::now() < until, "the copies are offered");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stage.kill();
    assert_eq!(stage.invoke(&payload), all_done());
    let alerts = sns.requests().concat().iter().filter(|entry| entry.topic == stage.topic).count();
    assert_eq!(alerts, once_each(&sample(OBJECT)).len(), "no finding goes out again for its copy's sake");
}

/// A command to more machines than a finding tells of, with names that make it nearly as large as one may be.
fn large() -> Value {
    let mut event: Value =
        serde_json::from_slice(&sample("example-eventbridge-start-session.json")).expect("JSON");
    let targets: Vec<String> = (0..4_000).map(|n| format!("i-{n:0270x}")).collect();
    let detail = &mut event["detail"];
    detail["eventName"] = json!("SendCommand");
    detail["requestParameters"] = json!({"documentName": "AWS-RunShellScript", "instanceIds": targets});
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn large_findings_are_cut_into_requests_by_their_bytes() {
    let Some((mut stage, sns)) = set([]).await else { return };
    // A scan has no baselines either.
    stage.set_variable("TRAILHOUND_STATE_TABLE", "");
    let event = large();
    let records: Vec<Value> = (0..10)
        .map(|n| {
            let mut record = event["detail"].clone();
            record["eventID"] = json!(format!("00000000-0000-4000-8000-{n:012}"));
            record
        })
        .collect();
    let object = json!({ "Records": records }).to_string().into_bytes();
    stage.put("large", object.clone()).await;
    assert_eq!(stage.invoke(&notice(&stage, &["large"])), all_done());
    let requests = sns.requests();
    let entries = requests.concat();
    let near = entries.iter().filter(|entry| entry.size > 60_000).count();
    assert!(near >= 10 && requests.iter().all(|request| request.len() < 5), "{near} of {}", entries.len());
    assert!(requests.iter().any(|request| request.len() == 4), "as many together as there is room for");
    assert_eq!(entries.len(), sns.taken().len(), "none was offered in vain");
    assert_eq!(times(&sns), once_each(&object));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_on_a_large_event_says_what_it_left_out() {
    let Some((mut stage, sns)) = set([]).await else { return };
    assert_eq!(stage.invoke(&large()), all_done());
    assert!(!sns.taken().is_empty());
    for message in sns.taken() {
        assert_eq!(validate_finding(&message), Ok(()));
        let finding: Value = serde_json::from_str(&message).expect("JSON");
        assert_eq!(finding["data"]["metadata"]["is_truncated"], true);
    }
}
