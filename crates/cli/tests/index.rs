//! A kept index: answers are those of a run without one, what is not what it was is never believed, and the file is the
//! owner's alone.

#[path = "cases/campaign.rs"]
#[allow(dead_code, reason = "of the attackers only their names are asked here")]
mod campaign;
mod common;
#[path = "index/sets.rs"]
mod sets;

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use campaign::{Campaign, PEOPLE, Twist};
use common::{Folder, err, out, trailhound};

/// What is told and how it ends.
fn told(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), out(output))
}

/// Asks without an index, and twice with one; says what was read each time.
fn ask(question: &[&str], inputs: &[&str], index: &str) -> [String; 2] {
    let plain = trailhound(&[question, inputs].concat());
    [(); 2].map(|()| {
        let kept = trailhound(&[question, &["--index", index], inputs].concat());
        assert!(
            told(&kept) == told(&plain),
            "{question:?} of {inputs:?}:\n{}\n{}\n{}",
            out(&plain),
            out(&kept),
            err(&kept)
        );
        err(&kept)
    })
}

#[test]
fn answers_are_the_same_with_an_index_and_without() {
    let (folder, campaign) = (Folder::new(), Campaign::of(300, &PEOPLE, Twist::default()));
    for (account, text) in &campaign.files {
        folder.write(&format!("logs/{account}.jsonl"), text);
    }
    let campaign = folder.path("logs");
    let index = folder.path("kept.index");
    let mut said = Vec::new();
    let samples: &[&[&str]] = &[
        &["timeline"],
        &["timeline", "--format", "csv"],
        &["timeline", "--format", "ndjson", "--min-level", "medium"],
        &["timeline", "--actor", "dana"],
        &["timeline", "--actor", "dana", "--machine", "i-0123456789abcdef1"],
        &["timeline", "--account", "111122223333", "--address", "203.0.113.0/24"],
        &["timeline", "--address", "2001:db8::/32"],
        &["timeline", "--since", "2026-03-18T09:05:00Z", "--until", "2026-03-18T09:06:00Z"],
        &["who", "dana"],
        &["who", "--format", "json", "alice@example.com"],
        &["who", "nobody-of-that-name"],
        &["who", "Admin/work", "--since", "2026-03-18"],
        &["machine", "vm-shop-01"],
        &["machine", "--format", "json", "i-0123456789abcdef0"],
        &["pivot", "203.0.113.45"],
        &["pivot", "AKIAIOSFODNN7EXAMPLE"],
        &["pivot", "--format", "json", "aws-cli"],
    ];
    for question in samples {
        said.push(ask(question, &["events", "events/stories"], &index));
    }
    let people: &[&[&str]] = &[
        &["timeline", "--format", "ndjson", "--actor", PEOPLE[0]],
        &["timeline", "--actor", PEOPLE[5], "--min-level", "low"],
        &["who", "--format", "json", PEOPLE[1]],
        &["who", "work", "--until", "2026-03-18T12:00:00Z"],
        &["machine", "i-0000000abcdef0000"],
        &["timeline", "--jobs", "1"],
    ];
    for question in people {
        said.push(ask(question, &[&campaign], &index));
    }
    // Each input was read but once, whatever was asked.
    for [first, second] in &said[1..samples.len()] {
        assert!(!first.contains(" are read") && !second.contains(" are read"), "{first}{second}");
    }
    assert!(said[samples.len()][0].contains("5 of 5 inputs are read: 0 changed, 5 new"), "{said:?}");
    assert!(said[samples.len() + 1..].iter().flatten().all(|said| !said.contains(" are read")));
}

/// The record of a shell that somebody opened.
fn record(person: &str, n: u32) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-18T10:15:{n:02}Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-{n:012}","eventType":"AwsApiCall","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{person}","accountId":"111122223333","userName":"{person}"}},"requestParameters":{{"target":"i-0123456789abcdef0"}}}}"#
    )
}

#[test]
fn what_changed_is_read_and_what_is_gone_is_not_told() {
    let folder = Folder::new();
    let (a, _) =
        (folder.write("logs/a.json", record("dana", 1)), folder.write("logs/b.json", record("erin", 2)));
    let (logs, index) = (folder.path("logs"), folder.path("kept.index"));
    let asked = |question: &[&str]| ask(question, &[&logs], &index);
    assert_eq!(asked(&["timeline"]), ["", ""]);

    // As long, and with the time of writing that it had.
    let written = fs::metadata(&a).unwrap().modified().unwrap();
    fs::write(&a, record("fran", 1)).unwrap();
    fs::File::options().write(true).open(&a).unwrap().set_modified(written).unwrap();
    let [first, second] = asked(&["who", "fran"]);
    assert!(first.contains("1 of 2 inputs are read: 1 changed, 0 new"), "{first}");
    assert_eq!(second, "");

    folder.write("logs/c.json", record("grace", 3));
    assert!(asked(&["timeline"])[0].contains("1 of 3 inputs are read: 0 changed, 1 new"));
    fs::remove_file(folder.path("logs/b.json")).unwrap();
    assert_eq!(asked(&["timeline"]), ["", ""]);
    // Another file of the same name is another file.
    fs::rename(folder.path("logs/c.json"), &a).unwrap();
    assert!(asked(&["who", "grace"])[0].contains("1 changed"));
}

#[test]
fn another_rule_or_file_beside_the_logs_has_all_read_anew() {
    let folder = Folder::new();
    let (log, index) = (folder.write("a.json", record("dana", 1)), folder.path("kept.index"));
    let rule = |level: &str| {
        format!(
            "title: Own\nid: 7c2f3d8e-58d2-4b53-9c43-0d4b6b7c8f01\nname: own\nstatus: test\n\
             logsource: {{product: aws, service: cloudtrail}}\ndetection:\n  selection:\n    n.target.owner: payments\n  \
             condition: selection\nlevel: {level}\n"
        )
    };
    let owner = |owner: &str| format!("name,owner\ni-0123456789abcdef0,{owner}\n");
    let rules = folder.write("rules/own.yml", rule("high"));
    let inventory = folder.write("assets.csv", owner("payments"));
    let question: &[&str] = &["timeline", "--rules", &rules, "--inventory", &inventory];
    let anew = |said: &str| said.contains("all inputs are read anew");
    assert!(!anew(&ask(question, &[&log], &index)[0]));
    assert!(out(&trailhound(&[question, &["--index", &index, &log]].concat())).contains("HIGH      own"));
    fs::write(&rules, rule("critical")).unwrap();
    let [first, second] = ask(question, &[&log], &index);
    assert!(anew(&first) && first.contains("the rules are others") && !anew(&second), "{first}");
    fs::write(&inventory, owner("platform!")).unwrap();
    let [first, second] = ask(question, &[&log], &index);
    assert!(anew(&first) && first.contains("known beside the logs are others") && !anew(&second), "{first}");
    assert!(
        anew(&ask(&["timeline"], &[&log], &index)[0]),
        "without rules of one's own it is another question"
    );
}

#[test]
fn what_cannot_be_believed_twice_is_read_twice() {
    let folder = Folder::new();
    let (index, text) = (folder.path("kept.index"), record("dana", 1));
    let piped = |more: &[&str]| {
        let mut process = Command::new(env!("CARGO_BIN_EXE_trailhound"));
        let process = process.args(["who", "dana", "-"]).args(more).env("TRAILHOUND_SETTINGS", "");
        let process = process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = process.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    for _ in 0..2 {
        assert!(told(&piped(&["--index", &index])) == told(&piped(&[])));
    }
    // A file that breaks off gives what it has, and says so each time.
    let whole = fs::read("../../events/example-cloudtrail-session-manager.json").unwrap();
    let cut = folder.write("cut.json", &whole[..whole.len() - 200]);
    let form = folder.write("logs.zip", b"PK\x03\x04not really");
    let absent = folder.path("absent.json");
    let inputs = [&*cut, &form, &absent];
    let said = ask(&["timeline"], &inputs, &index);
    assert!(
        said.iter().all(|said| said.contains("could not be read") && said.contains("absent.json")),
        "{said:?}"
    );
}

#[test]
fn the_file_is_its_owners_and_no_other_is_taken_for_one() {
    let folder = Folder::new();
    let (log, index) = (folder.write("logs/a.json", record("dana", 1)), folder.path("logs/kept.index"));
    let logs = folder.path("logs");
    // One in the folder that is read is no log.
    assert_eq!(ask(&["timeline"], &[&logs], &index), ["", ""]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&index).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let refused = |index: &str, inputs: &[&str]| {
        let before = fs::read(index).ok();
        let output = trailhound(&[&["timeline", "--index", index], inputs].concat());
        assert_eq!(output.status.code(), Some(2), "{}", err(&output));
        assert!(fs::read(index).ok() == before, "{index}");
        err(&output)
    };
    assert!(refused(&log, &[&log]).contains("is an input"));
    assert!(refused(&index, &[&index]).contains("is an input"));
    let foreign = folder.write("notes.txt", "not an index");
    assert!(refused(&foreign, &[&log]).contains("notes.txt is no index"));
    let empty = folder.write("empty", "");
    assert!(refused(&empty, &[&log]).contains("is empty, and so no index"));
    let baseline = folder.path("usual.baseline");
    assert!(trailhound(&["baseline", "learn", "--to", &baseline, &log]).status.success());
    assert!(refused(&baseline, &[&log]).contains("usual.baseline is no index"));
    assert!(refused(&logs, &[&log]).contains("it is a folder"));
    assert!(refused(&folder.path("no/such/folder"), &[&log]).contains("cannot make the index"));

    // What is damaged is told, whatever it is that is missing.
    let bytes = fs::read(&index).unwrap();
    fs::write(folder.path("half.index"), &bytes[..bytes.len() / 2]).unwrap();
    let output = trailhound(&["timeline", "--index", &folder.path("half.index"), &logs]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("half.index"), "{}", err(&output));
}
