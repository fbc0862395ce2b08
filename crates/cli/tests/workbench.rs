//! `rules new`, `rules diff` and `rules test --watch`: a rule from its first line to its last change.

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use common::{Folder, err, out, trailhound};
use serde_json::Value;

const SAMPLE: &str = "events/example-cloudtrail-session-manager.json";

#[test]
fn a_new_rule_and_its_tests_pass_as_they_are_written() {
    let folder = Folder::new();
    let mine = folder.path("mine");
    for arguments in [
        &["--sample", SAMPLE, "--name", "from-a-sample"][..],
        &["--sample", SAMPLE, "--event", "ResumeSession"],
        &[
            "--log",
            "aws/cloudtrail",
            "--event",
            "kms:ScheduleKeyDeletion",
            "--level",
            "HIGH",
            "--title",
            "Key: gone",
        ],
        &["--log", "windows/process_creation", "--event", "plink.exe"],
    ] {
        let output = trailhound(&[&["rules", "new", &mine], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", err(&output));
        assert!(out(&output).contains("wrote "), "{}", out(&output));
    }
    let names: Vec<String> = {
        let mut names: Vec<_> = fs::read_dir(&mine).unwrap().map(|file| file.unwrap().file_name()).collect();
        names.sort();
        names.into_iter().map(|name| name.into_string().unwrap()).collect()
    };
    assert_eq!(
        names,
        [
            "aws-kms-schedule-key-deletion.tests.yml",
            "aws-kms-schedule-key-deletion.yml",
            "aws-ssm-resume-session.tests.yml",
            "aws-ssm-resume-session.yml",
            "from-a-sample.tests.yml",
            "from-a-sample.yml",
            "windows-plink-exe.tests.yml",
            "windows-plink-exe.yml",
        ]
    );
    let check = trailhound(&["rules", "check", "--strict", &mine]);
    assert_eq!(check.status.code(), Some(0), "{}", out(&check));
    assert!(out(&check).ends_with("4 files loaded, 0 with errors\n"), "{}", out(&check));
    let test = trailhound(&["rules", "test", &mine]);
    assert_eq!(test.status.code(), Some(0), "{}", out(&test));
    assert!(out(&test).contains("4 rules, 18 passed, 0 failed"), "{}", out(&test));
    let rule = fs::read_to_string(folder.path("mine/aws-kms-schedule-key-deletion.yml")).unwrap();
    assert!(rule.contains("title: \"Key: gone\"\n") && rule.contains("level: high\n"), "{rule}");
}

#[test]
fn nothing_is_written_over_and_what_is_not_understood_is_told() {
    let folder = Folder::new();
    let mine = folder.path("mine");
    folder.write("mine/taken.tests.yml", "kept");
    for (arguments, says) in [
        (&["--sample", SAMPLE, "--name", "taken"][..], "taken.tests.yml is there already"),
        (&["--sample", SAMPLE, "--name", "aws-ssm-session-shell"], "is that of the shipped rule"),
        (&["--sample", SAMPLE, "--name", "../elsewhere"], "letters, digits"),
        (&["--sample", SAMPLE, "--event", "NoSuchCall"], "they tell of "),
        (&["--sample", "Cargo.toml"], "holds no record that rules read"),
        (&["--event", "ssm:StartSession"], "--log aws/cloudtrail"),
        (&["--log", "aws/cloudtrail", "--event", "StartSession"], "several services have"),
        (&["--log", "aws/nothing", "--event", "StartSession"], "there is no log `aws/nothing`"),
        (&[], "nothing says what the rule is about"),
    ] {
        let output = trailhound(&[&["rules", "new", &mine], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(err(&output).contains(says), "{arguments:?}: {}", err(&output));
    }
    assert_eq!(fs::read_to_string(folder.path("mine/taken.tests.yml")).unwrap(), "kept");
    assert_eq!(fs::read_dir(&mine).unwrap().count(), 1, "no half of a rule is left");
}

fn rule(name: &str, but: &str, level: &str, tags: &str) -> String {
    format!(
        "title: Sessions\nname: {name}\nlogsource: {{product: aws, service: cloudtrail}}\ndetection:\n  selection:\n    eventSource: ssm.amazonaws.com\n    eventName: [StartSession, ResumeSession]\n  dana:\n    userIdentity.userName: dana\n  condition: selection{but}\nlevel: {level}\ntags: [{tags}]\n"
    )
}

fn tests(rule: &str, level: &str, more: &str) -> String {
    format!(
        "rule: {rule}\ntests:\n  - name: a session of erin's\n    event: {{eventVersion: '1.09', eventSource: ssm.amazonaws.com, eventName: StartSession, eventID: '1', eventTime: '2026-03-18T10:00:00Z', recipientAccountId: '111122223333', userIdentity: {{userName: erin}}}}\n    expect: match\n    level: {level}\n  - name: a session of dana's\n    from: a session of erin's\n    merge: {{userIdentity: {{userName: dana}}}}\n    expect: none\n{more}"
    )
}

#[test]
fn a_difference_is_told_by_key_by_test_and_by_verdict() {
    let folder = Folder::new();
    let old = folder.write("old/a.yml", rule("sessions", " or dana", "low", "attack.t1021, attack.t1651"));
    folder.write("old/a.tests.yml", tests("sessions", "low", ""));
    folder.write("old/gone.yml", rule("gone", " and not dana", "low", ""));
    folder.write("new/a.yml", rule("sessions", " and not dana", "medium", "attack.t1021, attack.t1021.007"));
    let more = "  - name: resumed\n    from: a session of erin's\n    merge: {eventName: ResumeSession}\n    expect: match\n";
    folder.write("new/a.tests.yml", tests("sessions", "medium", more));
    folder.write("new/b.yml", rule("added", " and dana", "low", ""));
    let (before, after) = (folder.path("old"), folder.path("new"));

    let output = trailhound(&["rules", "diff", &before, &after]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let told = out(&output);
    for line in [
        "added    added  ",
        "removed  gone  ",
        "changed  sessions  ",
        "  detection.condition: selection and not dana instead of selection or dana",
        "  level: medium instead of low",
        "  tags: attack.t1021.007 instead of attack.t1651",
        "  test added: resumed",
        "  test changed: a session of erin's",
        "'a session of erin's' is match medium to sessions, and was match low",
        "'a session of dana's' is none to sessions, and was match low",
        "'a session of dana's' is match low to added, and was none",
        "'resumed' is none to gone, and was match low",
        "1 rule added, 1 removed, 1 changed; of 3 events of tests 6 told otherwise",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(!told.contains("test changed: a session of dana's"), "{told}");

    let json = trailhound(&["rules", "diff", "--format", "json", "--fail-on-change", &before, &after]);
    assert_eq!(json.status.code(), Some(1));
    let json: Value = serde_json::from_str(&out(&json)).unwrap();
    assert_eq!(json["changed"][0]["changes"][0]["at"], "detection.condition");
    assert_eq!(json["verdicts"].as_array().unwrap().len(), 6);

    let same = trailhound(&["rules", "diff", "--fail-on-change", &before, &before]);
    assert_eq!(same.status.code(), Some(0), "{}", out(&same));
    assert_eq!(out(&same), "0 rules added, 0 removed, 0 changed; of 2 events of tests 0 told otherwise\n");
    let absent = trailhound(&["rules", "diff", &before, &folder.path("nowhere")]);
    assert_eq!(absent.status.code(), Some(2), "{}", err(&absent));
    // A list of one is that one, whoever wrote it.
    let text = fs::read_to_string(&old).unwrap().replace("userName: dana", "userName: [dana]");
    let listed = folder.write("listed/a.yml", text);
    let output = trailhound(&["rules", "diff", "--fail-on-change", &old, &listed]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
}

#[test]
fn a_correlation_is_compared_by_what_its_tests_come_to() {
    let folder = Folder::new();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/correlations/");
    let read = |name: &str| fs::read_to_string(format!("{root}{name}")).unwrap();
    let text = read("aws-serial-console-opened-and-used.yml");
    folder.write("old/c.yml", &text);
    folder.write("old/c.tests.yml", read("aws-serial-console-opened-and-used.tests.yml"));
    let text = text.replace("timespan: 60m", "timespan: 1m");
    folder.write(
        "new/c.yml",
        text.replace("name: aws-", "name: mine-")
            .replace("trailhound:\n", "trailhound:\n  replaces: aws-serial-console-opened-and-used\n"),
    );
    let told = |old: &str, new: &str| trailhound(&["rules", "diff", &folder.path(old), &folder.path(new)]);
    let output = told("old", "old");
    assert!(out(&output).contains(" 0 told otherwise"), "{}{}", out(&output), err(&output));
    let output = told("old", "new");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(
        out(&output).contains(" to aws-serial-console-opened-and-used, and was match, as expected"),
        "{}",
        out(&output)
    );
}

#[cfg(unix)]
#[test]
fn watched_tests_run_again_when_a_file_changes_and_end_at_ctrl_c() {
    let folder = Folder::new();
    folder.write("mine/a.yml", rule("sessions", " and not dana", "low", ""));
    folder.write("mine/a.tests.yml", tests("sessions", "low", ""));
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailhound"))
        .args(["rules", "test", "--watch", &folder.path("mine")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut watching = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(told.next().unwrap(), "1 rule, 2 passed, 0 failed");
    assert_eq!(watching.next().unwrap(), "watching 2 files; Ctrl-C ends");
    folder.write("mine/a.tests.yml", tests("sessions", "critical", ""));
    assert!(told.by_ref().any(|line| line.contains("expected match at critical, got match at low")));
    assert_eq!(told.next().unwrap(), "1 rule, 1 passed, 1 failed");
    // A file that is half written is told, and harms nothing.
    folder.write("mine/a.yml", "title: [");
    assert!(told.by_ref().any(|line| line.ends_with(" failed")));
    folder.write("mine/a.yml", rule("sessions", " and not dana", "critical", ""));
    assert!(told.by_ref().any(|line| line == "1 rule, 2 passed, 0 failed"));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0), "as the last run");
    let without = trailhound(&["rules", "test", "--watch"]);
    assert_eq!(without.status.code(), Some(2), "{}", err(&without));
}
