use serde_json::json;

use crate::event::LogType;
use crate::event::testing::read;

#[test]
fn audit_logs() {
    let document = json!({
        "@timestamp": "2026-11-20T10:00:05.000Z", "event": {"dataset": "azure.auditlogs", "action": "Add member to role"},
        "azure": {"tenant_id": "t", "auditlogs": {"category": "AuditLogs", "operation_name": "Add member to role", "properties": {
            "id": "Directory_1", "activity_display_name": "Add member to role", "result": "success",
            "initiated_by": {"user": {"id": "00000000-0000-4000-8000-0000000000bb", "userPrincipalName": "dana@example.com"}},
            "target_resources": {"0": {"display_name": "eve", "type": "User"}}}}}
    });
    let (log, facts) = read(&document);
    assert_eq!((log, facts.event_uid.as_str()), (LogType::EntraAudit, "Directory_1"));
    assert_eq!(
        (facts.actor.display.as_str(), facts.action.key.as_str()),
        ("dana@example.com", "audit:Add member to role")
    );
    assert_eq!(
        (facts.target.names.as_slice(), facts.target.kind.as_str()),
        (&["eve".to_owned()][..], "User")
    );
}
