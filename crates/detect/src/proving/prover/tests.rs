use serde_json::json;
use trailhound_sigma::Wanted;

use super::facts;
use super::place::{Choosing, agree, merge, remove, set};
use crate::log_type::LogType;

fn text(text: &str) -> Wanted {
    Wanted::Text(text.to_owned())
}

#[test]
fn values_go_where_the_tables_say() {
    let audit = Choosing { log: LogType::EntraAudit, number: 0 };
    let mut record = json!({"category": "AuditLogs"});
    set(&mut record, "properties.targetResources.displayName", &text("Ops"), audit);
    set(&mut record, "n.named:properties.additionalDetails|User-Agent", &text("curl"), audit);
    set(
        &mut record,
        "n.named:properties.targetResources.modifiedProperties|Role.DisplayName",
        &text("Owner"),
        audit,
    );
    assert_eq!(
        record["properties"],
        json!({
            "targetResources": [{"displayName": "Ops", "modifiedProperties":
                [{"displayName": "Role.DisplayName", "oldValue": null, "newValue": "\"Owner\""}]}],
            "additionalDetails": [{"key": "User-Agent", "value": "curl"}],
        })
    );
    remove(&mut record, "properties.targetResources.displayName");
    assert_eq!(record["properties"]["targetResources"][0].get("displayName"), None);

    let activity = Choosing { log: LogType::AzureActivity, number: 0 };
    let mut record = json!({});
    set(&mut record, "identity.claims.http://schemas.xmlsoap.org/claims/upn", &text("dana"), activity);
    assert_eq!(record["identity"]["claims"]["http://schemas.xmlsoap.org/claims/upn"], "dana");
}

#[test]
fn values_have_the_kind_of_what_stood_there() {
    let sign_in = Choosing { log: LogType::EntraSignIn, number: 0 };
    let mut record = json!({"resultType": "0", "properties": {"status": {"errorCode": 0}}});
    set(&mut record, "resultType", &Wanted::Number("50140".to_owned()), sign_in);
    set(&mut record, "properties.status.errorCode", &text("50140"), sign_in);
    assert_eq!(record, json!({"resultType": "50140", "properties": {"status": {"errorCode": 50140}}}));
}

#[test]
fn what_a_record_says_twice_agrees() {
    let before = json!({"resultType": "0", "properties": {"status": {"errorCode": 0}}});
    let mut record = json!({"resultType": "50140", "properties": {"status": {"errorCode": 0}}});
    agree(&mut record, &before, LogType::EntraSignIn);
    assert_eq!(record["properties"]["status"]["errorCode"], 50140);

    let mut login = json!({"eventName": "ConsoleLogin"});
    agree(&mut login, &json!({}), LogType::CloudTrail);
    assert_eq!(login["responseElements"]["ConsoleLogin"], "Success");
}

#[test]
fn patches_are_merged_with_what_is_wanted() {
    let mut record = json!({"a": 1, "b": {"c": 2, "d": 3}});
    merge(&mut record, &json!({"a": null, "b": {"c": "x{}"}, "e": ["{}"]}), "y");
    assert_eq!(record, json!({"b": {"c": "xy", "d": 3}, "e": ["y"]}));
}

#[test]
fn every_way_to_make_a_fact_is_one() {
    assert_eq!(facts::faults(), [""; 0]);
}
