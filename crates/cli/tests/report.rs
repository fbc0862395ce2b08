//! The report: what its page holds whoever opens it, and what one does with it in a browser.

mod common;

use std::path::PathBuf;
use std::process::Command;

use common::{Folder, err, out, trailhound};
use serde_json::Value;
use trailhound_testkit::tools;

/// The data of a page.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once(r#"<script id="data" type="application/json">"#).unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

fn report(folder: &Folder, name: &str, arguments: &[&str]) -> String {
    let path = folder.path(name);
    let output = trailhound(&[&["scan", "-o", &path], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    std::fs::read_to_string(path).unwrap()
}

/// Sessions of some people on some machines, an hour apart and half of that.
fn sessions(count: usize) -> String {
    let session = |at: usize| {
        let time = jiff::Timestamp::from_second(1_773_824_400 + 1_800 * i64::try_from(at).unwrap()).unwrap();
        let (person, machine) = (at % 37, at % 211);
        format!(
            r#"{{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"{time}","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.{person}","userAgent":"aws-cli/2.15.{person}","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-{at:012x}","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/person{person}","accountId":"111122223333","userName":"person{person}"}},"requestParameters":{{"target":"i-0123456789{machine:07x}"}},"responseElements":{{"sessionId":"person{person}-{at:017x}"}}}}"#
        )
    };
    (0..count).map(session).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_finding_takes_few_bytes() {
    let folder = Folder::new();
    let logs = folder.write("a.jsonl", sessions(2_000));
    let page = report(&folder, "a.html", &[&logs]);
    let rows = data(&page)["R"].as_array().unwrap().len();
    let (_, table) = page.split_once(r#"<script id="data""#).unwrap();
    assert!(rows >= 2_000, "{rows}");
    let bytes = table.len() / rows;
    assert!(bytes <= 400, "{bytes} bytes a finding");
    let around = page.len() - table.len();
    assert!(around <= 900_000, "{around} bytes beside the table");
}

#[test]
fn nothing_of_a_record_ends_a_script_or_is_markup() {
    let folder = Folder::new();
    let hostile = "</script><script>alert(1)</script><!--\u{2028}&amp;\u{e000}";
    let logs = folder.write("a.jsonl", sessions(1).replace("person0", hostile));
    let page = report(&folder, "a.html", &[&logs]);
    assert_eq!(page.matches("<script").count(), 2, "the data and the script");
    assert_eq!(page.matches("</script").count(), 2);
    assert!(!page.contains("<!--"), "no comment");
    let texts = data(&page)["S"].to_string();
    assert!(texts.contains("alert"), "{texts}");
}

#[test]
fn what_is_new_since_an_earlier_report_is_told() {
    let folder = Folder::new();
    let (early, late) = (folder.write("a.jsonl", sessions(3)), folder.write("b.jsonl", sessions(5)));
    let first = report(&folder, "first.html", &[&early]);
    assert_eq!(data(&first)["new"], Value::Null);
    let since = folder.path("first.html");
    let next = report(&folder, "next.html", &["--since-report", &since, &late]);
    let (known, all) = (data(&first)["U"].clone(), data(&next));
    let new: Vec<&Value> = all["new"].as_array().unwrap().iter().collect();
    assert!(!new.is_empty());
    for (row, uid) in all["U"].as_array().unwrap().iter().enumerate() {
        let is_new = new.iter().any(|new| new.as_u64() == u64::try_from(row).ok());
        assert_eq!(is_new, !known.as_array().unwrap().contains(uid), "{uid}");
    }
    assert!(next.contains(&format!("Since the earlier report {} are new", new.len())));
}

#[test]
fn what_cannot_be_read_or_shown_is_refused_with_a_remedy() {
    let folder = Folder::new();
    let (logs, page) = (folder.write("a.jsonl", sessions(1)), folder.path("a.html"));
    let broken = folder
        .write("broken.json", "{\n \"trailhound_triage\": 1,\n \"marks\": {\"x\": {\"mark\": \"fine\"}}}");
    let later = folder.write("later.json", r#"{"trailhound_triage": 2, "marks": {}}"#);
    let cases: [(&[&str], &[&str]); 5] = [
        (&["--triage", &broken], &["broken.json", "Save triage", "fine", "line 3"]),
        (&["--triage", &later], &["later.json", "version 2", "update the command"]),
        (&["--triage", "nowhere.json"], &["nowhere.json"]),
        (&["--since-report", &logs], &["a.jsonl", "scan the earlier logs again"]),
        (&["--since-report", &page], &["a.html"]),
    ];
    for (arguments, told) in cases {
        let output = trailhound(&[&["scan", "-o", &page], arguments, &[&logs]].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        for told in told {
            assert!(err(&output).contains(told), "{arguments:?}: {}", err(&output));
        }
    }
    let output = trailhound(&["scan", "--triage", &later, &logs]);
    assert!(output.status.code() == Some(2) && err(&output).contains("--format html"), "{}", err(&output));
    assert!(out(&output).is_empty());
}

#[test]
fn a_report_is_worked_on_in_a_browser() {
    let look = "crates/cli/tests/report.mjs";
    let Some(modules) = tools::find("TRAILHOUND_BROWSER", "browser/node_modules", "the report in a browser")
    else {
        return;
    };
    let folder = Folder::new();
    report(&folder, "a.html", &["events"]);
    let run = |what: &str, name: &str| {
        let mut node = Command::new("node");
        node.args([look, what, &folder.path(name), &folder.path("")]).env("NODE_PATH", &modules);
        let output = node.current_dir(tools::root()).output().unwrap();
        let text = out(&output);
        if let Some(note) = text.strip_prefix("SKIPPED ") {
            tools::skip(note.trim());
            return false;
        }
        assert!(output.status.success() && text.is_empty(), "{what}:\n{text}\n{}", err(&output));
        true
    };
    if run("work", "a.html") {
        report(&folder, "marked.html", &["--triage", &folder.path("triage.json"), "events"]);
        assert!(PathBuf::from(folder.path("report.pdf")).exists());
        run("marked", "marked.html");
    }
}
