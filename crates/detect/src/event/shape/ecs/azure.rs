//! The Azure integration's activity, sign-in and audit logs: snake case in place of camel case.

use trailhound_sigma::json::Node;

use super::{below, copy_first, leaves};
use crate::event::json::Object;

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
const SIGN_IN: &[(&str, &[&str])] = &[
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
const AUDIT: &[(&str, &[&str])] = &[
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
/// Names that mere change of case does not give back.
const NAMES: &[(&str, &str)] = &[
    ("created_at", "createdDateTime"),
    ("risk_level_during_signin", "riskLevelDuringSignIn"),
    ("risk_event_types_v2", "riskEventTypes_v2"),
    ("applied_conditional_access_policies", "appliedConditionalAccessPolicies"),
    ("is_risky", "isRisky"),
];

/// Where activity records keep what a key of the canonical form holds.
pub(in crate::event::shape) fn activity_spellings(key: &str) -> Option<&'static [&'static str]> {
    ACTIVITY.iter().find(|(name, _)| *name == key).map(|(_, others)| *others)
}

pub(super) fn activity(root: Node<'_>) -> String {
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

pub(super) fn sign_in(root: Node<'_>) -> String {
    rest(root, SIGN_IN, "azure.signinlogs.properties", "SignInLogs")
}

pub(super) fn audit(root: Node<'_>) -> String {
    rest(root, AUDIT, "azure.auditlogs.properties", "AuditLogs")
}

fn rest(root: Node<'_>, top: &[(&str, &[&str])], path: &str, category: &str) -> String {
    let mut record = Object::default();
    // Of two the last counts, so this is only for records that lost theirs.
    record.text("category", category);
    copy_first(root, top, &mut record);
    let leaves = leaves(root);
    let mut properties = Object::default();
    copy_first(
        root,
        &[
            ("ipAddress", &["source.ip"]),
            ("userAgent", &["user_agent.original"]),
            ("autonomousSystemNumber", &["source.as.number"]),
            ("location.countryOrRegion", &["source.geo.country_iso_code"]),
        ],
        &mut properties,
    );
    for (name, value) in &leaves {
        if let Some(rest) = name.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')) {
            // Lists that the integration numbers: `target_resources.0.display_name`.
            properties.copy(&camel(&rest.replace(".0.", ".")), *value);
        }
    }
    record.nested("properties", properties);
    record.finish()
}

/// `service_request_id` to `serviceRequestId`, part by part of a dotted path.
fn camel(path: &str) -> String {
    let parts: Vec<_> = path.split('.').map(camel_part).collect();
    parts.join(".")
}

fn camel_part(name: &str) -> String {
    if let Some((_, ours)) = NAMES.iter().find(|(theirs, _)| *theirs == name) {
        return (*ours).to_owned();
    }
    let mut words = name.split('_');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut chars = word.chars();
        out.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(chars.as_str());
    }
    out
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
