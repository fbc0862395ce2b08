//! `backtest`: over a generated history a change is told as exactly what it does.

mod common;

use std::collections::BTreeSet;

use common::{Folder, err, out, trailhound};
use serde_json::Value;
use trailhound_testkit::generate::{Generator, gzip};

/// Records of the history; set the variable to try a longer one.
fn length() -> usize {
    std::env::var("TRAILHOUND_HISTORY_RECORDS").ok().and_then(|n| n.parse().ok()).unwrap_or(4_000)
}

fn planted(n: usize, name: &str, user: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"{name}","eventTime":"2026-01-05T12:{:02}:{:02}Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","userAgent":"aws-cli/2.22.0","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-{n:012}","eventType":"AwsApiCall","eventCategory":"Management","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{user}","accountId":"111122223333","userName":"{user}"}},"requestParameters":{{"target":"i-0123456789abcdef0"}},"responseElements":null}}"#,
        n / 60 % 60,
        n % 60,
    )
}

struct History {
    folder: Folder,
    logs: String,
    sessions: usize,
    noise: BTreeSet<String>,
    intruder: String,
}

/// A seeded history with a class of noise and one intruder in it.
fn history() -> History {
    let folder = Folder::new();
    let mut generator = Generator::new(21);
    let (mut sessions, mut noise) = (0, BTreeSet::new());
    let parts = 4;
    for part in 0..parts {
        let object = String::from_utf8(generator.object(length() / parts)).unwrap();
        sessions += object.matches(r#""eventName":"StartSession""#).count();
        let mut more = String::new();
        let first = length() / parts + 1;
        for n in 0..7 {
            more.extend([",", &planted(part * 100 + n, "StartAutomationExecution", "pipeline")]);
            noise.insert(format!("{part}.json.gz#{}", first + n));
        }
        if part == 2 {
            more.extend([",", &planted(999, "StartSession", "mallory")]);
        }
        let object = object.strip_suffix("]}").unwrap().to_owned() + &more + "]}";
        folder.write(&format!("logs/{part}.json.gz"), gzip(object.as_bytes()));
    }
    let intruder = format!("2.json.gz#{}", length() / parts + 8);
    let logs = folder.path("logs");
    History { folder, logs, sessions, noise, intruder }
}

fn rule(names: &str, level: &str, but: &str) -> String {
    let (filter, not) = if but.is_empty() {
        (String::new(), "")
    } else {
        (format!("  filter:\n    userIdentity.userName: {but}\n"), " and not filter")
    };
    format!(
        "title: Sessions\nname: sessions\nlogsource: {{product: aws, service: cloudtrail}}\ndetection:\n  selection:\n    eventName: {names}\n{filter}  condition: selection{not}\nlevel: {level}\n"
    )
}

fn origins(found: &Value) -> BTreeSet<String> {
    let origin = |found: &Value| found["origin"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    found.as_array().unwrap().iter().map(origin).collect()
}

#[test]
fn a_change_is_told_as_exactly_what_it_does() {
    let history = history();
    let before = history.folder.write("before/r.yml", rule("StartSession", "low", ""));
    let both = "[StartSession, StartAutomationExecution]";
    let after = history.folder.write("after/r.yml", rule(both, "low", "mallory"));
    let backtest = |rules: &str, more: &[&str]| {
        let mut arguments = vec!["backtest", rules, "--only-rules", "--against", &before, &history.logs];
        arguments.extend(more);
        trailhound(&arguments)
    };
    let output = backtest(&after, &["--format", "json", "--jobs", "1"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let told: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(origins(&told["added"]), history.noise);
    assert_eq!(origins(&told["gone"]), BTreeSet::from([history.intruder.clone()]));
    assert_eq!(told["total"], serde_json::json!({"added": 28, "gone": 1, "level_changed": 0}));
    assert_eq!(told["same"], history.sessions, "every other session is found by both");
    assert_eq!(told["by_actor"]["mallory"]["gone"], 1);
    assert_eq!(told["by_actor"]["pipeline"]["added"], 28);
    assert_eq!(told["by_day"]["2026-01-05"]["added"], 28);

    // Another change is told otherwise, so this can fail.
    let other = history.folder.write("other/r.yml", rule(both, "low", ""));
    let other: Value = serde_json::from_str(&out(&backtest(&other, &["--format", "json"]))).unwrap();
    assert_eq!(other["total"], serde_json::json!({"added": 28, "gone": 0, "level_changed": 0}));
    let graver = history.folder.write("graver/r.yml", rule("StartSession", "high", ""));
    let graver: Value = serde_json::from_str(&out(&backtest(&graver, &["--format", "json"]))).unwrap();
    assert_eq!(graver["total"]["level_changed"], history.sessions + 1);
    assert_eq!(graver["level_changed"][0]["from"], "low");

    for format in ["json", "text", "markdown"] {
        let one = backtest(&after, &["--format", format, "--jobs", "1"]);
        let many = backtest(&after, &["--format", format, "--jobs", "8", "--fail-on-change"]);
        assert!(one.stdout == many.stdout, "{format} depends on the threads");
        assert_eq!((one.status.code(), many.status.code()), (Some(0), Some(1)));
        if format != "json" {
            let told = out(&one);
            assert!(told.contains("28 findings added, 1 gone, 0 at another level"), "{told}");
        }
    }
    let nothing = backtest(&before, &["--fail-on-change"]);
    assert_eq!(nothing.status.code(), Some(0), "{}", out(&nothing));
}

#[test]
fn beside_the_shipped_rules_only_the_difference_is_told() {
    let folder = Folder::new();
    let mine = folder.write("mine.yml", rule("StartSession", "low", ""));
    let output = trailhound(&["backtest", &mine, "events/example-cloudtrail-session-manager.json"]);
    assert!(output.status.success(), "{}", err(&output));
    let told = out(&output);
    assert!(
        told.contains(" findings added, 0 gone, 0 at another level") && told.contains("sessions"),
        "{told}"
    );
    let hostile = planted(1, "StartSession", "`|[x](https://example.com)<b>");
    let log = folder.write("log.jsonl", hostile);
    let markdown = out(&trailhound(&["backtest", &mine, "--only-rules", "--format", "markdown", &log]));
    assert!(markdown.contains("``") && markdown.contains("\\|"), "{markdown}");
}
