use serde_json::json;

use crate::event::testing::read;
use crate::event::{ActorKind, LogType};

const VM: &str = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/web-1";

#[test]
fn a_session_in_any_casing() {
    let session = json!({"userName": "azureuser", "userEmail": "Dana@example.com", "clientIpAddress": "198.51.100.7",
        "protocol": "ssh", "targetResourceId": VM, "tunnelId": "t-1", "userAgent": "Mozilla/5.0"});
    let pascal: serde_json::Map<_, _> = session
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (format!("{}{}", name[..1].to_uppercase(), &name[1..]), value.clone()))
        .collect();
    for properties in [session.clone(), json!(pascal), json!(session.to_string())] {
        let (log, facts) = read(&json!({"time": "2026-11-20T10:00:00Z", "category": "BastionAuditLogs",
            "resourceId": "/SUBSCRIPTIONS/00000000-0000-4000-8000-0000000000AA/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.NETWORK/BASTIONHOSTS/B",
            "operationName": "Microsoft.Network/BastionHost/connect", "properties": properties}));
        assert_eq!((log, facts.actor.kind), (LogType::BastionAudit, ActorKind::User));
        assert_eq!(
            (facts.actor.key.as_str(), facts.session_id.as_deref()),
            ("dana@example.com", Some("t-1"))
        );
        assert_eq!((facts.target.ids[0].clone(), facts.target.names[0].as_str()), (VM.to_lowercase(), VM));
        assert_eq!(facts.scope.account, "00000000-0000-4000-8000-0000000000aa");
        assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.7");
    }
}

#[test]
fn other_resource_logs_are_named_for_what_they_are() {
    for category in ["GatewayLogs", "AuditEvent", "kube-audit", "StorageRead", "RiskyUsers"] {
        let record = json!({"time": "2026-11-20T10:00:00Z", "category": category, "operationName": "X", "properties": {},
            "resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/V"});
        assert_eq!(read(&record).0, LogType::AzureResource, "{category}");
    }
    let metric = json!({"count": 1, "resourceId": "/SUBSCRIPTIONS/S", "time": "2026-11-20T10:00:00Z", "metricName": "Cpu", "timeGrain": "PT1M"});
    assert_eq!(read(&metric).0, LogType::AzureResource);
}
