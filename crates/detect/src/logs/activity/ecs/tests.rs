use serde_json::json;

use crate::event::testing::{in_every_cut, read};
use crate::event::{ActorKind, LogType, OutcomeKind};

#[test]
fn activity_logs() {
    let vm = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/web-1";
    let document = json!({
        "@timestamp": "2026-11-20T10:00:00.000Z", "source": {"ip": "198.51.100.7"},
        "event": {"dataset": "azure.activitylogs", "action": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "outcome": "success"},
        "azure": {"correlation_id": "corr-1", "resource": {"id": vm.to_uppercase()}, "tenant_id": "00000000-0000-4000-8000-0000000000ee",
            "activitylogs": {"operation_name": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "category": "Administrative",
                "result_type": "Success", "result_signature": "Succeeded.OK",
                "identity": {"authorization": {"action": "Microsoft.Compute/virtualMachines/runCommand/action",
                        "evidence": {"principal_id": "000000000000400080000000000000bb", "principal_type": "User", "role": "Owner"}},
                    "claims": {"http://schemas_xmlsoap_org/ws/2005/05/identity/claims/upn": "dana@example.com"},
                    "claims_initiated_by_user": {"name": "dana@example.com"}},
                "properties": {"status_code": "OK", "entity": vm}}}
    });
    for document in in_every_cut(&document) {
        let (log, facts) = read(&document);
        assert_eq!((log, facts.outcome.kind), (LogType::AzureActivity, OutcomeKind::Success), "{document}");
        assert_eq!(facts.target.ids, [vm.to_lowercase()]);
        assert_eq!(facts.target.names, [vm]);
        assert_eq!(
            (facts.actor.key.as_str(), facts.actor.kind),
            ("000000000000400080000000000000bb", ActorKind::User),
            "{document}"
        );
        assert_eq!(
            (facts.actor.display.as_str(), facts.actor.role.as_deref()),
            ("dana@example.com", Some("Owner"))
        );
        assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.7");
        assert_eq!(facts.correlation_id.as_deref(), Some("corr-1"));
    }
}
