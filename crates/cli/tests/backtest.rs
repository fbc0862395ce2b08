//! `backtest`: over a generated history a change is told as exactly what it does.

mod common;

use std::collections::BTreeSet;

use common::{Folder, err, out, trailhound};
use serde_json::Value;
use trailhound_testkit::generate::{Generator, gzip};

/// Records of a longer history than the suite has, for who asks for it: a million, of this one test, with `--release` and nothing
/// beside it.
fn asked() -> Option<usize> {
    std::env::var("TRAILHOUND_HISTORY_RECORDS").ok().and_then(|n| n.parse().ok())
}

fn length() -> usize {
    asked().unwrap_or(4_000)
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

/// Seconds of CPU of all commands that ended, to a hundredth.
fn cpu_of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let ticks = after_name.split_whitespace().skip(13).take(2).map(|ticks| ticks.parse::<f64>().unwrap());
    ticks.sum::<f64>() / 100.0
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

    if asked().is_some() {
        let took = |arguments: &[&str]| {
            let before = cpu_of_children();
            assert!(trailhound(arguments).status.success());
            cpu_of_children() - before
        };
        let scan = |rules: &str| {
            let format = ["--format", "ndjson", "--jobs", "1"];
            took(&[&["scan", "--only-rules", "--rules", rules, &history.logs], &format[..]].concat())
        };
        let both = scan(&before) + scan(&after);
        let format = ["--format", "json", "--jobs", "1"];
        let one = took(
            &[&["backtest", &after, "--only-rules", "--against", &before, &history.logs], &format[..]]
                .concat(),
        );
        println!("{} records: {one:.1} s of CPU, {:.2} times two scans", length(), one / both);
        return;
    }

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

#[test]
fn noise_is_told_by_day_with_and_without_a_baseline() {
    let folder = Folder::new();
    let rule = format!(
        "{}trailhound:\n  family: session\n  require_first: true\n  baseline:\n    - {{first: [actor, action], level: high}}\n",
        rule("StartSession", "medium", "")
    );
    let mine = folder.write("mine.yml", rule);
    let log: Vec<String> = (0..3).map(|n| planted(n, "StartSession", "dana")).collect();
    let log = folder.write("log.jsonl", log.join("\n"));
    let baseline = folder.path("usual.baseline");
    let learned = trailhound(&["baseline", "learn", "--to", &baseline, "--rules", &mine, &log]);
    assert!(learned.status.success(), "{}", err(&learned));
    let backtest = |more: &[&str]| -> Value {
        let all = [&["backtest", &mine, "--only-rules", "--format", "json", &log], more].concat();
        let output = trailhound(&all);
        assert!(output.status.success(), "{}", err(&output));
        serde_json::from_str(&out(&output)).unwrap()
    };
    let without = backtest(&[]);
    let said = serde_json::json!({"findings": 3, "medium_or_above": 3, "by_day": {"2026-01-05": 3}});
    assert_eq!(without["noise"]["sessions"], serde_json::json!({"without_baseline": said}));
    let with = backtest(&["--baseline", &baseline]);
    assert_eq!(with["noise"]["sessions"]["without_baseline"], said);
    assert_eq!(with["noise"]["sessions"]["with_baseline"]["findings"], 3);
    assert_eq!(with["noise"]["sessions"]["with_baseline"]["medium_or_above"], 0, "known, so context alone");
}

#[test]
fn what_suppressions_would_keep_back_is_told_finding_by_finding() {
    let folder = Folder::new();
    let mine = folder.write("mine.yml", rule("StartSession", "medium", ""));
    let log = [
        planted(1, "StartSession", "dana"),
        planted(2, "StartSession", "erin"),
        planted(3, "StartSession", "dana"),
    ];
    let log = folder.write("log.jsonl", log.join("\n"));
    let expires = jiff::Zoned::now().date().tomorrow().unwrap();
    let suppressions = folder.write(
        "ours.yml",
        format!("version: 1\nsuppressions:\n  - id: dana-at-work\n    rules: sessions\n    when: {{actor.key: 'arn:aws:iam::111122223333:user/dana'}}\n    action: drop\n    reason: it is her work\n    owner: someone@example.com\n    expires: {expires}\n"),
    );
    let run = |more: &[&str]| {
        let output = trailhound(
            &[&["backtest", &mine, "--only-rules", &log, "--suppressions", &suppressions], more].concat(),
        );
        assert!(output.status.success(), "{}", err(&output));
        out(&output)
    };
    let told: Value = serde_json::from_str(&run(&["--format", "json"])).unwrap();
    assert_eq!(told["total"]["added"], 3, "both sides are compared without them");
    assert_eq!(told["kept_back"]["of"], 3);
    assert_eq!(told["kept_back"]["by_suppression"], serde_json::json!({"dana-at-work": 2}));
    assert_eq!(
        origins(&told["kept_back"]["findings"]),
        BTreeSet::from(["log.jsonl:1".to_owned(), "log.jsonl:3".to_owned()])
    );
    assert!(run(&[]).contains("The suppressions keep back 2 of 3 findings"), "{}", run(&[]));
    assert!(run(&["--format", "markdown"]).contains("keep back 2 of 3 findings"));
}

#[test]
fn the_volume_of_each_log_is_told_and_what_of_it_the_rules_need() {
    let folder = Folder::new();
    let mine = folder.write("mine.yml", rule("StartSession", "medium", ""));
    let run = |jobs: &str, format: &str| {
        let output = trailhound(&[
            "backtest",
            &mine,
            "--only-rules",
            "--volume",
            "--jobs",
            jobs,
            "--format",
            format,
            "events",
        ]);
        assert!(matches!(output.status.code(), Some(0 | 2)), "{}", err(&output));
        out(&output)
    };
    let told: Value = serde_json::from_str(&run("1", "json")).unwrap();
    let trail = &told["volume"]["cloudtrail"];
    assert_eq!(trail["is_read"], true);
    assert!(trail["matched"].as_u64().unwrap() >= told["total"]["added"].as_u64().unwrap());
    assert!(trail["records"].as_u64().unwrap() > trail["matched"].as_u64().unwrap());
    assert!(trail["bytes"].as_u64().unwrap() > 100 * trail["records"].as_u64().unwrap());
    let activity = &told["volume"]["azure_activity"];
    assert_eq!((&activity["is_read"], &activity["matched"]), (&false.into(), &0.into()));
    assert_eq!(run("1", "text"), run("8", "text"));
    assert!(run("1", "text").contains("\nvolume ") && run("1", "markdown").contains("| volume |"));
}

#[test]
fn a_build_server_reads_a_test_for_each_rule() {
    let folder = Folder::new();
    let before = folder.write("before/r.yml", rule("StartSession", "low", ""));
    let other = rule("TerminateSession", "low", "").replace("sessions", "other");
    let after = folder.path("after");
    folder.write("after/r.yml", rule("[StartSession, ResumeSession]", "low", ""));
    folder.write("after/other.yml", other);
    let log = [planted(1, "StartSession", "dana"), planted(2, "ResumeSession", "`<&\u{1b}")];
    let log = folder.write("log.jsonl", log.join("\n"));
    let output = trailhound(&[
        "backtest",
        &after,
        "--only-rules",
        "--against",
        &before,
        "--format",
        "junit",
        "--fail-on-change",
        &log,
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let told = out(&output);
    assert!(told.contains("tests=\"2\" failures=\"1\""), "{told}");
    assert!(
        told.contains("name=\"other\"/>") && told.contains("added 2026-01-05 12:00:02 sessions low"),
        "{told}"
    );
    assert!(!told.contains('\u{1b}') && !told.contains("`<&"), "{told}");
}

#[test]
fn rules_are_compared_with_what_a_revision_has() {
    let folder = Folder::new();
    let git = |arguments: &[&str]| {
        let identity =
            ["-c", "user.name=someone", "-c", "user.email=someone@example.com", "-c", "commit.gpgsign=false"];
        let output = std::process::Command::new("git")
            .arg("-C")
            .arg(folder.path("repository"))
            .args(identity)
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", err(&output));
    };
    folder.write("repository/mine/deep/r.yml", rule("StartSession", "low", ""));
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "As it was"]);
    git(&["tag", "before"]);
    let changed = folder.write("repository/mine/deep/r.yml", rule("StartSession", "high", ""));
    let log = folder.write("log.jsonl", planted(1, "StartSession", "dana"));
    for rules in [folder.path("repository/mine"), changed.clone()] {
        let backtest = |revision: &str| {
            trailhound(&["backtest", &rules, "--only-rules", "--against-revision", revision, &log])
        };
        let output = backtest("before");
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        assert!(out(&output).contains("0 findings added, 0 gone, 1 at another level"), "{}", out(&output));
        for (revision, says) in [("no-such-branch", "no-such-branch"), ("--output=x", "is no revision")] {
            let argument = format!("--against-revision={revision}");
            let output = trailhound(&["backtest", &rules, "--only-rules", &argument, &log]);
            assert_eq!(output.status.code(), Some(2));
            assert!(err(&output).contains(says), "{}", err(&output));
        }
    }
    // What is not in the revision is told, and not taken for nothing.
    folder.write("repository/new/r.yml", rule("StartSession", "high", ""));
    let rules = folder.path("repository/new");
    let output = trailhound(&["backtest", &rules, "--only-rules", "--against-revision", "before", &log]);
    assert_eq!(output.status.code(), Some(2), "{}", out(&output));
}
