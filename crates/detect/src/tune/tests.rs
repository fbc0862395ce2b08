use super::*;
use crate::event::testing;
use crate::rules::{RuleFile, load, load_embedded};

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

/// What becomes of a record under a rule of somebody's own.
fn under(rule: &str, record: &str) -> Tuned {
    let file = RuleFile {
        path: "own.yml".to_owned(),
        text: format!(
            "title: own\nname: own\nid: 33333333-1111-4111-8111-111111111111\nlevel: medium\n{rule}"
        ),
    };
    let loaded = load(&[file]);
    assert_eq!(loaded.errors().count(), 0);
    let matched = testing::with(record, |event| {
        let rule = loaded.rules.find("own").expect("loaded");
        assert!(rule.compiled.matches(event), "{record}");
        tune(event, rule)
    });
    matched.expect("a record")
}

const CLOUDTRAIL: &str = "logsource: {product: aws, service: cloudtrail}\n";

fn call(more: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","eventTime":"2026-11-20T09:00:00Z","eventID":"00000000-0000-4000-8000-000000000001"{more}}}"#
    )
}

#[test]
fn a_rule_that_asks_how_a_call_ended_matches_as_written() {
    let failed =
        call(r#","errorMessage":"Failed authentication","responseElements":{"ConsoleLogin":"Failure"}"#);
    let throttled = call(r#","errorCode":"ThrottlingException""#);
    let denied = call(r#","errorCode":"AccessDenied""#);
    let detect = |selection: &str, more: &str| {
        format!("{CLOUDTRAIL}detection:\n  s:\n    {selection}\n  condition: s\n{more}")
    };
    for (selection, record) in [
        ("errorMessage: Failed authentication", &failed),
        ("responseElements.ConsoleLogin: Failure", &failed),
        ("n.outcome: failed", &failed),
        ("errorCode: [ThrottlingException, Client.RequestLimitExceeded]", &throttled),
        ("errorCode|startswith: AccessDen", &denied),
    ] {
        let Tuned::Match { verdict, .. } = under(&detect(selection, ""), record) else {
            panic!("{selection}")
        };
        assert_eq!((verdict.attempt, verdict.level), (false, Level::Medium), "{selection}");
    }
    // One that does not ask is tried, and so is one that says so.
    for (selection, more, record) in [
        ("eventName: ConsoleLogin", "", &failed),
        ("eventName: ConsoleLogin\n    errorCode|exists: false", "", &failed),
        ("responseElements.ConsoleLogin: Failure", "trailhound: {attempt: true}\n", &failed),
    ] {
        let Tuned::Match { verdict, .. } = under(&detect(selection, more), record) else {
            panic!("{selection}")
        };
        assert_eq!((verdict.attempt, verdict.level), (true, Level::Low), "{selection}");
    }
    let tuned = under(&detect("eventName: ConsoleLogin", "trailhound: {attempt: false}\n"), &failed);
    assert!(matches!(tuned, Tuned::NoMatch), "{tuned:?}");
    let tuned = under(&detect("eventName: ConsoleLogin", ""), &throttled);
    assert!(matches!(tuned, Tuned::NoMatch), "{tuned:?}");
}

#[test]
fn what_a_record_does_not_say_is_no_success() {
    let unsaid = call("");
    let rule = |more: &str| {
        format!("{CLOUDTRAIL}detection:\n  s:\n    eventName: ConsoleLogin\n  condition: s\n{more}")
    };
    let Tuned::Match { verdict, .. } = under(&rule(""), &unsaid) else { panic!("no match") };
    assert!(!verdict.attempt);
    let tuned = under(&rule("trailhound: {attempt: false}\n"), &unsaid);
    assert!(matches!(tuned, Tuned::NoMatch), "{tuned:?}");
}

#[test]
fn a_rule_that_asks_how_an_azure_call_ended_matches_as_written() {
    let activity = r#"{"time":"2026-11-20T09:00:00Z","resourceId":"/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM","operationName":"MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION","category":"Administrative","resultType":"Failure","resultSignature":"Failed","correlationId":"00000000-0000-4000-8000-000000000002"}"#;
    let signin = r#"{"time":"2026-11-20T09:00:00Z","operationName":"Sign-in activity","category":"SignInLogs","resultType":"50126","properties":{"id":"00000000-0000-4000-8000-000000000003","userPrincipalName":"dana@example.com","status":{"errorCode":50126,"failureReason":"Invalid username or password"}}}"#;
    for (service, selection, record) in [
        ("activitylogs", "Status: Failure", activity),
        ("activitylogs", "ActivityStatusValue: Failure", activity),
        ("activitylogs", "resultType: Failure", activity),
        ("signinlogs", "Status: Failure", signin),
        ("signinlogs", "ResultType: 50126", signin),
    ] {
        let rule = format!(
            "logsource: {{product: azure, service: {service}}}\ndetection:\n  s:\n    {selection}\n  condition: s\n"
        );
        let Tuned::Match { verdict, .. } = under(&rule, record) else { panic!("{service} {selection}") };
        assert_eq!((verdict.attempt, verdict.level), (false, Level::Medium), "{service} {selection}");
    }
}
