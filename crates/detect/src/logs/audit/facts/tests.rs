use serde_json::{Value, json};

use crate::event::testing::{facts, merged, read};
use crate::event::{ActorKind, LogType, OutcomeKind};

const TENANT: &str = "00000000-0000-4000-8000-0000000000ee";

fn change() -> Value {
    json!({
        "time": "2026-11-20T10:00:05Z", "resourceId": format!("/tenants/{TENANT}/providers/Microsoft.aadiam"),
        "operationName": "Add member to role", "category": "AuditLogs", "tenantId": TENANT, "resultSignature": "None",
        "callerIpAddress": "198.51.100.9", "correlationId": "corr-1", "level": "Informational",
        "properties": {
            "id": "Directory_1", "activityDisplayName": "Add member to role", "activityDateTime": "2026-11-20T10:00:00Z",
            "loggedByService": "Core Directory", "operationType": "Assign", "result": "success", "resultReason": "",
            "initiatedBy": {"user": {"id": "00000000-0000-4000-8000-0000000000BB", "userPrincipalName": "dana@example.com",
                "ipAddress": "198.51.100.7"}},
            "targetResources": [{"id": "00000000-0000-4000-8000-0000000000AA", "userPrincipalName": "eve@example.com", "type": "User",
                "modifiedProperties": [{"displayName": "Role.DisplayName", "newValue": "\"Global Administrator\""}]}],
            "additionalDetails": [{"key": "User-Agent", "value": "az/2.80"}]
        }
    })
}

#[test]
fn a_directory_change() {
    let (log, facts) = read(&change());
    assert_eq!(log, LogType::EntraAudit);
    assert_eq!(
        (facts.event_uid.as_str(), facts.action.key.as_str()),
        ("Directory_1", "audit:Add member to role")
    );
    assert_eq!(facts.outcome.kind, OutcomeKind::Success);
    assert_eq!(
        (facts.actor.key.as_str(), facts.actor.kind),
        ("000000000000400080000000000000bb", ActorKind::User)
    );
    assert_eq!(facts.actor.display, "dana@example.com");
    assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.7");
    assert_eq!(facts.source.user_agent.as_deref(), Some("az/2.80"));
    assert_eq!(
        (facts.target.ids[0].as_str(), facts.target.names[0].as_str()),
        ("00000000-0000-4000-8000-0000000000aa", "eve@example.com")
    );
    assert_eq!((facts.target.kind.as_str(), facts.scope.account.as_str()), ("User", TENANT));
    assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T10:00:00Z");
}

#[test]
fn an_application_or_nobody_may_have_made_it() {
    let by = |who: Value| {
        let mut record = change();
        record["properties"]["initiatedBy"] = who;
        facts(&record).actor
    };
    let app = by(
        json!({"app": {"displayName": "sync", "servicePrincipalId": "00000000-0000-4000-8000-0000000000cd", "appId": "a"}}),
    );
    assert_eq!((app.kind, app.display.as_str(), app.is_human), (ActorKind::ServicePrincipal, "sync", false));
    assert_eq!(by(json!({})).kind, ActorKind::Unknown);
    for (result, expected) in
        [("failure", OutcomeKind::Failed), ("failed", OutcomeKind::Failed), ("timeout", OutcomeKind::Failed)]
    {
        let facts = facts(&merged(&change(), &json!({"properties": {"result": result}})));
        assert_eq!(facts.outcome.kind, expected);
    }
}

#[test]
fn the_category_may_be_the_activitys_own() {
    assert_eq!(read(&merged(&change(), &json!({"category": "Policy"}))).0, LogType::EntraAudit);
    assert_eq!(read(&merged(&change(), &json!({"category": "RoleManagement"}))).0, LogType::EntraAudit);
}

#[test]
fn a_row_and_a_graph_object_say_the_same() {
    let properties = change()["properties"].clone();
    let row = json!({"TimeGenerated": "2026-11-20T10:00:05Z", "OperationName": "Add member to role", "Category": "RoleManagement",
        "AADTenantId": TENANT, "Id": "Directory_1", "ActivityDisplayName": "Add member to role", "Result": "success",
        "ActivityDateTime": "2026-11-20T10:00:00Z", "InitiatedBy": properties["initiatedBy"].to_string(),
        "TargetResources": properties["targetResources"].to_string(), "Type": "AuditLogs"});
    let expected = facts(&change());
    for record in [row, properties] {
        let (log, facts) = read(&record);
        assert_eq!((log, facts.identity()), (LogType::EntraAudit, expected.identity()));
        assert_eq!((&facts.actor.key, &facts.target), (&expected.actor.key, &expected.target));
        assert_eq!((facts.time, facts.action.key), (expected.time, expected.action.key.clone()));
    }
}

#[test]
fn the_user_or_application_that_is_changed_is_the_grantee() {
    assert_eq!(facts(&change()).grantee.as_deref(), Some("000000000000400080000000000000aa"));
    let of_kind = |kind: &str| {
        let mut record = change();
        record["properties"]["targetResources"][0]["type"] = json!(kind);
        facts(&record).grantee
    };
    assert!(of_kind("ServicePrincipal").is_some());
    assert_eq!(of_kind("Group"), None);
}

fn target(kind: &str, id: &str, name: &str) -> Value {
    json!({"id": id, "displayName": name, "type": kind, "modifiedProperties": []})
}

fn of_targets(operation: &str, targets: &Value) -> crate::facts::Facts {
    let mut record = change();
    record["operationName"] = json!(operation);
    record["properties"]["activityDisplayName"] = json!(operation);
    record["properties"]["targetResources"] = targets.clone();
    facts(&record)
}

#[test]
fn a_role_is_given_to_the_principal_beside_it() {
    let role = target("Role", "00000000-0000-4000-8000-0000000000f1", "Global Administrator");
    let user = target("User", "00000000-0000-4000-8000-0000000000AA", "Eve");
    let given = of_targets("Add member to role in PIM completed (timebound)", &json!([role, user]));
    assert_eq!(given.grantee.as_deref(), Some("000000000000400080000000000000aa"));
    assert_eq!(
        (given.target.count, given.target.names[0].as_str(), given.target.kind.as_str()),
        (1, "Eve", "User")
    );
    let alone = of_targets("Add member to role in PIM completed (timebound)", &json!([role]));
    assert_eq!((alone.grantee, alone.target.names[0].as_str()), (None, "Global Administrator"));
    let activated = of_targets("Add member to role completed (PIM activation)", &json!([role, user]));
    assert_eq!((activated.grantee, activated.target.names[0].as_str()), (None, "Eve"));
}

#[test]
fn a_device_is_its_owners_or_else_its_initiators() {
    let device = target("Device", "00000000-0000-4000-8000-0000000000dd", "DESKTOP-1");
    let user = target("User", "00000000-0000-4000-8000-0000000000AA", "Eve");
    let registered = of_targets("Register device", &json!([device]));
    assert_eq!(registered.grantee.as_deref(), Some("000000000000400080000000000000bb"));
    let owned = of_targets("Add registered owner to device", &json!([device, user]));
    assert_eq!(owned.grantee.as_deref(), Some("000000000000400080000000000000aa"));
}
