//! Ctrl-C: what was found so far is told, correlations included.
#![cfg(unix)]

mod common;

use std::fs::File;
use std::process::{Child, Command, Stdio};

use common::{Folder, err, out, trailhound};

/// A shell on a machine, at a minute.
fn session(at: u8) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-18T10:{at:02}:00Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","userAgent":"aws-cli/2.22.0","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-0000000000{at:02}","eventType":"AwsApiCall","eventCategory":"Management","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333","userName":"dana"}},"requestParameters":{{"target":"i-0123456789abcde{at:02}"}},"responseElements":{{"sessionId":"dana-0a1b2c3d4e5f678{at:02}"}}}}"#
    )
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// A scan that has read a file to its end and waits for a pipe that brings nothing, and is interrupted then.
fn interrupted(folder: &Folder, more: &[&str]) -> std::process::Output {
    interrupted_while(folder, &["scan", "--jobs", "1"], more)
}

fn interrupted_while(folder: &Folder, command: &[&str], more: &[&str]) -> std::process::Output {
    let file = folder.write("a.jsonl", (1..=4).map(session).collect::<Vec<_>>().join("\n"));
    let pipe = folder.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let child = Command::new(env!("CARGO_BIN_EXE_trailhound"))
        .args(command)
        .args([&file, &pipe])
        .args(more)
        .env("NO_COLOR", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Opens once the other end is open, and that is once the file is read.
    let held_open = File::options().write(true).open(&pipe).unwrap();
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    drop(held_open);
    output
}

#[test]
fn ctrl_c_tells_what_was_found_so_far_with_its_correlations() {
    let output = interrupted(&Folder::new(), &[]);
    assert_eq!(output.status.code(), Some(130), "{}", err(&output));
    let table = out(&output);
    for told in
        ["aws-ssm-session-shell", "machines-in-a-burst", "5 findings", "1 of 2 inputs read to the end"]
    {
        assert!(table.contains(told), "{told} is not told:\n{table}");
    }
}

#[test]
fn ctrl_c_leaves_a_whole_page_that_says_so() {
    let folder = Folder::new();
    let page = folder.path("report.html");
    let output = interrupted(&folder, &["-o", &page]);
    assert_eq!(output.status.code(), Some(130), "{}", err(&output));
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.contains("machines-in-a-burst") && text.contains("1 of 2 inputs read to the end"));
    assert!(text.trim_end().ends_with("</html>"));
    assert!(!std::path::Path::new(&format!("{page}.partial")).exists());
}

#[test]
fn ctrl_c_tells_it_beside_other_formats() {
    let folder = Folder::new();
    let output = interrupted(&folder, &["--format", "ndjson"]);
    assert_eq!(output.status.code(), Some(130));
    let whole = trailhound(&["scan", "--format", "ndjson", &folder.path("a.jsonl")]);
    assert_eq!(out(&output).lines().count(), out(&whole).lines().count());
    assert!(err(&output).contains("Interrupted: 1 of 2 inputs"), "{}", err(&output));
}

#[test]
fn ctrl_c_keeps_in_an_index_what_was_read_to_its_end() {
    let folder = Folder::new();
    let index = folder.path("case.index");
    let output = interrupted_while(&folder, &["timeline", "--jobs", "1", "--index", &index], &[]);
    assert_eq!(output.status.code(), Some(130), "{}", err(&output));
    assert_eq!(out(&output), "");
    assert!(
        err(&output).contains(&format!("1 of 2 inputs read to the end, and kept in {index}.")),
        "{}",
        err(&output)
    );
    let again = trailhound(&["timeline", "--index", &index, &folder.path("a.jsonl")]);
    assert!(out(&again).contains("ssm:StartSession"), "{}", out(&again));
    assert!(!err(&again).contains("are read"), "{}", err(&again));
}

#[test]
fn other_commands_that_read_tell_what_they_read_so_far() {
    let folder = Folder::new();
    let mine = folder.write(
        "mine.yml",
        "title: Sessions\nname: sessions\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  selection:\n    eventName: StartSession\n  condition: selection\nlevel: low\n",
    );
    for (command, told) in [
        (&["backtest", "--jobs", "1", &mine][..], "4 findings added"),
        (&["why", "aws-ssm-session-shell"], "told as low by aws-ssm-session-shell"),
        (&["timeline", "--jobs", "1"], "ssm:StartSession"),
        (&["who", "--jobs", "1", "dana"], "dana: 4 records"),
    ] {
        let folder = Folder::new();
        let output = interrupted_while(&folder, command, &[]);
        assert_eq!(output.status.code(), Some(130), "{command:?}: {}", err(&output));
        assert!(out(&output).contains(told), "{command:?}: {}{}", out(&output), err(&output));
        assert!(err(&output).contains("Interrupted"), "{command:?}: {}", err(&output));
    }
}
