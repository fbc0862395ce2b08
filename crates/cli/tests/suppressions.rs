//! What a suppression takes away is told, correlations included.

mod common;

use common::{Folder, err, out, trailhound};

/// A shell of dana's on one of some machines.
fn session(at: u8) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-18T10:{at:02}:00Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.{at}","userAgent":"aws-cli/2.22.0","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-0000000000{at:02}","eventType":"AwsApiCall","eventCategory":"Management","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333","userName":"dana"}},"requestParameters":{{"target":"i-0123456789abcde{at:02}"}},"responseElements":{{"sessionId":"dana-0a1b2c3d4e5f678{at:02}"}}}}"#
    )
}

/// What the command says of so many sessions, under a suppression of those from one address.
fn told(command: &[&str], sessions: u8, action: &str) -> String {
    told_of(command, &(1..=sessions).map(session).collect::<Vec<_>>(), action)
}

/// What it says of events.
fn told_of(command: &[&str], events: &[String], action: &str) -> String {
    let folder = Folder::new();
    let file = folder.write("a.jsonl", events.join("\n"));
    let expires = jiff::Zoned::now().date().tomorrow().unwrap();
    let entry = format!(
        "version: 1\nsuppressions:\n  - {{id: planned, rules: [AWS-01], when: {{source.cidr: [203.0.113.1]}}, {action}, reason: r, owner: o, expires: {expires}}}\n"
    );
    let suppressions = folder.write("s.yml", entry);
    let arguments: Vec<&str> = command
        .iter()
        .map(|word| match *word {
            "FILE" => file.as_str(),
            "SUPPRESSIONS" => suppressions.as_str(),
            word => word,
        })
        .collect();
    let output = trailhound(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    (out(&output) + &err(&output)).split_whitespace().collect::<Vec<_>>().join(" ")
}

const SCAN: &[&str] = &["scan", "--suppressions", "SUPPRESSIONS", "FILE"];
const CHECK: &[&str] = &["suppressions", "report", "SUPPRESSIONS", "FILE"];
const NDJSON: &[&str] = &["scan", "--format", "ndjson", "--suppressions", "SUPPRESSIONS", "FILE"];
const HTML: &[&str] = &["scan", "--format", "html", "--suppressions", "SUPPRESSIONS", "FILE"];

#[test]
fn a_correlation_that_a_suppression_costs_is_told() {
    let not_raised = "1 alert of machines-in-a-burst not raised because of planned";
    for command in [SCAN, CHECK, NDJSON, HTML] {
        for action in ["action: drop", "action: downgrade, to: informational"] {
            let text = told(command, 3, action);
            assert!(text.contains(not_raised), "{command:?} {action}: {text}");
        }
    }
}

#[test]
fn one_over_a_correlation_that_a_suppression_costs_is_told() {
    let failed = |at: u8| {
        let event = session(at).replace(&format!("\"203.0.113.{at}\""), "\"203.0.113.1\"");
        event.replace("\"requestParameters\"", "\"errorCode\":\"TargetNotConnected\",\"requestParameters\"")
    };
    let events: Vec<String> = (1..=3).map(failed).chain([session(4)]).collect();
    for command in [SCAN, CHECK, NDJSON] {
        let text = told_of(command, &events, "action: drop");
        let not_raised = "1 alert of machine-access-tried-until-allowed not raised because of planned";
        assert!(text.contains(not_raised), "{command:?}: {text}");
    }
}

#[test]
fn one_that_loses_events_is_told_as_such() {
    let text = told(SCAN, 4, "action: drop");
    assert!(
        text.contains("1 alert of machines-in-a-burst told without some events because of planned"),
        "{text}"
    );
}

#[test]
fn where_correlations_lose_nothing_nothing_is_told() {
    for (sessions, action) in [(2, "action: drop"), (3, "action: tag"), (3, "action: downgrade, to: low")] {
        let text = told(SCAN, sessions, action);
        assert!(!text.contains("because of planned"), "{action}: {text}");
    }
}
