use super::*;
use trailhound_detect::tally::RejectReason;

fn account() -> Account {
    let mut account = Account { lag_ms: 7, ..Account::default() };
    account.tally.reject(RejectReason::NotJson);
    account.tally.published = 1;
    account
}

#[test]
fn metrics_are_declared_where_they_are_given() {
    let sets = metrics(&account(), "example-function", Timestamp::UNIX_EPOCH);
    assert_eq!(sets.len(), 2);
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
    assert_eq!(sets[0]["LagMilliseconds"], 7);
    assert_eq!(sets[1]["Reason"], "not_json");
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
