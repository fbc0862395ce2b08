//! `why` and `try`: clause by clause, with what would have to differ, and without what must not be told.

mod common;

use std::io::Write;
use std::process::{Command, Stdio};

use common::{Folder, err, out, trailhound};

const SAMPLE: &str = "events/example-cloudtrail-session-manager.json";

#[test]
fn every_record_of_the_rules_logs_is_told_with_its_clauses() {
    let output = trailhound(&["why", "aws-ssm-session-tunnel", SAMPLE]);
    assert!(output.status.success(), "{}", err(&output));
    let told = out(&output);
    assert!(told.contains("session-manager.json#5: aws-ssm-session-tunnel matches"), "{told}");
    assert!(told.contains("session-manager.json#1: aws-ssm-session-tunnel misses"), "{told}");
    assert!(told.contains("nearest: line ") && told.contains("it would have to hold"), "{told}");
    assert!(told.contains(": told as high by aws-ssm-session-tunnel"), "{told}");
    assert!(told.contains("because the node forwards to another host"), "{told}");
    let last = told.lines().last().unwrap();
    assert!(last.ends_with("1 matched, 8 missed") || last.contains(" matched, "), "{last}");
}

#[test]
fn one_kind_of_record_can_be_had_alone() {
    let missed = out(&trailhound(&["why", "--only", "missed", "AWS-02", SAMPLE]));
    assert!(!missed.contains(" matches\n") && missed.contains(" misses\n"), "{missed}");
    let matched = out(&trailhound(&["why", "--only", "matched", "AWS-02", SAMPLE]));
    assert!(matched.contains(" matches\n") && !matched.contains(" misses\n"), "{matched}");
}

/// A session of dana's.
const SESSION: &str = r#"{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-18T10:15:01Z","awsRegion":"eu-west-1","eventID":"00000000-0000-4000-8000-000000000001","eventType":"AwsApiCall","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333","userName":"dana"},"recipientAccountId":"111122223333","requestParameters":{"target":"i-0123456789abcdef0"}}"#;

#[test]
fn one_event_is_tried_against_one_rule() {
    let output = trailhound(&["try", "aws-ssm-session-shell", SESSION]);
    assert!(output.status.success(), "{}", err(&output));
    let told = out(&output);
    let lines: Vec<&str> = told.lines().collect();
    assert!(
        lines[0].starts_with("argument") && lines[0].ends_with(": aws-ssm-session-shell matches"),
        "{told}"
    );
    assert!(told.contains("  outcome success: low"), "{told}");
    assert!(told.contains("told as low by aws-ssm-session-shell\n  dana"), "{told}");
    assert!(!told.contains(" wanted "), "a match needs no clause: {told}");

    let missed = out(&trailhound(&["try", "aws-ssm-session-tunnel", SESSION]));
    let nearest = missed.lines().find(|line| line.contains("nearest: line ")).unwrap();
    assert_eq!(missed.matches(" wanted ").count(), missed.matches("nearest: ").count(), "{missed}");
    let why = out(&trailhound(&["why", "aws-ssm-session-tunnel", SESSION]));
    assert!(why.contains(nearest), "the words are those of `why`: {why}");
}

#[test]
fn what_is_tried_comes_from_an_argument_a_file_or_standard_input() {
    let folder = Folder::new();
    let file = folder.write("event.json", SESSION);
    let told = |arguments: &[&str], input: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trailhound"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Where it reads no input it may be gone by now.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        out(&output)
    };
    let rest = |told: String| told.replace(&file, "X").replace("stdin", "X").replace("argument", "X");
    let argument = rest(told(&["try", "AWS-01", SESSION], ""));
    assert_eq!(argument, rest(told(&["try", "AWS-01", &file], "")));
    assert_eq!(argument, rest(told(&["try", "AWS-01"], SESSION)));
    assert_eq!(argument, rest(told(&["try", "AWS-01", "-"], SESSION)));
}

#[test]
fn trying_ends_as_a_scan_does() {
    let ended = |arguments: &[&str]| trailhound(arguments).status.code().unwrap();
    let unread = r#"{"hello":"world"}"#;
    assert_eq!(ended(&["try", "aws-ssm-session-shell", SESSION]), 0);
    assert_eq!(ended(&["try", "aws-ssm-session-shell", SESSION, "--fail-on", "low"]), 1);
    assert_eq!(ended(&["try", "aws-ssm-session-shell", SESSION, "--fail-on", "medium"]), 0);
    assert_eq!(ended(&["try", "aws-ssm-session-tunnel", SESSION, "--fail-on", "info"]), 0);
    assert_eq!(ended(&["try", "no-such-rule", SESSION]), 2);
    assert_eq!(ended(&["try", "aws-ssm-session-shell", "no-such-file.json"]), 2);
    assert_eq!(ended(&["try", "aws-ssm-session-shell", unread]), 0);
    assert_eq!(ended(&["try", "aws-ssm-session-shell", unread, "--strict"]), 3);
    let told = out(&trailhound(&["try", "aws-ssm-session-shell", unread]));
    assert!(told.contains(": not read, "), "{told}");
    let other = out(&trailhound(&["try", "azure-vm-runcommand-v1", SESSION]));
    assert!(
        other.contains("azure-vm-runcommand-v1 does not read it, a record of cloudtrail; it reads "),
        "{other}"
    );
}

#[test]
fn a_file_of_rules_is_asked_rule_by_rule_and_says_which_line() {
    let folder = Folder::new();
    let rule = folder.write(
        "mine.yml",
        "title: Sessions of dana\nname: mine\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  s:\n    eventName: StartSession\n    userIdentity.userName: nobody\n  condition: s\nlevel: low\n",
    );
    let told = out(&trailhound(&["why", &rule, SAMPLE]));
    assert!(told.contains("nearest: line 7, s: userIdentity.userName wanted nobody"), "{told}");
    let absent = trailhound(&["why", "no-such-rule", SAMPLE]);
    assert!(
        absent.status.code() == Some(2) && err(&absent).contains("no rule is called"),
        "{}",
        err(&absent)
    );
}

#[test]
fn what_a_finding_holds_back_is_held_back_of_a_miss() {
    let folder = Folder::new();
    let rule = folder.write(
        "mine.yml",
        "title: t\nname: mine\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  s:\n    requestParameters.parameters.commands|contains: other\n  condition: s\nlevel: low\n",
    );
    let secret = "curl -H 'Authorization: Bearer quietlysinging' https://example.com";
    let event = format!(
        r#"{{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"SendCommand","eventTime":"2026-03-18T10:15:01Z","eventID":"00000000-0000-4000-8000-000000000001","eventType":"AwsApiCall","recipientAccountId":"111122223333","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333","userName":"dana"}},"requestParameters":{{"parameters":{{"commands":["{secret}"]}}}}}}"#
    );
    let told = out(&trailhound(&["why", &rule, &event]));
    assert!(told.contains("mine misses") && told.contains("held back"), "{told}");
    assert!(!told.contains("quietlysinging"), "{told}");
}

#[test]
fn a_correlation_tells_what_counts_and_in_which_group() {
    let output = trailhound(&["why", "machines-in-a-burst", SAMPLE]);
    assert!(output.status.success(), "{}", err(&output));
    let told = out(&output);
    assert!(told.contains("counts for machines-in-a-burst in the group "), "{told}");
    assert!(told.contains("machines-in-a-burst looks at "), "{told}");
    assert!(told.contains("told as high by machines-in-a-burst"), "{told}");
}

#[test]
fn a_correlation_that_is_not_met_tells_what_came_nearest() {
    let told = out(&trailhound(&["why", "aws-serial-console-opened-and-used", SAMPLE]));
    assert!(told.contains("nothing counts for it"), "{told}");
    let folder = Folder::new();
    let rule = folder.write(
        "mine.yml",
        "title: Many\nname: many\ncorrelation:\n  type: event_count\n  rules: [aws-ssm-session-shell]\n  group-by: [n.scope.account]\n  timespan: 10m\n  condition: {gte: 40}\nlevel: high\n",
    );
    let told = out(&trailhound(&["why", &rule, SAMPLE]));
    assert!(told.contains("    nearest: ") && told.contains(" of 40 came within the time span"), "{told}");
}

#[test]
fn what_memory_knew_is_told() {
    let folder = Folder::new();
    let baseline = folder.path("usual.baseline");
    assert!(trailhound(&["baseline", "learn", "--to", &baseline, SAMPLE]).status.success());
    let before = std::fs::read(&baseline).unwrap();
    let told = out(&trailhound(&["why", "--baseline", &baseline, "aws-ssm-session-shell", SAMPLE]));
    assert!(told.contains("asks memory whether "), "{told}");
    assert!(told.contains("known to memory: "), "{told}");
    assert_eq!(std::fs::read(&baseline).unwrap(), before, "nothing is added to it");
}
