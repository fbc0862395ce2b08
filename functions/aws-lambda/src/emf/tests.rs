use super::*;
use trailhound_detect::tally::{RejectReason, Tally};

/// No two figures are the same.
fn account() -> Account {
    let mut account = Account {
        lag_ms: 7,
        age_ms: 9,
        cpu_ms: 8,
        uncopied: 4,
        failure: Some("refused".to_owned()),
        cause: Some("unpublished"),
        origin: "s3://example-trail/AWSLogs/a.json.gz".to_owned(),
        state_unavailable: Some("no answer".to_owned()),
        tally: Tally {
            records: 20,
            evaluated: 18,
            matches: 15,
            published: 6,
            duplicates: 5,
            deferred: 3,
            repaired: 11,
            ..Tally::default()
        },
        ..Account::default()
    };
    account.tally.rejected.insert(RejectReason::NotJson, 2);
    account.tally.suppressed.insert("weekly-patching".to_owned(), 1);
    account.tally.unread("ADFSSignInLogs", 12);
    assert!(account.tally.balances());
    account
}

#[test]
fn every_figure_of_an_account_is_a_metric() {
    let sets = metrics(&account(), "example-function", Timestamp::UNIX_EPOCH);
    assert_eq!(
        sets[0],
        json!({
            "_aws": sets[0]["_aws"], "Function": "example-function",
            "Records": 20, "Evaluated": 18, "Rejected": 2, "Matches": 15, "Published": 6, "Suppressed": 1,
            "Duplicates": 5, "Deferred": 3, "LagMilliseconds": 7, "CpuMilliseconds": 8, "StateUnavailable": 1,
            "Failed": 1, "Uncopied": 4, "AgeMilliseconds": 9,
            "Unread": 12, "Repaired": 11,
        })
    );
}

#[test]
fn metrics_are_declared_where_they_are_given() {
    let sets = metrics(&account(), "example-function", Timestamp::UNIX_EPOCH);
    assert_eq!(sets.len(), 4);
    for set in &sets {
        let declared = &set["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(declared["Namespace"], NAMESPACE);
        for name in declared["Dimensions"][0].as_array().into_iter().flatten() {
            assert!(set[name.as_str().unwrap()].is_string(), "{name} has a value");
        }
        for metric in declared["Metrics"].as_array().into_iter().flatten() {
            assert!(set[metric["Name"].as_str().unwrap()].is_u64(), "{metric} has a value");
        }
    }
    assert_eq!(sets[1]["Reason"], "not_json");
    // Not by category: records name those, and each name would be a metric that somebody pays for.
    assert_eq!(sets[0]["Unread"], 12);
    assert_eq!((&sets[2]["Cause"], &sets[2]["Failed"]), (&json!("unpublished"), &json!(1)));
    assert_eq!((&sets[3]["Bucket"], &sets[3]["Records"]), (&json!("example-trail"), &json!(20)));
}

#[test]
fn a_canary_that_did_not_arrive_is_no_sign_of_life() {
    let mut account = Account::default();
    account.tally.notices.insert(Notice::Canary, 1);
    let sung = |account: &Account| !metrics(account, "f", Timestamp::UNIX_EPOCH)[0]["Canary"].is_null();
    assert!(sung(&account));
    account.tally.deferred = 1;
    assert!(!sung(&account));
}
