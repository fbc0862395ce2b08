//! The Azure integration's activity log.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Node;

use crate::logs::azure::ecs::camel;
use crate::logs::ecs::{below, copy_first, leaves};
use crate::logs::json::Object;

const ACTIVITY: &[(&str, &[&str])] = &[
    ("time", &["@timestamp"]),
    ("operationName", &["azure.activitylogs.operation_name", "event.action"]),
    ("category", &["azure.activitylogs.category", "azure.activitylogs.event_category"]),
    ("resultType", &["azure.activitylogs.result_type", "event.outcome"]),
    ("resultSignature", &["azure.activitylogs.result_signature"]),
    ("resultDescription", &["azure.activitylogs.result_description"]),
    ("resourceId", &["azure.resource.id", "azure.activitylogs.resource_id"]),
    ("callerIpAddress", &["source.ip", "azure.activitylogs.caller_ip_address"]),
    ("correlationId", &["azure.correlation_id", "azure.activitylogs.correlation_id"]),
    ("subscriptionId", &["azure.subscription_id"]),
    ("tenantId", &["azure.tenant_id", "azure.activitylogs.tenant_id"]),
    ("level", &["azure.activitylogs.level", "log.level"]),
    ("caller", &["azure.activitylogs.identity.claims_initiated_by_user.name", "user.email"]),
];

/// Where activity records keep what a key of the canonical form holds.
pub(super) fn spellings(key: &str) -> Option<&'static [&'static str]> {
    ACTIVITY.iter().find(|(name, _)| *name == key).map(|(_, others)| *others)
}

pub(super) fn canonical(root: Node<'_>) -> String {
    let leaves = leaves(root);
    let mut record = Object::default();
    copy_first(root, ACTIVITY, &mut record);
    let mut identity = Object::default();
    let authorization = below(&leaves, "azure.activitylogs.identity.authorization", camel);
    if !authorization.is_empty() {
        identity.nested("authorization", authorization);
    }
    let claims = below(&leaves, "azure.activitylogs.identity.claims", claim);
    if !claims.is_empty() {
        identity.nested("claims", claims);
    }
    if !identity.is_empty() {
        record.nested("identity", identity);
    }
    let properties = below(&leaves, "azure.activitylogs.properties", property);
    if !properties.is_empty() {
        record.nested("properties", properties);
    }
    record.finish()
}

fn property(path: &str) -> String {
    match path {
        "response_body" => "responseBody".to_owned(),
        "request_body" | "requestbody" => "requestbody".to_owned(),
        other => camel(other),
    }
}

/// The integration writes `_` for the dots of a claim's URI.
fn claim(name: &str) -> String {
    name.replace("schemas_microsoft_com", "schemas.microsoft.com")
        .replace("schemas_xmlsoap_org", "schemas.xmlsoap.org")
}
