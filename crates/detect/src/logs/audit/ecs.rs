//! The Azure integration's directory audit.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Node;

use crate::logs::azure::ecs;

const TOP: &[(&str, &[&str])] = &[
    ("time", &["@timestamp"]),
    ("operationName", &["azure.auditlogs.operation_name", "event.action"]),
    ("category", &["azure.auditlogs.category"]),
    ("resultType", &["azure.auditlogs.result_type"]),
    ("resultSignature", &["azure.auditlogs.result_signature"]),
    ("callerIpAddress", &["source.ip"]),
    ("correlationId", &["azure.correlation_id"]),
    ("tenantId", &["azure.tenant_id", "azure.auditlogs.tenant_id"]),
    ("identity", &["azure.auditlogs.identity"]),
];

pub(super) fn canonical(root: Node<'_>) -> String {
    ecs::canonical(root, TOP, "azure.auditlogs.properties", "AuditLogs")
}
