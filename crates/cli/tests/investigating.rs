//! `timeline`, `who` and `machine`: every record, in order, findings marked, nothing told that must not be.

mod common;

use std::collections::BTreeMap;

use common::{Folder, err, out, trailhound};
use serde_json::Value;

fn lines(arguments: &[&str]) -> Vec<Value> {
    let output = trailhound(arguments);
    assert!(output.status.success(), "{}", err(&output));
    out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn timeline(more: &[&str]) -> Vec<Value> {
    lines(&[&["timeline", "--format", "ndjson"], more].concat())
}

fn record(n: usize, user: &str, agent: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-18T10:15:{:02}Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.{n}","userAgent":"{agent}","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-{n:012}","eventType":"AwsApiCall","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{user}","accountId":"111122223333","userName":"{user}","accessKeyId":"AKIAIOSFODNN7EXAMPLE"}},"requestParameters":{{"target":"i-0123456789abcdef0"}}}}"#,
        59 - n,
    )
}

#[test]
fn every_record_is_there_in_order_and_every_finding_marks_one() {
    let all = timeline(&["events"]);
    let summary = out(&trailhound(&["scan", "events"]));
    let figures = summary.lines().find(|line| line.contains(" files, ")).unwrap();
    let number = |text: &str| -> usize { text.split(' ').next().unwrap().replace(',', "").parse().unwrap() };
    let rejected = summary.lines().find(|line| line.contains(" rejected")).map_or(0, number);
    assert_eq!(
        all.len() + rejected,
        number(figures.split(", ").nth(1).unwrap()),
        "{figures}, {rejected} rejected"
    );
    let times: Vec<Option<&str>> = all.iter().map(|line| line["time"].as_str()).collect();
    let known: Vec<&str> = times.iter().flatten().copied().collect();
    assert!(known.is_sorted_by_key(|time| time.parse::<jiff::Timestamp>().unwrap()), "{known:?}");
    assert!(times[..known.len()].iter().all(Option::is_some), "what has no time comes last");

    let mut marks: BTreeMap<String, usize> = BTreeMap::new();
    for finding in all.iter().flat_map(|line| line["findings"].as_array().unwrap()) {
        *marks.entry(format!("{} {}", finding["level"], finding["rule"])).or_default() += 1;
    }
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for finding in lines(&["scan", "--format", "ndjson", "events"]) {
        *found.entry(format!("{} {}", finding["severity"], finding["ruleid"])).or_default() += 1;
    }
    assert_eq!(marks, found);
    for jobs in ["1", "8"] {
        assert!(timeline(&["--jobs", jobs, "events"]) == all, "{jobs} threads");
    }
}

#[test]
fn options_narrow_the_list_together() {
    let dana = timeline(&["--actor", "dana", "events"]);
    assert!(!dana.is_empty() && dana.len() < timeline(&["events"]).len());
    assert!(timeline(&["--actor", "dan", "events"]).is_empty(), "names are whole");
    let machine = timeline(&["--machine", "i-0123456789abcdef1", "--actor", "dana", "events"]);
    assert!(!machine.is_empty() && machine.len() < dana.len());
    for line in &machine {
        assert!(line.to_string().contains("i-0123456789abcdef1"), "{line}");
    }
    let network = timeline(&["--address", "203.0.113.0/24", "events"]);
    assert!(!network.is_empty());
    assert!(network.iter().all(|line| line["source"].as_str().unwrap().starts_with("203.0.113.")));
    let grave = timeline(&["--min-level", "high", "events"]);
    assert!(!grave.is_empty());
    for line in &grave {
        let findings = line["findings"].as_array().unwrap();
        assert!(findings.iter().any(|own| own["level"] == "high" || own["level"] == "critical"), "{line}");
    }
    let account = timeline(&["--account", "111122223333", "events"]);
    assert!(account.iter().all(|line| line["account"] == "111122223333"));
    let late = timeline(&["--since", "2026-03-18T09:05:00Z", "--until", "2026-03-18T09:06:00Z", "events"]);
    assert!(
        late.iter().all(|line| line["time"].as_str().is_none_or(|time| time.starts_with("2026-03-18T09:05")))
    );
    let nobody = trailhound(&["timeline", "--actor", "nobody-at-all", "events"]);
    assert!(err(&nobody).contains("no record is like that"), "{}", err(&nobody));
}

#[test]
fn nothing_leaves_that_must_not() {
    let folder = Folder::new();
    let agent = "x --password=Sup3rSecretValue99 \\u001b[2J";
    let file =
        folder.write("a.jsonl", record(1, "=cmd|calc", agent) + "\n" + &record(2, "dana", "aws-cli/2"));
    for format in ["text", "ndjson", "csv", "timesketch"] {
        let told = out(&trailhound(&["timeline", "--format", format, &file]));
        assert!(!told.contains("Sup3rSecretValue99") && !told.contains('\u{1b}'), "{format}: {told}");
        assert!(!told.contains(",=cmd") && !told.contains("\n=cmd"), "{format}: {told}");
        assert_eq!(told.lines().filter(|line| line.contains("StartSession")).count(), 2, "{format}: {told}");
    }
    for arguments in [["who", "cmd"], ["machine", "i-0123456789abcdef0"]] {
        let told = out(&trailhound(&[arguments.as_slice(), &[&file]].concat()));
        assert!(!told.contains("Sup3rSecretValue99") && !told.contains('\u{1b}'), "{told}");
    }
}

#[test]
fn timesketch_takes_its_csv() {
    let folder = Folder::new();
    let file = folder.write(
        "a.jsonl",
        record(2, "dana", "aws-cli/2") + "\n" + &record(1, "erin, the second", "aws-cli/2"),
    );
    let told = out(&trailhound(&["timeline", "--format", "timesketch", &file]));
    let mut rows = csv::Reader::from_reader(told.as_bytes());
    let header: Vec<String> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header[..3], ["message", "datetime", "timestamp_desc"]);
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.len() == header.len() && !row[2].is_empty()));
    assert_eq!(&rows[0][1], "2026-03-18T10:15:57.000000+00:00");
    assert!(rows[1][0].contains("ssm:StartSession on i-0123456789abcdef0"), "{:?}", rows[1]);
}

#[test]
fn an_actor_and_a_machine_are_told_in_full() {
    let output = trailhound(&["who", "--format", "json", "dana", "events"]);
    let who: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(who["records"], timeline(&["--actor", "dana", "events"]).len());
    let targets: Vec<&Value> = who["targets"].as_array().unwrap().iter().map(|row| &row["target"]).collect();
    assert!(targets.iter().any(|target| *target == "i-0123456789abcdef0"), "{targets:?}");
    for section in ["actors", "addresses", "clients", "accounts", "findings"] {
        assert!(!who[section].as_array().unwrap().is_empty(), "{section}: {who:#}");
    }
    let machine: Value = serde_json::from_str(&out(&trailhound(&[
        "machine",
        "--format",
        "json",
        "i-0123456789abcdef0",
        "events",
    ])))
    .unwrap();
    let reached: Vec<&Value> =
        machine["acted_on_by"].as_array().unwrap().iter().map(|row| &row["actor"]).collect();
    assert!(reached.iter().any(|actor| actor.as_str().unwrap().contains("dana")), "{reached:?}");
    assert!(machine["first"].as_str() <= machine["last"].as_str());
    let folder = Folder::new();
    let file = folder.write("a.jsonl", record(1, "dana", "aws-cli/2"));
    let told = out(&trailhound(&["who", "dana", &file]));
    assert!(told.contains("AKIAIOSFODNN7EXAMPLE"), "the id of a key is told: {told}");
    assert!(told.starts_with("dana: 1 record, 2026-03-18 10:15:58"), "{told}");
}

#[test]
fn what_was_refused_reached_nothing_and_ran_nothing() {
    let folder = Folder::new();
    let denied = record(2, "erin", "aws-cli/2").replace(
        "\"eventName\"",
        "\"errorCode\":\"AccessDenied\",\"errorMessage\":\"not authorized\",\"eventName\"",
    );
    assert!(denied.contains("AccessDenied"), "{denied}");
    let file = folder.write("a.jsonl", record(1, "dana", "aws-cli/2") + "\n" + &denied);
    let told = out(&trailhound(&["machine", "i-0123456789abcdef0", &file]));
    let (done, tried) = told.split_once("tried by").expect(&told);
    assert!(done.contains("dana") && !done.contains("erin"), "{told}");
    assert!(tried.contains("erin") && tried.contains("denied"), "{told}");
    let told = out(&trailhound(&["who", "erin", &file]));
    assert!(told.contains("tried (") && !told.contains("targets ("), "{told}");
}

#[test]
fn an_explanation_of_a_correlation_tells_its_condition_its_group_and_its_events() {
    let file = "events/example-cloudtrail-session-manager.json";
    let told = out(&trailhound(&["scan", "--explain", "--format", "csv", file]));
    let mut rows = csv::Reader::from_reader(told.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let own = rows.iter().find(|row| &row[3] == "machines-in-a-burst").expect(&told);
    let explanation = &own[own.len() - 1];
    for part in [
        "met: At least 3 values of n.target.ids within 1 hour of: ",
        "in the group n.actor.key=",
        "came to 3 events with n.target.ids: i-0123456789abcdef0, mi-0123456789abcdef0, i-0123456789abcdef1",
        "+ 2026-03-18 09:01:00 aws-ssm-session-shell by operations/dana@example.com",
    ] {
        assert!(explanation.contains(part), "{part}: {explanation}");
    }
}
