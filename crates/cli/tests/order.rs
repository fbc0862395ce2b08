//! In which order findings come, what is told once, and what was found as a layer.

mod common;

use std::collections::BTreeMap;

use common::{Folder, err, out, trailhound};
use serde_json::Value;

fn ndjson(arguments: &[&str]) -> Vec<Value> {
    let output = trailhound(&[&["scan", "--format", "ndjson"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Level, as it is worse the less it is, and time.
fn places(findings: &[Value]) -> Vec<(usize, i64)> {
    let levels = ["critical", "high", "medium", "low", "informational"];
    let place = |finding: &Value| {
        let level = levels.iter().position(|level| finding["severity"] == *level).unwrap();
        (level, finding["data"]["time"].as_i64().unwrap_or(i64::MAX))
    };
    findings.iter().map(place).collect()
}

#[test]
fn findings_come_by_gravity_and_time_where_that_is_asked() {
    let (given, sorted) = (ndjson(&["events"]), ndjson(&["--order", "gravity", "events"]));
    assert!(!places(&given).is_sorted(), "the input has another order");
    assert!(places(&sorted).is_sorted());
    let lines = |all: &[Value]| {
        let mut uids: Vec<String> =
            all.iter().map(|finding| finding["data"]["finding_info"]["uid"].to_string()).collect();
        uids.sort();
        uids
    };
    assert_eq!(lines(&given), lines(&sorted), "none is lost, none told twice");
    let input = ndjson(&["--order", "input", "events"]);
    assert_eq!(places(&given), places(&input));
    let csv = out(&trailhound(&["scan", "--format", "csv", "--order", "gravity", "events"]));
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).collect();
    let levels: Vec<&str> = rows.iter().map(|row| &row[1]).collect();
    let told: Vec<&str> = sorted.iter().map(|finding| finding["severity"].as_str().unwrap()).collect();
    assert_eq!(levels, told);
}

fn session(at: u8, person: &str, machine: u8) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-18T10:15:{at:02}Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-0000000000{at:02}","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{person}","accountId":"111122223333","userName":"{person}"}},"requestParameters":{{"target":"i-0123456789abcdef{machine}"}}}}"#
    )
}

#[test]
fn the_table_tells_once_what_a_rule_says_of_many() {
    let folder = Folder::new();
    let events = [
        session(5, "dana", 1),
        session(1, "dana", 1),
        session(3, "erin", 1),
        session(4, "dana", 1),
        session(2, "dana", 2),
    ];
    let file = folder.write("a.jsonl", events.join("\n"));
    let rule = folder.write(
        "r.yml",
        "title: Any session\nname: any\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  s: {eventName: StartSession}\n  condition: s\nlevel: low\n",
    );
    let scan = |more: &[&str]| {
        let table = trailhound(&[&["scan", "--only-rules", "--rules", &rule, &file], more].concat());
        assert_eq!(table.status.code(), Some(0), "{}", err(&table));
        out(&table)
    };
    let table = scan(&[]);
    let times: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("LOW       2026-03-18 ")).collect();
    assert_eq!(times, ["10:15:01  any", "10:15:02  any", "10:15:03  any"], "{table}");
    assert_eq!(table.matches("more that say the same").count(), 1, "{table}");
    assert!(table.contains("and 2 more that say the same, the last at 2026-03-18 10:15:05"), "{table}");
    assert!(table.contains("5 findings (5 low)"), "{table}");
    // What explains itself is told each time; so is what is told as it comes.
    for more in [&["--explain"][..], &["--order", "input"]] {
        let table = scan(more);
        assert_eq!(table.matches("LOW  ").count(), 5, "{more:?}: {table}");
    }
}

#[test]
fn what_orders_or_lists_nothing_refuses_an_order() {
    for format in ["html", "navigator"] {
        let output = trailhound(&["scan", "--format", format, "--order", "gravity", "events"]);
        assert_eq!(output.status.code(), Some(2), "{format}");
        assert!(err(&output).contains("--order is for the table, NDJSON and CSV"), "{}", err(&output));
    }
}

#[test]
fn a_layer_tells_of_each_technique_that_was_found() {
    let output = trailhound(&["scan", "--format", "navigator", "events"]);
    let layer: Value = serde_json::from_str(&out(&output)).unwrap();
    let mut wanted: BTreeMap<String, u64> = BTreeMap::new();
    for finding in ndjson(&["events"]) {
        for attack in finding["data"]["finding_info"]["attacks"].as_array().into_iter().flatten() {
            let of = |name: &str| attack[name]["uid"].as_str().map(str::to_owned);
            *wanted.entry(of("sub_technique").or_else(|| of("technique")).unwrap()).or_default() += 1;
        }
    }
    assert!(wanted.len() > 20, "{wanted:?}");
    let techniques = layer["techniques"].as_array().unwrap();
    let told: BTreeMap<String, u64> = techniques
        .iter()
        .map(|own| (own["techniqueID"].as_str().unwrap().to_owned(), own["score"].as_u64().unwrap()))
        .collect();
    assert_eq!(told, wanted);
    assert_eq!(layer["gradient"]["maxValue"].as_u64(), wanted.values().max().copied());
    let covered = trailhound(&["rules", "coverage", "--format", "navigator"]);
    let covered: Value = serde_json::from_str(&out(&covered)).unwrap();
    assert_eq!(layer["versions"], covered["versions"]);
    let covered: Vec<&Value> =
        covered["techniques"].as_array().unwrap().iter().map(|own| &own["techniqueID"]).collect();
    assert!(
        techniques.iter().all(|own| covered.contains(&&own["techniqueID"])),
        "rules look for what they found"
    );
}
