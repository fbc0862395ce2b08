//! What subscribers of the topics get: findings with attributes to filter by, and copies for people.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::stage::{RAW, Stage, all_done, s3_notice, sample};

const OBJECT: &str = "example-cloudtrail-s3-object.json.gz";

#[tokio::test(flavor = "multi_thread")]
async fn attributes_let_subscribers_filter() {
    let Some(mut stage) = Stage::set().await else { return };
    stage.put("k", sample(OBJECT)).await;
    assert_eq!(stage.invoke(&s3_notice(&stage.trail, &["k"])), all_done());
    let messages = stage.drain(&stage.inbox).await;
    assert!(!messages.is_empty());
    for message in messages {
        let attributes = message.message_attributes.expect("attributes");
        let names: BTreeSet<&str> = attributes.keys().map(String::as_str).collect();
        let finding: Value = serde_json::from_str(message.body.as_deref().unwrap_or_default()).expect("JSON");
        let case = &finding["data"]["unmapped"]["case"]["uid"];
        let of = |name: &str| attributes.get(name).and_then(|value| value.string_value());
        assert_eq!((of("case"), of("case_step")), (case.as_str(), finding["casestep"].as_str()), "{finding}");
        let want = [
            "severity",
            "rule_id",
            "technique",
            "account",
            "region",
            "provider",
            "outcome",
            "first_seen",
            "case_step",
        ];
        assert_eq!(names, want.into_iter().chain(case.is_string().then_some("case")).collect());
        assert!(attributes.values().all(|value| !value.string_value().unwrap_or_default().is_empty()));
    }
}

/// A heading that SNS takes as a subject: a finding's severity and title, which may be cut, and then the rest.
fn assert_heads(heading: &str, finding: &Value) {
    let title = finding["data"]["finding_info"]["title"].as_str().expect("a title");
    let level = finding["severity"].as_str().expect("a severity").to_uppercase();
    let told = heading.split(" | ").next().unwrap_or_default().trim_end_matches("...");
    assert!(told.len() > 20 && format!("[{level}] {title}").starts_with(told), "{heading}: {finding}");
    assert!(heading.len() < 100 && heading.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{heading}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_get_a_card_in_the_chat_and_words_in_a_mail() {
    let Some(mut stage) = Stage::set().await else { return };
    let (chat, email) = (stage.make_topic("chat").await, stage.make_topic("email").await);
    stage.set_variable("TRAILHOUND_CHAT_TOPIC_ARN", &chat);
    stage.set_variable("TRAILHOUND_EMAIL_TOPIC_ARN", &email);
    let cards = stage.subscriber(&chat, "cards", &RAW).await;
    // Not raw, for the envelope tells the subject.
    let mails = stage.subscriber(&email, "mails", &[]).await;
    stage.put("k", sample(OBJECT)).await;
    assert_eq!(stage.invoke(&s3_notice(&stage.trail, &["k"])), all_done());
    let findings: BTreeMap<String, Value> = stage
        .findings()
        .await
        .into_iter()
        .map(|finding| (finding["id"].as_str().expect("an id").to_owned(), finding))
        .collect();
    assert!(!findings.is_empty());

    let mut told = BTreeSet::new();
    for body in stage.bodies(&cards).await {
        let card: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!((&card["version"], &card["source"]), (&"1.0".into(), &"custom".into()), "{card}");
        let id = card["id"].as_str().expect("an id");
        let finding = &findings[id];
        let content = &card["content"];
        assert_eq!(content["textType"], "client-markdown");
        let message = finding["data"]["message"].as_str().expect("a message");
        assert!(content["description"].as_str().is_some_and(|text| text.contains(message)), "{card}");
        assert_heads(content["title"].as_str().expect("a title"), finding);
        assert_eq!(card["metadata"]["additionalContext"]["rule_id"], finding["ruleid"], "{card}");
        told.insert(id.to_owned());
    }
    assert_eq!(told, findings.keys().cloned().collect());

    let mut told = BTreeSet::new();
    for envelope in stage.bodies(&mails).await {
        let envelope: Value = serde_json::from_str(&envelope).expect("JSON");
        let text = envelope["Message"].as_str().expect("a message");
        assert!(serde_json::from_str::<Value>(text).is_err(), "words: {text}");
        let of_it =
            |finding: &&Value| text.contains(finding["data"]["finding_info"]["uid"].as_str().expect("an id"));
        let finding = findings.values().find(of_it).expect("a finding for each mail");
        assert_eq!(text.lines().next(), finding["data"]["message"].as_str(), "{text}");
        assert_heads(envelope["Subject"].as_str().expect("a subject"), finding);
        told.insert(finding["id"].as_str().expect("an id").to_owned());
    }
    assert_eq!(told, findings.into_keys().collect());
}

fn ids<'f>(findings: impl IntoIterator<Item = &'f Value>) -> BTreeSet<&'f str> {
    findings.into_iter().map(|finding| finding["id"].as_str().expect("an id")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn subscribers_get_what_their_filter_policies_ask_for() {
    type Wants = fn(&Value) -> bool;
    let Some(mut stage) = Stage::set().await else { return };
    let subscriptions: [(&str, &str, Wants); 5] = [
        ("severe", r#"{"severity": ["high", "critical"]}"#, |found| found["severity"] == "high"),
        ("not-severe", r#"{"severity": [{"anything-but": ["high"]}]}"#, |found| found["severity"] != "high"),
        ("keys", r#"{"technique": ["T1098.004"]}"#, |found| found["ruleid"] == "aws-eic-key-push"),
        ("shells-in-aws", r#"{"provider": ["aws"], "rule_id": ["aws-ssm-session-shell"]}"#, |found| {
            found["ruleid"] == "aws-ssm-session-shell"
        }),
        ("azure", r#"{"provider": ["azure"]}"#, |_| false),
    ];
    let mut queues = Vec::new();
    for (name, policy, _) in subscriptions {
        queues.push(stage.subscriber(&stage.topic, name, &[RAW[0], ("FilterPolicy", policy)]).await);
    }
    stage.put("k", sample(OBJECT)).await;
    assert_eq!(stage.invoke(&s3_notice(&stage.trail, &["k"])), all_done());
    let all = stage.findings().await;
    for (queue, (name, _, wants)) in queues.iter().zip(subscriptions) {
        let got: Vec<Value> =
            stage.bodies(queue).await.iter().map(|body| serde_json::from_str(body).expect("JSON")).collect();
        let want = ids(all.iter().filter(|found| wants(found)));
        assert_eq!((got.len(), ids(&got)), (want.len(), want.clone()), "{name}");
        assert!(want.len() < all.len() && want.is_empty() == (name == "azure"), "{name}: {want:?}");
    }
}
