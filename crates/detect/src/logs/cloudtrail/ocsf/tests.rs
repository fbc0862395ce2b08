use serde_json::{Value, json};

use crate::event::testing::{facts, merged, read};
use crate::event::{LogType, OutcomeKind};

fn event() -> Value {
    json!({"class_uid": 6003, "time": 1_795_168_800_000_i64,
        "metadata": {"product": {"name": "CloudTrail", "vendor_name": "AWS", "version": "1.11"},
            "uid": "00000000-0000-4000-8000-000000000001"},
        "cloud": {"provider": "AWS", "region": "eu-west-1"}, "src_endpoint": {"ip": "203.0.113.45"},
        "api": {"operation": "StartSession", "service": {"name": "ssm.amazonaws.com"},
            "request": {"data": "{\"target\":\"i-0123456789abcdef0\"}"}},
        "actor": {"user": {"type": "AssumedRole", "account": {"uid": "111122223333"},
            "uid": "arn:aws:sts::111122223333:assumed-role/operations/dana@example.com"}},
        "unmapped": {"recipientAccountId": "111122223333",
            "userIdentity.sessionContext.sessionIssuer.userName": "operations"}})
}

#[test]
fn an_api_call_says_what_the_record_said() {
    let (log, facts) = read(&event());
    assert_eq!((log, facts.outcome.kind), (LogType::CloudTrail, OutcomeKind::Success));
    assert_eq!(facts.event_uid, "00000000-0000-4000-8000-000000000001");
    assert_eq!(facts.target.ids, ["i-0123456789abcdef0"]);
    assert_eq!(facts.actor.name.as_deref(), Some("dana@example.com"));
    assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T10:00:00Z");
}

#[test]
fn what_is_unmapped_may_be_pairs() {
    let pairs = json!({"unmapped": [["recipientAccountId", "444455556666"]]});
    assert_eq!(facts(&merged(&event(), &pairs)).scope.account, "444455556666");
}

#[test]
fn a_login_has_an_end_and_a_second_factor() {
    let login = json!({"class_uid": 3002, "status": "Failure", "is_mfa": true,
        "api": {"operation": "ConsoleLogin", "service": {"name": "signin.amazonaws.com"}}});
    let facts = facts(&merged(&event(), &login));
    assert_eq!((facts.outcome.kind, facts.actor.mfa), (OutcomeKind::Failed, None), "federated, so unknown");
}

#[test]
fn another_product_is_not_ours() {
    let other = merged(&event(), &json!({"metadata": {"product": {"name": "VPC"}}}));
    let document = other.to_string();
    let document = trailhound_sigma::json::Document::parse(&document).unwrap();
    assert!(super::event(document.root()).is_none());
}
