//! The Azure integration's sign-ins.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Node;

use crate::logs::azure::ecs;

const TOP: &[(&str, &[&str])] = &[
    ("time", &["@timestamp"]),
    ("operationName", &["azure.signinlogs.operation_name", "event.action"]),
    ("category", &["azure.signinlogs.category"]),
    ("resultType", &["azure.signinlogs.result_type"]),
    ("resultSignature", &["azure.signinlogs.result_signature"]),
    ("resultDescription", &["azure.signinlogs.result_description"]),
    ("callerIpAddress", &["azure.signinlogs.caller_ip_address", "source.ip"]),
    ("correlationId", &["azure.correlation_id"]),
    ("tenantId", &["azure.tenant_id", "azure.signinlogs.tenant_id"]),
    ("identity", &["azure.signinlogs.identity"]),
    ("location", &["source.geo.country_iso_code"]),
];

pub(super) fn canonical(root: Node<'_>) -> String {
    ecs::canonical(root, TOP, "azure.signinlogs.properties", "SignInLogs")
}
