use super::*;
use crate::event::testing;
use crate::rules::load_embedded;

#[test]
fn a_denied_call_is_an_attempt_one_level_lower() {
    let record = r#"{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"SendCommand","eventTime":"2026-11-20T09:00:00Z","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-000000000001","errorCode":"AccessDenied","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/x/run","accountId":"111122223333"},"requestParameters":{"documentName":"AWS-RunShellScript","instanceIds":["i-0123456789abcdef0"]}}"#;
    let rules = load_embedded().rules;
    let tuned =
        testing::with(record, |event| tune(event, rules.find("aws-ssm-run-command").expect("shipped")));
    let Ok(Tuned::Match { verdict, .. }) = tuned else { panic!("{tuned:?}") };
    assert!(verdict.attempt);
    assert_eq!(verdict.level, Level::Low);
    assert_eq!(verdict.adjustments.last().map(|last| last.because.as_str()), Some("the call was denied"));
}
