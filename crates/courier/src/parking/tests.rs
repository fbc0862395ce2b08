use std::io::Read;

use super::*;
use trailhound_detect::tally::RejectReason;

fn reject(origin: &str, body: &[u8], received_at: &str) -> Reject {
    Reject {
        reason: RejectReason::NotJson,
        detail: "no JSON".to_owned(),
        origin: origin.to_owned(),
        received_at: received_at.parse().unwrap(),
        body: body.to_vec(),
        version: None,
        pointers: Vec::new(),
    }
}

#[test]
fn an_object_says_why_where_when_and_what() {
    let rejects = [
        reject("eventhub://ns/hub/0@1", b"\xff\x00", "2026-02-03T23:59:59Z"),
        reject("eventhub://ns/hub/0@2", b"no\njson", "2026-02-03T23:59:59Z"),
    ];
    let mut text = String::new();
    flate2::read::GzDecoder::new(pack(&rejects).unwrap().as_slice()).read_to_string(&mut text).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines,
        [
            serde_json::json!({"reason": "not_json", "detail": "no JSON", "origin": "eventhub://ns/hub/0@1",
                "received_at": "2026-02-03T23:59:59Z", "body_base64": "/wA="}),
            serde_json::json!({"reason": "not_json", "detail": "no JSON", "origin": "eventhub://ns/hub/0@2",
                "received_at": "2026-02-03T23:59:59Z", "body_base64": "bm8KanNvbg=="}),
        ]
    );
}

#[test]
fn what_stands_for_a_flood_says_where_to_read_it_again() {
    let mut flood = reject("s3://b/k#1001", b"{}", "2026-02-03T23:59:59Z");
    flood.version = Some("3sL4kqtJlcpXroDTDmJ".to_owned());
    flood.pointers = vec![
        Pointer {
            first: "s3://b/k#1001".to_owned(),
            last: "s3://b/k#1900".to_owned(),
            bytes: Some(3_000..5_700),
            rejected: 800,
            records: 900,
        },
        Pointer {
            first: "eventhub://ns/hub/0@7".to_owned(),
            last: "eventhub://ns/hub/0@9#2".to_owned(),
            bytes: None,
            rejected: 3,
            records: 3,
        },
    ];
    let mut text = String::new();
    flate2::read::GzDecoder::new(pack(&[flood]).unwrap().as_slice()).read_to_string(&mut text).unwrap();
    let line: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(line["version"], "3sL4kqtJlcpXroDTDmJ");
    assert_eq!(
        line["pointers"],
        json!([
            {"first": "s3://b/k#1001", "last": "s3://b/k#1900", "bytes": [3000, 5700], "rejected": 800, "records": 900},
            {"first": "eventhub://ns/hub/0@7", "last": "eventhub://ns/hub/0@9#2", "rejected": 3, "records": 3},
        ])
    );
}

#[test]
fn the_name_is_of_what_is_kept_on_the_day_it_came() {
    let first = name(&[reject("o", b"a", "2026-02-03T10:00:00Z")]);
    assert!(first.starts_with("2026/02/03/") && first.ends_with(".ndjson.gz"), "{first}");
    assert_eq!(first, name(&[reject("o", b"a", "2026-02-03T11:00:00Z")]), "another attempt, the same object");
    assert_ne!(first, name(&[reject("o", b"b", "2026-02-03T10:00:00Z")]));
    assert_ne!(first, name(&[reject("p", b"a", "2026-02-03T10:00:00Z")]));
    // Where one part ends and the next begins is part of the name.
    assert_ne!(
        name(&[reject("ab", b"c", "2026-02-03T10:00:00Z")]),
        name(&[reject("a", b"bc", "2026-02-03T10:00:00Z")])
    );
}

#[test]
fn what_was_parked_is_told_by_its_name_from_all_else() {
    let own = name(&[reject("s3://b/k", b"{}", "2026-02-03T23:59:59Z")]);
    assert!(is_named(&own), "{own}");
    let hash = "0123456789abcdef0123456789abcdef";
    for other in [
        "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/02/03/x.json.gz".to_owned(),
        "2026/02/03/x.ndjson.gz".to_owned(),
        format!("2026/02/{hash}.ndjson.gz"),
        format!("2026/02/03/{hash}.json.gz"),
        format!("a/2026/02/03/{hash}.ndjson.gz"),
        format!("2026/02/03/{hash}.ndjson.gz/more"),
        String::new(),
    ] {
        assert!(!is_named(&other), "{other}");
    }
}

#[test]
fn what_points_elsewhere_has_another_name() {
    let mut flood = reject("s3://b/k", b"{}", "2026-02-03T23:59:59Z");
    let bare = name(std::slice::from_ref(&flood));
    flood.version = Some("v1".to_owned());
    let of_version = name(std::slice::from_ref(&flood));
    flood.pointers =
        vec![Pointer { first: "a".to_owned(), last: "b".to_owned(), bytes: None, rejected: 3, records: 3 }];
    assert_eq!(std::collections::BTreeSet::from([bare, of_version, name(&[flood])]).len(), 3);
}
