//! A function whose table history was learned into: it knows who is usual from its first delivery on.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::remember::{History, import};
use trailhound_detect::rules::load;

use super::stage::{Stage, all_done};

/// A shell that a person opened, as EventBridge tells of it.
fn session(day: &str, person: &str) -> Value {
    let arn = format!("arn:aws:iam::111122223333:user/{person}");
    let detail = json!({
        "eventVersion": "1.09", "eventSource": "ssm.amazonaws.com", "eventName": "StartSession",
        "eventTime": format!("{day}T10:15:00Z"), "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.45",
        "userAgent": "aws-cli/2.22.0", "recipientAccountId": "111122223333", "eventType": "AwsApiCall",
        "eventID": format!("{person}-{day}"), "eventCategory": "Management",
        "userIdentity": {"type": "IAMUser", "arn": arn, "accountId": "111122223333", "userName": person},
        "requestParameters": {"target": "i-0123456789abcdef0"},
        "responseElements": {"sessionId": format!("{person}-0a1b2c3d4e5f67890")},
    });
    json!({"version": "0", "id": format!("{person}-{day}"), "source": "aws.ssm", "account": "111122223333",
           "detail-type": "AWS API Call via CloudTrail", "region": "eu-west-1", "detail": detail})
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_learned_ahead_is_known_and_the_rest_is_news() {
    let Some(mut stage) = Stage::set().await else { return };
    let rules = Arc::new(load(&[]).rules);
    let pipeline = Pipeline::new(Arc::clone(&rules));
    let mut history = History::default();
    let now = Timestamp::now();
    let mut delivery = pipeline.delivery("history", now);
    for day in ["2026-02-20", "2026-02-27", "2026-03-06"] {
        delivery.push(session(day, "dana").to_string().as_bytes());
    }
    for found in &delivery.finish(Ending::Whole).matches {
        history.add(&rules, found);
    }
    assert_eq!(history.events, 3);
    import(&stage.store(), &history.into_entries(now, true), now, |_| {}).await.expect("moto answers");

    for person in ["dana", "mallory"] {
        assert_eq!(stage.invoke(&session("2026-03-18", person)), all_done(), "{person}");
    }
    let findings = stage.findings().await;
    assert_eq!(findings.len(), 2, "{findings:?}");
    let is_new = |person: &str| {
        let of_them = findings.iter().find(|finding| finding.to_string().contains(person));
        let first = &of_them.expect("one finding each")["data"]["unmapped"]["newness"]["first_seen"];
        first.as_array().is_some_and(|facts| !facts.is_empty())
    };
    assert!(!is_new("dana") && is_new("mallory"), "{findings:?}");
}
