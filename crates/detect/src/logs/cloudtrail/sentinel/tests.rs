use serde_json::json;

use crate::event::testing::{facts, read};
use crate::event::{LogType, OutcomeKind};

#[test]
fn a_row_says_what_the_record_said() {
    let row = json!({"Type": "AWSCloudTrail", "TimeGenerated": "2026-11-20T10:00:00Z", "EventName": "StartSession",
        "EventSource": "ssm.amazonaws.com", "AWSRegion": "eu-west-1", "SourceIpAddress": "203.0.113.45",
        "AwsEventId": "00000000-0000-4000-8000-000000000001", "RecipientAccountId": "111122223333", "ErrorCode": "",
        "UserIdentityType": "AssumedRole", "UserIdentityInvokedBy": "", "SessionMfaAuthenticated": "true",
        "UserIdentityArn": "arn:aws:sts::111122223333:assumed-role/operations/dana@example.com",
        "SessionIssuerArn": "arn:aws:iam::111122223333:role/operations", "SessionIssuerUserName": "operations",
        "RequestParameters": "{\"target\":\"i-0123456789abcdef0\"}", "ResponseElements": "", "ReadOnly": false});
    let (log, facts) = read(&row);
    assert_eq!((log, facts.outcome.kind), (LogType::CloudTrail, OutcomeKind::Success));
    assert_eq!(facts.event_uid, "00000000-0000-4000-8000-000000000001");
    assert_eq!(facts.target.ids, ["i-0123456789abcdef0"]);
    assert_eq!((facts.actor.name.as_deref(), facts.actor.invoked_by), (Some("dana@example.com"), None));
    assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T10:00:00Z");
}

#[test]
fn a_code_is_a_failure() {
    let row = json!({"EventName": "StartSession", "EventSource": "ssm.amazonaws.com", "AwsEventId": "1",
        "ErrorCode": "AccessDenied", "ErrorMessage": "not authorized"});
    assert_eq!(facts(&row).outcome.kind, OutcomeKind::Denied);
}
