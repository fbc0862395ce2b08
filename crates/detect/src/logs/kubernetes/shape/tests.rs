use serde_json::json;

use crate::event::LogType;
use crate::event::testing::read;

#[test]
fn an_event_is_read_from_the_table_that_all_resources_share() {
    let event = json!({"kind": "Event", "auditID": "a", "stage": "ResponseComplete", "verb": "create", "user": {"username": "dana"},
        "sourceIPs": ["198.51.100.7"], "objectRef": {"resource": "pods", "namespace": "d", "name": "p", "subresource": "exec"}});
    let row = json!({"Type": "AzureDiagnostics", "Category": "kube-audit", "TimeGenerated": "2026-11-20T09:00:00Z",
        "ResourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/C", "log_s": event.to_string()});
    let (log, facts) = read(&row);
    assert_eq!(log, LogType::KubernetesAudit);
    assert_eq!(facts.action.operation, "create pods/exec");
    assert_eq!(facts.actor.display, "dana");
    assert_eq!(facts.scope.subscription.as_deref(), Some("s"));
    assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T09:00:00Z");
}
