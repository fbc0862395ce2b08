use super::*;
use trailhound_detect::tally::RejectReason;

#[test]
fn the_line_has_the_eight_figures_as_integers() {
    let mut account = Account { origin: "eventhub://ns/hub/0@1-2".to_owned(), ..Account::default() };
    account.tally.reject(RejectReason::NotJson);
    account.tally.records += 2;
    account.tally.evaluated += 2;
    account.tally.matches = 3;
    account.tally.published = 1;
    account.tally.deferred = 1;
    account.tally.suppressed.insert("backup-runs".to_owned(), 1);
    let line = line(&account, "2026-02-03T10:00:00Z".parse().unwrap());
    assert_eq!(line["event"], "delivery");
    assert_eq!(line["rejected"], json!({"not_json": 1}));
    assert_eq!(line["suppressed"], 1);
    for figure in
        ["records", "evaluated", "matches", "published", "suppressed", "duplicates", "deferred", "lag_ms"]
    {
        assert!(line[figure].is_u64(), "{figure}: {line}");
    }
    assert!(account.tally.balances());
}

#[test]
fn hostile_text_stays_in_its_line() {
    let account = Account {
        origin: "eventhub://ns/hub/0@1\n{\"event\":\"delivery\"}".to_owned(),
        failure: Some("\u{1b}[31m\r\nred".to_owned()),
        ..Account::default()
    };
    let text = line(&account, Timestamp::UNIX_EPOCH).to_string();
    assert!(!text.contains(['\n', '\r', '\u{1b}']), "{text}");
}
