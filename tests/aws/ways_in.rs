//! Every way in: whatever envelopes a notice or an event wears, the findings are those of a scan.

use aws_sdk_s3::types::{Event, NotificationConfiguration, QueueConfiguration, TopicConfiguration};
use serde_json::{Value, json};

use super::stage::{
    RAW, Stage, all_done, arn, assert_as_scanned, balances, queue, s3_notice, sample, sqs_event,
};

const OBJECT: &str = "example-cloudtrail-s3-object.json.gz";
const KEY: &str = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/18/a b+c.json.gz";
const ENCODED: &str = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/18/a+b%2Bc.json.gz";

fn sns_envelope(message: &Value) -> Value {
    json!({"Type": "Notification", "MessageId": "n1", "TopicArn": "arn:aws:sns:us-east-1:111122223333:example-topic",
           "Message": message.to_string(), "Timestamp": "2026-03-18T10:15:30.000Z"})
}

fn object_created(bucket: &str) -> Value {
    json!({"version": "0", "id": "e1", "source": "aws.s3", "detail-type": "Object Created", "account": "111122223333",
           "region": "us-east-1", "detail": {"bucket": {"name": bucket}, "object": {"key": KEY}}})
}

fn event(name: &str) -> Value {
    serde_json::from_slice(&sample(name)).expect("JSON")
}

/// Has the trail's bucket tell of its objects.
async fn tell(stage: &Stage, configuration: NotificationConfiguration) {
    let request = stage.s3.put_bucket_notification_configuration().bucket(&stage.trail);
    request.notification_configuration(configuration).send().await.expect("a notification");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_put_reaches_a_subscriber_as_scan_finds_it() {
    let Some(mut stage) = Stage::set_without_table().await else { return };
    let intake = queue(&stage.sqs, &format!("{}-intake", stage.table)).await;
    let notify = QueueConfiguration::builder()
        .queue_arn(arn(&stage.sqs, &intake).await)
        .events(Event::from("s3:ObjectCreated:*"))
        .build()
        .expect("complete");
    tell(&stage, NotificationConfiguration::builder().queue_configurations(notify).build()).await;
    stage.put(KEY, sample(OBJECT)).await;

    let bodies = stage.bodies(&intake).await;
    assert!(bodies.iter().any(|body| body.contains("ObjectCreated")), "{bodies:?}");
    assert_eq!(stage.invoke(&sqs_event(&bodies)), all_done());

    let findings = stage.findings().await;
    assert_as_scanned(&findings, &sample(OBJECT));
    let origin = format!("s3://{}/{KEY}#", stage.trail);
    assert!(
        findings.iter().all(|finding| finding["origin"].as_str().is_some_and(|at| at.starts_with(&origin)))
    );
    let accounts = stage.accounts();
    assert!(accounts.iter().all(balances), "{accounts:?}");
    assert!(
        accounts.iter().any(|account| account["published"].as_u64() == Some(findings.len() as u64)),
        "{accounts:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_between_passes_notices_on_as_they_are_or_in_its_envelope() {
    let Some(mut stage) = Stage::set_without_table().await else { return };
    let notices = stage.make_topic("notices").await;
    let raw = stage.subscriber(&notices, "raw", &RAW).await;
    let wrapped = stage.subscriber(&notices, "wrapped", &[]).await;
    let notify = TopicConfiguration::builder()
        .topic_arn(&notices)
        .events(Event::from("s3:ObjectCreated:*"))
        .build()
        .expect("complete");
    tell(&stage, NotificationConfiguration::builder().topic_configurations(notify).build()).await;
    stage.put(KEY, sample(OBJECT)).await;
    let own = json!({"s3Bucket": stage.trail, "s3ObjectKey": [KEY]}).to_string();
    stage.sns.publish().topic_arn(&notices).message(own).send().await.expect("CloudTrail's own");

    for (queue, is_wrapped) in [(raw, false), (wrapped, true)] {
        let mut bodies = stage.bodies(&queue).await;
        assert!(bodies.iter().all(|body| body.contains("\"TopicArn\"") == is_wrapped), "{bodies:?}");
        bodies.retain(|body| !body.contains("s3:TestEvent"));
        assert_eq!(bodies.len(), 2, "{bodies:?}");
        for body in bodies {
            stage.kill();
            assert_eq!(stage.invoke(&sqs_event(&[body])), all_done());
            assert_as_scanned(&stage.findings().await, &sample(OBJECT));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_in_gives_the_same_findings_once() {
    let Some(mut stage) = Stage::set_without_table().await else { return };
    stage.put(KEY, sample(OBJECT)).await;
    let notice = s3_notice(&stage.trail, &[ENCODED]);
    let own = json!({"s3Bucket": stage.trail, "s3ObjectKey": [KEY]});
    let ways = [
        ("SQS, EventBridge", sqs_event(&[object_created(&stage.trail).to_string()])),
        ("S3", notice.clone()),
        ("SNS, S3", json!({"Records": [{"EventSource": "aws:sns", "Sns": sns_envelope(&notice)}]})),
        ("SNS, CloudTrail", json!({"Records": [{"EventSource": "aws:sns", "Sns": sns_envelope(&own)}]})),
        ("EventBridge", object_created(&stage.trail)),
    ];
    for (way, payload) in &ways {
        // A process of its own for each way, so that each publishes; then once more, and nothing does.
        stage.kill();
        assert_eq!(stage.invoke(payload), all_done(), "{way}");
        assert_as_scanned(&stage.findings().await, &sample(OBJECT));
        assert_eq!(stage.invoke(payload), all_done(), "{way}, again");
        assert_eq!(stage.findings().await, Vec::<Value>::new(), "{way}, again");
    }
    assert!(stage.accounts().iter().all(balances));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_eventbridge_is_found_as_scan_finds_it() {
    let Some(mut stage) = Stage::set_without_table().await else { return };
    let call = event("example-eventbridge-start-session.json");
    let sign_in = event("example-eventbridge-console-login.json");
    // It is written both ways.
    let mut signin = sign_in.clone();
    signin["detail-type"] = json!("AWS Console Signin via CloudTrail");
    for event in [call, sign_in, signin] {
        let origin = format!("eventbridge://111122223333/{}/", event["region"].as_str().expect("a region"));
        for payload in [event.clone(), sqs_event(&[event.to_string()])] {
            stage.kill();
            assert_eq!(stage.invoke(&payload), all_done(), "{payload}");
            let findings = stage.findings().await;
            assert_as_scanned(&findings, event.to_string().as_bytes());
            assert!(findings[0]["origin"].as_str().is_some_and(|at| at.starts_with(&origin)), "{findings:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_itself_is_the_finding_its_object_would_be() {
    let Some(mut stage) = Stage::set_without_table().await else { return };
    for name in ["example-eventbridge-start-session.json", "example-eventbridge-console-login.json"] {
        let event = event(name);
        assert_eq!(stage.invoke(&event), all_done(), "{name}");
        assert_ne!(stage.findings().await, Vec::<Value>::new(), "{name}");
        // The same event in an object, later: the same finding, so nothing new.
        let bare = sqs_event(&[event["detail"].to_string()]);
        assert_eq!(stage.invoke(&bare), all_done(), "{name}, its detail alone");
        assert_eq!(stage.findings().await, Vec::<Value>::new(), "{name}, its detail alone");
        let object = json!({"Records": [event["detail"]]}).to_string().into_bytes();
        stage.put("later.json", object).await;
        assert_eq!(
            stage.invoke(&sqs_event(&[s3_notice(&stage.trail, &["later.json"]).to_string()])),
            all_done()
        );
        assert_eq!(stage.findings().await, Vec::<Value>::new(), "{name}");
    }
    assert!(stage.accounts().iter().all(|account| account["rejected"] == json!({})));
}
