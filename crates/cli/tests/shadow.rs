//! Rules in shadow in the command: told apart, read back, promoted.

mod common;

use std::fs;

use common::{Folder, err, out, trailhound};
use serde_json::Value;

const EVENTS: &str = "events/example-cloudtrail-session-manager.json";

const RULE: &str = "\
# Two rules of ours.
title: A session, in shadow
id: 5b0f6f0e-3f57-4d0c-9a55-7c3d1f0a9001
name: shadow-session
level: high
logsource: {product: aws, service: cloudtrail}
detection: {selection: {eventName: StartSession}, condition: selection}
trailhound:
    shadow: true # until it is known what it says
    sentence: \"{actor} began {target}\"
---
title: Sessions, in shadow
id: 5b0f6f0e-3f57-4d0c-9a55-7c3d1f0a9003
name: shadow-burst
level: critical
correlation:
    type: event_count
    rules: [aws-ssm-session-shell, shadow-session]
    group-by: [n.scope.account]
    timespan: 365d
    condition: {gte: 2}
    generate: true
trailhound: {shadow: true}
";

#[test]
fn a_scan_tells_them_apart_and_all_else_as_without_them() {
    let folder = Folder::new();
    let mine = folder.write("mine/shadow.yml", RULE);
    let file = folder.path("shadow.ndjson");
    let plain = trailhound(&["scan", "--format", "ndjson", EVENTS]);
    let scan = trailhound(&["scan", "--format", "ndjson", "--rules", &mine, "--shadow", &file, EVENTS]);
    let findings = |text: &str| {
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.map(|line| line["data"]["finding_info"]["uid"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(findings(&out(&scan)), findings(&out(&plain)));
    assert_eq!(scan.status.code(), plain.status.code());
    let kept = fs::read_to_string(&file).unwrap();
    let kept: Vec<Value> = kept.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |rule: &str| kept.iter().filter(|line| line["rule"] == rule).count();
    assert!(of("shadow-session") >= 2, "{kept:?}");
    assert!(of("shadow-burst") >= 1, "{kept:?}");
    assert!(kept.iter().any(|line| line["beside"][0] == "aws-ssm-session-shell"), "{kept:?}");
    let told = format!("{} findings in shadow, told apart: ", kept.len());
    assert!(err(&scan).contains(&told), "{}", err(&scan));
    let table = trailhound(&["scan", "--rules", &mine, EVENTS]);
    assert!(out(&table).contains(&told), "{}", out(&table));
}

#[test]
fn what_was_kept_is_read_back_and_the_switch_alone_goes() {
    let folder = Folder::new();
    let mine = folder.write("mine/shadow.yml", RULE);
    let file = folder.path("kept/shadow.ndjson");
    fs::create_dir(folder.path("kept")).unwrap();
    trailhound(&["scan", "--format", "ndjson", "--rules", &mine, "--shadow", &file, EVENTS]);
    let kept = fs::read_to_string(&file).unwrap();
    let mut uids = kept
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["rule"] == "shadow-session");
    let (one, two) = (uids.next().unwrap(), uids.next().unwrap());
    let marks = serde_json::json!({"trailhound_triage": 1, "marks": {
        one["uid"].as_str().unwrap(): {"mark": "escalate", "note": "", "at": ""},
        two["uid"].as_str().unwrap(): {"mark": "benign", "note": "", "at": ""},
    }});
    let triage = folder.write("triage.json", marks.to_string());
    let kept = folder.path("kept");
    let promote = |more: &[&str]| {
        let all = [&["rules", "promote", "--rules", &mine, "--triage", &triage], more, &[&kept]].concat();
        trailhound(&all)
    };
    let all = promote(&[]);
    assert_eq!(all.status.code(), Some(0), "{}", err(&all));
    for says in [
        "shadow-session  ",
        "shadow-burst  ",
        "marked: 1 escalate, 1 benign, 0 seen",
        "50 % of those decided on were worth it",
        "told as well by",
        "aws-ssm-session-shell",
        "at most ",
        "once it alerts: ",
        "; records are screened for it",
    ] {
        assert!(out(&all).contains(says), "{says}: {}", out(&all));
    }
    assert_eq!(fs::read_to_string(&mine).unwrap(), RULE, "nothing is written without --go");
    let json = promote(&["--format", "json", "--rule", "shadow-session"]);
    let json: Value = serde_json::from_str(&out(&json)).unwrap();
    assert_eq!(
        (json["rules"].as_array().unwrap().len(), &json["rules"][0]["marks"]["escalate"]),
        (1, &1.into())
    );
    let gone = promote(&["--rule", "shadow-session", "--go"]);
    assert_eq!(gone.status.code(), Some(0), "{}", err(&gone));
    let changed = RULE.replace("    shadow: true # until it is known what it says\n", "");
    assert_eq!(fs::read_to_string(&mine).unwrap(), changed);
    let scan = trailhound(&["scan", "--format", "ndjson", "--rules", &mine, EVENTS]);
    assert!(out(&scan).contains("shadow-session"), "it alerts");
    let again = promote(&["--rule", "shadow-session", "--go"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(err(&again).contains("is not in shadow"), "{}", err(&again));
}

#[test]
fn what_is_no_record_of_a_finding_in_shadow_is_told_with_its_line() {
    let folder = Folder::new();
    let wrong = folder.write("rejects.ndjson", "{\"reason\":\"not_json\"}\n");
    let output = trailhound(&["rules", "promote", &wrong]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("rejects.ndjson:1: no finding in shadow"), "{}", err(&output));
}

#[test]
fn a_correlation_that_alerts_is_told_that_it_hears_nothing_of_a_rule_in_shadow() {
    let folder = Folder::new();
    let loud = RULE.replace("trailhound: {shadow: true}\n", "");
    let mine = folder.write("mine/shadow.yml", loud);
    let check = trailhound(&["rules", "check", &mine]);
    assert!(
        out(&check).contains("`shadow-session` is in shadow, so this hears nothing of it"),
        "{}",
        out(&check)
    );
}
