use serde_json::json;

use crate::event::LogType;
use crate::event::testing::{merged, read};
use crate::facts::OutcomeKind;

#[test]
fn a_row_of_the_hunting_table_is_a_sign_in() {
    let row = json!({"Timestamp": "2026-11-20T09:00:00Z", "Application": "Azure CLI", "ApplicationId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "LogonType": "[\"interactiveUser\"]", "ErrorCode": "0", "AccountUpn": "dana@example.com", "AccountObjectId": "o",
        "RiskLevelDuringSignIn": "100", "RiskState": 4, "RiskEventTypes": "[\"anonymizedIPAddress\"]", "IPAddress": "198.51.100.7",
        "Country": "DE", "RequestId": "r"});
    let (log, facts) = read(&row);
    assert_eq!(log, LogType::EntraSignIn);
    assert_eq!(facts.actor.display, "dana@example.com");
    assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.7");
    assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T09:00:00Z");
    assert_eq!(facts.outcome.kind, OutcomeKind::Success);
    let level = crate::event::testing::with(&row.to_string(), |event| {
        ["riskLevelDuringSignIn", "riskState"].map(|name| {
            event.document().get(&format!("properties.{name}")).unwrap().as_str().unwrap().into_owned()
        })
    });
    assert_eq!(level.unwrap(), ["high", "atRisk"]);
    assert_eq!(read(&merged(&row, &json!({"ErrorCode": "50126"}))).1.outcome.kind, OutcomeKind::Failed);
}
