//! `search` and `stats`: every record, matched or not, by words and fields; nothing told that must not be.

mod common;

use std::collections::BTreeMap;

use common::{Folder, err, out, trailhound};
use serde_json::{Value, json};

fn lines(arguments: &[&str]) -> Vec<Value> {
    let output = trailhound(arguments);
    assert!(output.status.success(), "{}", err(&output));
    out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn search(query: &str, path: &str) -> Vec<Value> {
    lines(&["search", "--format", "ndjson", query, path])
}

fn record(n: usize, name: &str, more: &Value) -> String {
    let mut record = json!({"eventVersion": "1.09", "eventID": format!("00000000-0000-4000-8000-{n:012}"),
        "eventTime": format!("2026-03-18T{:02}:15:00Z", 9 + n), "eventSource": "ec2.amazonaws.com", "eventName": name,
        "awsRegion": "eu-west-1", "eventType": "AwsApiCall", "recipientAccountId": "111122223333",
        "sourceIPAddress": format!("203.0.113.{n}"), "userAgent": "aws-cli/2.15",
        "userIdentity": {"type": "IAMUser", "userName": "dana", "arn": "arn:aws:iam::111122223333:user/dana",
            "accountId": "111122223333", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"}});
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record.to_string() + "\n"
}

/// Records that no rule is about, and one that a rule is.
fn logs(folder: &Folder) -> String {
    let denied = json!({"errorCode": "AccessDenied", "requestParameters": {"instanceType": "t3.micro", "marker": "zebra fish"}});
    let secret = json!({"requestParameters": {"comment": "zebra password=Sup3rSecretValue99", "userData": "c3VwZXJzZWNyZXQ="}});
    let session =
        json!({"eventSource": "ssm.amazonaws.com", "requestParameters": {"target": "i-0123456789abcdef0"}});
    let text = [
        record(1, "DescribeInstances", &json!({"userAgent": "=cmd|calc"})),
        record(2, "RunInstances", &denied),
        record(3, "DescribeSubnets", &secret),
        record(4, "StartSession", &session),
    ];
    folder.write("a.jsonl", text.concat())
}

fn actions(found: &[Value]) -> Vec<&str> {
    found.iter().map(|line| line["action"].as_str().unwrap()).collect()
}

#[test]
fn words_and_fields_are_met_together_over_all_records() {
    let folder = Folder::new();
    let file = logs(&folder);
    for (query, wanted) in [
        ("zebra", &["ec2:RunInstances", "ec2:DescribeSubnets"][..]),
        ("ZEBRA fish", &["ec2:RunInstances"]),
        ("\"zebra fish\"", &["ec2:RunInstances"]),
        ("zeb", &[]),
        ("error=accessdenied", &["ec2:RunInstances"]),
        ("error=*", &["ec2:RunInstances"]),
        ("requestParameters.instanceType=t3.*", &["ec2:RunInstances"]),
        ("requestParameters.instanceType=t3", &[]),
        ("action=ec2:describe*", &["ec2:DescribeInstances", "ec2:DescribeSubnets"]),
        ("action=*s*b*s", &["ec2:DescribeInstances", "ec2:DescribeSubnets"]),
        ("source=203.0.113.2/31", &["ec2:RunInstances", "ec2:DescribeSubnets"]),
        ("n.outcome=denied", &["ec2:RunInstances"]),
        ("n.target.ids=i-0123456789abcdef0 dana", &["ssm:StartSession"]),
        (
            "dana service=ec2.amazonaws.com",
            &["ec2:DescribeInstances", "ec2:RunInstances", "ec2:DescribeSubnets"],
        ),
    ] {
        assert_eq!(actions(&search(query, &file)), wanted, "{query}");
    }
    let marked = search("i-0123456789abcdef0", &file);
    assert_eq!(marked[0]["findings"][0]["rule"], "aws-ssm-session-shell", "{marked:?}");
}

#[test]
fn a_slip_in_a_query_is_told() {
    let folder = Folder::new();
    let file = logs(&folder);
    let output = trailhound(&["search", "requestParameters.instanceTipe=*", &file]);
    let said = err(&output);
    assert!(
        said.contains("no record that was looked at has a field requestParameters.instanceTipe"),
        "{said}"
    );
    for (query, wanted) in [
        ("n.actor.kee=dana", "did you mean n.actor.key?"),
        ("error=", "error=* is any"),
        ("\"zebra", "a quotation mark is missing"),
        (" ", "nothing to search for"),
        ("so(me=1", "is no field; write one of log, actor,"),
    ] {
        let output = trailhound(&["search", query, &file]);
        assert_eq!(output.status.code(), Some(2), "{query}");
        assert!(err(&output).contains(wanted), "{query}: {}", err(&output));
    }
    let said = err(&trailhound(&["stats", "--by", "requestParameters.nothing", &file]));
    assert!(said.contains("no record that was looked at has a field requestParameters.nothing"), "{said}");
}

#[test]
fn values_are_counted_and_the_counts_add_up() {
    let folder = Folder::new();
    let file = logs(&folder);
    let rows = lines(&["stats", "--format", "ndjson", "--by", "action,error", &file]);
    let counts: BTreeMap<String, u64> = rows
        .iter()
        .map(|row| {
            let values = &row["values"];
            let name =
                format!("{} {}", values["action"].as_str().unwrap(), values["error"].as_str().unwrap());
            (name, row["records"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(counts["ec2:RunInstances AccessDenied"], 1);
    assert_eq!(counts["ec2:DescribeSubnets "], 1);
    assert_eq!(counts.values().sum::<u64>(), 4);
    let usual = lines(&["stats", "--format", "ndjson", &file]);
    for (by, value, count) in
        [("actor", "dana", 4), ("error", "AccessDenied", 1), ("user_agent", "aws-cli/2.15", 3)]
    {
        assert!(
            usual.iter().any(|row| row["by"] == by && row["values"][by] == value && row["records"] == count),
            "{by}: {usual:#?}"
        );
    }
    let hours = lines(&["stats", "--format", "ndjson", "--by", "actor", "--every", "hour", &file]);
    let times: Vec<&str> = hours.iter().map(|row| row["time"].as_str().unwrap()).collect();
    assert_eq!(times, ["2026-03-18 10:00", "2026-03-18 11:00", "2026-03-18 12:00", "2026-03-18 13:00"]);
    let only = lines(&["stats", "--format", "ndjson", "--by", "action", "--only", "zebra", &file]);
    assert_eq!(only.len(), 2);

    let all = lines(&["timeline", "--format", "ndjson", "events"]).len() as u64;
    let logs = lines(&["stats", "--format", "ndjson", "--by", "log", "events"]);
    assert_eq!(logs.iter().map(|row| row["records"].as_u64().unwrap()).sum::<u64>(), all, "{logs:?}");
    let told = out(&trailhound(&["stats", "events"]));
    assert!(told.starts_with(&format!("{all} records, ")), "{told}");
    assert_eq!(logs, lines(&["stats", "--jobs", "1", "--format", "ndjson", "--by", "log", "events"]));
}

#[test]
fn nothing_leaves_that_must_not() {
    let folder = Folder::new();
    let file = logs(&folder);
    for format in ["text", "ndjson", "csv"] {
        let mut told = vec![out(&trailhound(&["search", "dana", "--format", format, &file]))];
        for by in
            ["requestParameters.comment", "requestParameters.userData", "user_agent", "requestParameters"]
        {
            told.push(out(&trailhound(&["stats", "--by", by, "--format", format, &file])));
        }
        for told in told {
            for secret in ["Sup3rSecretValue99", "c3VwZXJzZWNyZXQ"] {
                assert!(!told.contains(secret), "{format}: {told}");
            }
            assert!(!told.contains("\n=cmd") && !told.contains(",=cmd"), "{format}: {told}");
        }
    }
    let comment = out(&trailhound(&["stats", "--by", "requestParameters.comment", &file]));
    assert!(comment.contains("(held back)"), "that it was there is told: {comment}");
    let rows = out(&trailhound(&["stats", "--by", "user_agent", "--format", "csv", &file]));
    let mut rows = csv::Reader::from_reader(rows.as_bytes());
    assert_eq!(
        rows.headers().unwrap().iter().collect::<Vec<_>>(),
        ["user_agent", "records", "first", "last"]
    );
    assert_eq!(rows.records().count(), 2);
}
