use std::sync::Arc;

use aws_sdk_sns::types::{BatchResultErrorEntry, PublishBatchResultEntry};
use jiff::Timestamp;
use serde_json::Value;
use trailhound_detect::canary::Singer;
use trailhound_detect::describe::{Product, describe};
use trailhound_detect::event::{Provider, Scope};
use trailhound_detect::matched::{Match, RuleInfo};

use super::batch::{MOST_BYTES, MOST_ENTRIES};
use super::*;

fn found() -> Match {
    let singer = Singer {
        provider: Provider::Aws,
        function: "i-0123456789abcdef0".to_owned(),
        scope: Scope {
            account: "111122223333".to_owned(),
            region: Some("eu-west-1".to_owned()),
            ..Scope::default()
        },
    };
    let mut found = singer.sing("lambda://r1", Timestamp::UNIX_EPOCH);
    found.rule = Arc::new(RuleInfo {
        name: "aws-ssm-session-shell".to_owned(),
        title: "Shell session — opened\u{202e}\nthrough Session Manager".to_owned(),
        techniques: vec!["T1021.008".to_owned(), "T1651".to_owned()],
        ..RuleInfo::default()
    });
    found
}

fn entry(bytes: usize) -> Entry {
    Entry { subject: None, body: "x".repeat(bytes), attributes: Vec::new() }
}

fn finding() -> Finding {
    describe(found(), &Product::new("aws-lambda"), Timestamp::UNIX_EPOCH)
}

#[test]
fn an_alert_has_attributes_to_filter_by_and_none_is_empty() {
    let alert = batch::alert(&finding());
    let names: Vec<&str> = alert.attributes.iter().map(|a| a.name).collect();
    assert_eq!(
        names,
        [
            "severity",
            "rule_id",
            "technique",
            "account",
            "region",
            "provider",
            "outcome",
            "first_seen",
            "case_step"
        ]
    );
    assert!(alert.attributes.iter().all(|a| !a.value.is_empty() && a.value != "[]"));
    let technique = &alert.attributes[2];
    assert_eq!((technique.kind, technique.value.as_str()), ("String.Array", r#"["T1021.008","T1651"]"#));
    let subject = alert.subject.expect("a subject");
    assert!(subject.len() <= 99 && subject.bytes().all(|b| (b' '..=b'~').contains(&b)), "{subject}");
}

#[test]
fn batches_keep_both_limits_and_the_order() {
    let small: Vec<Entry> = (0..25).map(|_| entry(100)).collect();
    let open: Vec<usize> = (0..25).collect();
    let sizes: Vec<usize> = batches(&open, &small).iter().map(Vec::len).collect();
    assert_eq!(sizes, [MOST_ENTRIES, MOST_ENTRIES, 5]);

    let large: Vec<Entry> = [60_000, 65_536, 65_536, 65_536, 6_000, MOST_BYTES].map(entry).into();
    let cut = batches(&(0..6).collect::<Vec<_>>(), &large);
    assert_eq!(cut, [vec![0, 1, 2, 3], vec![4], vec![5]]);
    for batch in cut {
        assert!(batch.iter().map(|&at| large[at].size()).sum::<usize>() <= MOST_BYTES);
    }
}

#[test]
fn attributes_count_towards_the_size() {
    let with = batch::alert(&finding());
    let without = Entry { attributes: Vec::new(), ..with.clone() };
    assert!(with.size() > without.size() + 100);
}

#[test]
fn each_entry_has_its_own_fate() {
    let failed = |id: &str, code: &str, sender: bool| {
        BatchResultErrorEntry::builder().id(id).code(code).sender_fault(sender).build().expect("complete")
    };
    let output = PublishBatchOutput::builder()
        .successful(PublishBatchResultEntry::builder().id("3").message_id("m").build())
        .successful(PublishBatchResultEntry::builder().id("9").message_id("m").build())
        .failed(failed("4", "InternalError", false))
        .failed(failed("5", "InvalidParameter", true))
        .failed(failed("6", "KMSThrottling", true))
        .build();
    let mut answers = vec![Err(PublishError::Transient("not offered".to_owned())); 10];
    settle(&[3, 4, 5, 6, 7], Ok(output), &mut answers);
    assert_eq!(answers[3], Ok(()));
    assert!(matches!(answers[4], Err(PublishError::Transient(_))));
    assert!(matches!(answers[5], Err(PublishError::Refused(_))));
    assert!(matches!(answers[6], Err(PublishError::Transient(_))), "throttling passes");
    assert!(matches!(answers[7], Err(PublishError::Transient(_))), "named neither as taken nor as failed");
    assert!(answers[9].is_err(), "an answer for another batch's entry changes nothing");
}

#[test]
fn mails_are_filtered_by_what_alerts_are_and_chat_by_nothing() {
    let chat = batch::chat(&finding());
    let card: Value = serde_json::from_str(&chat.body).expect("JSON");
    assert_eq!((&card["version"], &card["source"]), (&"1.0".into(), &"custom".into()));
    let (mail, alert) = (batch::email(&finding()), batch::alert(&finding()));
    let named = |entry: &Entry| -> Vec<(&str, String)> {
        entry.attributes.iter().map(|attribute| (attribute.name, attribute.value.clone())).collect()
    };
    assert!(mail.subject.is_some() && chat.attributes.is_empty());
    assert_eq!(named(&mail), named(&alert));
}
