use serde_json::json;

use crate::event::testing::read;
use crate::event::{LogType, OutcomeKind};

#[test]
fn a_row_of_the_portal_says_who_did_what_to_whom() {
    let row = json!({"Date": "2026-11-20T09:00:00.1234567+00:00", "CorrelationId": "c", "Service": "Core Directory",
        "Category": "RoleManagement", "Activity": "Add member to role", "Result": "success", "ActorType": "User",
        "ActorDisplayName": "Dana", "ActorObjectId": "00000000-0000-4000-8000-0000000000bb",
        "ActorUserPrincipalName": "dana@example.com", "IPAddress": "198.51.100.7", "User Agent": "Mozilla/5.0",
        "Target1Type": "User", "Target1DisplayName": "Eve", "Target1ObjectId": "00000000-0000-4000-8000-0000000000ee",
        "Target1UserPrincipalName": "eve@example.com", "Target1ModifiedProperty1Name": "Role.DisplayName",
        "Target1ModifiedProperty1NewValue": "\"Global Administrator\"", "Target2Type": "Role",
        "Target2ObjectId": "00000000-0000-4000-8000-0000000000ff", "AdditionalDetail1Key": "a", "AdditionalDetail1Value": "b"});
    let (log, facts) = read(&row);
    assert_eq!((log, facts.action.operation.as_str()), (LogType::EntraAudit, "Add member to role"));
    assert_eq!(facts.outcome.kind, OutcomeKind::Success);
    assert_eq!((facts.actor.display.as_str(), facts.actor.is_human), ("dana@example.com", true));
    assert_eq!(facts.target.names[0], "eve@example.com");
    assert!(facts.grantee.unwrap().ends_with("00ee"));
    assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.7");
    assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T09:00:00.1234567Z");
}

#[test]
fn an_application_is_one() {
    let row = json!({"Date": "2026-11-20T09:00:00Z", "Activity": "Update application", "ActorType": "Application",
        "ActorDisplayName": "pipeline", "ActorServicePrincipalId": "00000000-0000-4000-8000-0000000000aa",
        "Target1Type": "Application", "Target1DisplayName": "app", "Target1ObjectId": "t"});
    let (_, facts) = read(&row);
    assert_eq!((facts.actor.display.as_str(), facts.actor.is_human), ("pipeline", false));
    assert_eq!(facts.outcome.kind, OutcomeKind::Unknown);
}
