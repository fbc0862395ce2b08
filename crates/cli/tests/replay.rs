//! `replay` over what was parked, and over archives.

mod common;

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Folder, err, out, trailhound};
use serde_json::{Value, json};

const EVENTS: &str = "events/example-cloudtrail-session-manager.json";

fn line(reason: &str, body: &[u8], pointers: &Value) -> Value {
    let mut line = json!({
        "reason": reason, "detail": "as it was", "origin": "s3://example-trail/key.json.gz#1",
        "received_at": "2026-03-18T10:20:00Z", "body_base64": STANDARD.encode(body),
    });
    if !pointers.is_null() {
        line["pointers"] = pointers.clone();
    }
    line
}

fn parked(folder: &Folder, name: &str, lines: &[Value]) {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for line in lines {
        writeln!(packed, "{line}").unwrap();
    }
    folder.write(&format!("rejects/2026/03/18/{name}.ndjson.gz"), packed.finish().unwrap());
}

fn sample() -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(EVENTS)).unwrap()
}

fn findings(paths: &[&str]) -> Vec<Value> {
    let scan = trailhound(&[&["scan", "--format", "ndjson"], paths].concat());
    out(&scan).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn replay(arguments: &[&str]) -> (Value, Option<i32>) {
    let output = trailhound(&[&["replay", "--format", "json"], arguments].concat());
    let told = serde_json::from_str(&out(&output)).unwrap_or_else(|_| panic!("{}", err(&output)));
    (told, output.status.code())
}

fn balances(told: &Value) {
    let of = |name: &str| told["sum"][name].as_u64().unwrap();
    assert_eq!(
        of("in"),
        of("published") + of("duplicates") + of("suppressed") + of("still_failing"),
        "{told}"
    );
}

#[test]
fn what_was_parked_is_evaluated_body_by_body_and_the_sum_holds() {
    let folder = Folder::new();
    let none = Value::Null;
    let whole = sample();
    parked(&folder, &"a".repeat(32), &[line("unpublished", &whole, &none), line("not_json", b"oops", &none)]);
    parked(&folder, &"b".repeat(32), &[line("unpublished", &whole, &none)]);
    let rejects = folder.path("rejects");
    let (told, code) = replay(&[&rejects]);
    balances(&told);
    let count = findings(&[EVENTS]).len() as u64;
    assert_eq!(told["sum"]["published"], count, "{told}");
    assert!(told["sum"]["duplicates"].as_u64().unwrap() >= 1, "the same body again: {told}");
    assert_eq!(told["sum"]["still_failing"], 1, "{told}");
    assert_eq!(told["still_failing"]["not_json"]["count"], 1, "{told}");
    assert_eq!((told["parked_bodies"].as_u64(), code), (Some(3), Some(1)));
    let text = trailhound(&["replay", &rejects]);
    assert_eq!(text.status.code(), Some(1));
    for says in ["3 parked bodies and 0 files", "aws-ssm-session-shell  2026-03-18 ", "+ 1 still failing"] {
        assert!(out(&text).contains(says), "{says}: {}", out(&text));
    }
}

#[test]
fn what_was_published_is_no_news_and_suppressions_act() {
    let folder = Folder::new();
    let archive: Vec<String> = findings(&[EVENTS]).iter().map(Value::to_string).collect();
    let archive = folder.write("archive/findings.ndjson", archive.join("\n"));
    let (told, code) = replay(&["--published", &archive, EVENTS]);
    balances(&told);
    assert_eq!((told["sum"]["published"].as_u64(), code), (Some(0), Some(0)), "{told}");
    assert!(told["sum"]["duplicates"].as_u64().unwrap() > 0, "{told}");
    let (told, _) = replay(&["--min-level", "critical", EVENTS]);
    balances(&told);
    assert!(told["suppressed"]["min_level"].as_u64().unwrap() > 0, "{told}");
}

#[test]
fn a_line_that_stands_for_others_fails_for_all_of_them() {
    let folder = Folder::new();
    let pointers = json!([{"first": "s3://b/k#7", "last": "s3://b/k#106", "rejected": 100, "records": 100}]);
    parked(&folder, &"c".repeat(32), &[line("unknown_record", &sample(), &pointers)]);
    let (told, code) = replay(&[&folder.path("rejects")]);
    balances(&told);
    assert_eq!((&told["sum"]["still_failing"], code), (&json!(99), Some(1)), "{told}");
}

#[test]
fn what_is_no_parked_line_is_told_with_its_file() {
    let folder = Folder::new();
    parked(&folder, &"d".repeat(32), &[json!({"a": 1})]);
    let output = trailhound(&["replay", &folder.path("rejects")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("line 1: no reject as the functions park it"), "{}", err(&output));
}
