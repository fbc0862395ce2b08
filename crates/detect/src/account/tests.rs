use super::*;
use crate::tally::RejectReason;

fn account() -> Account {
    let mut tally = Tally {
        records: 5,
        evaluated: 3,
        matches: 4,
        published: 1,
        duplicates: 1,
        deferred: 1,
        ..Tally::default()
    };
    tally.rejected.insert(RejectReason::NotJson, 2);
    tally.suppressed.insert("weekly-patching".to_owned(), 1);
    assert!(tally.balances());
    Account { origin: "s3://example-trail/a".to_owned(), tally, lag_ms: 7, ..Account::default() }
}

#[test]
fn the_line_has_every_figure_as_an_integer() {
    let line = account().line(Timestamp::UNIX_EPOCH);
    for (name, want) in [
        ("records", 5),
        ("evaluated", 3),
        ("matches", 4),
        ("published", 1),
        ("suppressed", 1),
        ("duplicates", 1),
        ("deferred", 1),
        ("lag_ms", 7),
        ("age_ms", 0),
        ("cpu_ms", 0),
    ] {
        assert_eq!(line[name].as_u64(), Some(want), "{name}");
    }
    assert_eq!((&line["event"], &line["level"]), (&json!("delivery"), &json!("INFO")));
    assert_eq!(line["rejected"], json!({"not_json": 2}));
    assert_eq!(line["suppressed_by"], json!({"weekly-patching": 1}));
    for absent in [
        "unread",
        "repaired",
        "attempt",
        "parked_unpublished",
        "error",
        "cause",
        "uncopied",
        "state_unavailable",
        "notices",
    ] {
        assert!(line.get(absent).is_none(), "{absent}: {line}");
    }
}

#[test]
fn what_a_source_tells_besides_is_in_the_line() {
    let line = Account {
        attempt: Some(0),
        parked: 3,
        uncopied: 2,
        age_ms: 1_350,
        failure: Some("SNS said no".to_owned()),
        cause: Some("unpublished"),
        state_unavailable: Some("no such table".to_owned()),
        ..account()
    }
    .line(Timestamp::UNIX_EPOCH);
    assert_eq!((&line["attempt"], &line["parked_unpublished"]), (&json!(0), &json!(3)));
    assert_eq!((&line["level"], &line["error"]), (&json!("ERROR"), &json!("SNS said no")));
    assert_eq!(
        (&line["cause"], &line["uncopied"], &line["age_ms"]),
        (&json!("unpublished"), &json!(2), &json!(1_350))
    );
    assert_eq!(line["state_unavailable"], "no such table");
}

#[test]
fn hostile_text_stays_in_its_line() {
    let account = Account {
        origin: "s3://example-trail/a\n{\"event\":\"delivery\"}\u{202e}".to_owned(),
        failure: Some("\u{1b}[31m\r\nred".to_owned()),
        ..account()
    };
    let text = account.line(Timestamp::UNIX_EPOCH).to_string();
    assert!(!text.contains(['\n', '\r', '\u{1b}', '\u{202e}']), "{text}");
}

#[test]
fn what_no_rule_reads_and_what_was_mended_stand_beside_the_identities() {
    let mut account = account();
    account.tally.unread("StorageRead", 2);
    account.tally.unread("StorageRead", 1);
    account.tally.repaired = 1;
    account.tally.uncorrelated.insert("dana".to_owned(), 2);
    assert!(account.tally.balances());
    let line = account.line(Timestamp::UNIX_EPOCH);
    assert_eq!((&line["unread"], &line["repaired"]), (&json!({"StorageRead": 3}), &json!(1)));
    assert_eq!(line["uncorrelated_by"], json!({"dana": 2}));
    for kind in 0..200 {
        account.tally.unread(&format!("kind {kind}"), 1);
    }
    let told = account.tally.unread.len();
    assert!(told <= 65 && account.tally.unread_total() == 203, "{told}");
    assert_eq!(account.tally.unread[Tally::OTHER_KINDS], 137);
}
