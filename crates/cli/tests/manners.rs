//! Nothing typed is ignored, and what cannot be read is named with what reads it.

mod common;

use std::fs;
use std::process::Command;

use common::{Folder, err, out, trailhound};

fn call(source: &str, name: &str, user: &str, request: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventSource":"{source}.amazonaws.com","eventName":"{name}","eventTime":"2026-03-18T10:15:01Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","userAgent":"aws-cli/2.22.0","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-000000000001","eventType":"AwsApiCall","eventCategory":"Management","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{user}","accountId":"111122223333","userName":"{user}"}},"requestParameters":{request}}}"#
    )
}

fn session(user: &str) -> String {
    call("ssm", "StartSession", user, r#"{"target":"i-0123456789abcdef0"}"#)
}

#[test]
fn nothing_typed_is_ignored() {
    let folder = Folder::new();
    let file = folder.write("a.jsonl", session("dana"));
    let page = folder.path("report.HTML");
    assert!(trailhound(&["scan", "-o", &page, &file]).status.success());
    assert!(fs::read_to_string(&page).unwrap().starts_with("<!doctype html>"));
    assert_eq!(
        trailhound(&["scan", "--min-level", "INFO", "--fail-on", "Low", &file]).status.code(),
        Some(1)
    );
    let output = trailhound(&["scan", "--tz", "Europe/Paris", &file]);
    assert!(
        output.status.code() == Some(2) && err(&output).contains("--since and --until"),
        "{}",
        err(&output)
    );
    let empty = folder.path("empty");
    fs::create_dir(&empty).unwrap();
    let output = trailhound(&["scan", &empty]);
    assert!(
        output.status.code() == Some(2) && err(&output).contains("no file in this folder"),
        "{}",
        err(&output)
    );
}

#[test]
fn what_is_not_read_is_named_with_what_reads_it() {
    let folder = Folder::new();
    let mut block = vec![0_u8; 512];
    block[257..262].copy_from_slice(b"ustar");
    for (name, bytes, says) in [
        ("a.zip", b"PK\x03\x04rest".to_vec(), "unzip -p"),
        ("a.zst", b"\x28\xb5\x2f\xfdrest".to_vec(), "zstd -dc"),
        ("a.xz", b"\xfd7zXZ\0rest".to_vec(), "xz -dc"),
        ("a.parquet", b"PAR1\x15\x04\x15\x10rest".to_vec(), "duckdb"),
        ("a.tar", block, "tar -xOf"),
    ] {
        let file = folder.write(name, bytes);
        let output = trailhound(&["scan", &file]);
        assert_eq!(output.status.code(), Some(2), "{file}");
        assert!(err(&output).contains(says) && err(&output).contains(&file), "{}", err(&output));
    }
}

#[test]
fn a_baseline_that_is_only_read_stays_as_it_is() {
    let folder = Folder::new();
    let file = folder.write("a.jsonl", session("dana"));
    let baseline = folder.path("usual.baseline");
    assert!(trailhound(&["baseline", "learn", "--to", &baseline, &file]).status.success());
    let before = fs::read(&baseline).unwrap();
    let other = folder.write("b.jsonl", session("erin"));
    let temporary = folder.path("tmp");
    fs::create_dir(&temporary).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_trailhound"))
        .args(["scan", "--baseline", &baseline, "--read-only", &other])
        .env("TMPDIR", &temporary)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", err(&output));
    assert_eq!(fs::read(&baseline).unwrap(), before);
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "the copy is left behind");
}

#[test]
fn a_rule_of_ones_own_speaks() {
    let folder = Folder::new();
    let request = r#"{"keyId":"arn:aws:kms:eu-west-1:111122223333:key/abc","pendingWindowInDays":7}"#;
    let file = folder.write("kms.jsonl", call("kms", "ScheduleKeyDeletion", "erin", request));
    let rule = |told: &str| {
        format!(
            "title: Key scheduled for deletion\nlogsource: {{product: aws, service: cloudtrail}}\ndetection: {{s: {{eventName: ScheduleKeyDeletion}}, condition: s}}\nlevel: high\n{told}"
        )
    };
    let told = |text: &str| {
        let rules = folder.write("r.yml", rule(text));
        let output = trailhound(&["scan", "--rules", &rules, "--only-rules", &file]);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        out(&output).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(!told("").contains("does not name"), "{}", told(""));
    let named = "trailhound: {target: requestParameters.keyId, show: [requestParameters.pendingWindowInDays], sentence: '{actor} scheduled {target} for deletion in {requestParameters.pendingWindowInDays} days'}\n";
    assert!(told(named).contains("erin scheduled abc for deletion in 7 days"), "{}", told(named));
    assert!(told(named).contains("requestParameters.pendingWindowInDays: 7"), "{}", told(named));
    let wrong = folder.write("r.yml", rule("trailhound: {target: requestParamters.keyId}\n"));
    assert_eq!(trailhound(&["rules", "check", &wrong]).status.code(), Some(2));
}

#[test]
fn a_table_is_as_wide_as_columns_says() {
    let told = |columns: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_trailhound"))
            .args(["scan", "events/example-cloudtrail-session-manager.json"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .env("NO_COLOR", "1")
            .env("COLUMNS", columns)
            .output()
            .unwrap();
        out(&output)
    };
    let widest = |text: String| text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    let (narrow, wide, plain) = (widest(told("50")), widest(told("100")), widest(told("wide")));
    assert!(narrow <= 64, "a path is not broken, all else is: {narrow}");
    assert!((81..=100).contains(&wide), "{wide}");
    assert!(plain <= 80, "{plain}");
}
