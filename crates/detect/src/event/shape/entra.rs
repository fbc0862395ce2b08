//! Entra's logs and Bastion's: Event Hub records, Log Analytics rows, Graph objects.
//!
//! In canonical form everything of the log stands below `properties`, named as Graph names it.

use std::borrow::Cow;

use trailhound_sigma::json::{Document, Kind, Node};

use super::{Shape, word};
use crate::event::LogType;
use crate::event::json::{Object, folded};

/// In place unless `properties` stands in a string.
pub(super) fn event_hub(root: Node<'_>, log: LogType) -> Shape<'_> {
    match root.key("properties") {
        Some(properties) if folded(properties).is_some() => Shape::Like(log, unfolded),
        None if is_flat(root) => Shape::Like(log, of_graph_in_category),
        _ => Shape::As(log),
    }
}

/// Some exporters leave `properties` out and write its members beside `category`.
fn is_flat(root: Node<'_>) -> bool {
    ["userPrincipalName", "servicePrincipalId", "appId", "initiatedBy", "riskEventType"]
        .iter()
        .any(|name| root.key(name).is_some())
}

/// Directory audit by its content: some exporters put the activity's own category at the top.
pub(super) fn is_audit(root: Node<'_>) -> bool {
    let of_entra = root
        .key("resourceId")
        .is_some_and(|id| id.raw().to_ascii_lowercase().ends_with("/providers/microsoft.aadiam"));
    let properties = root.key("properties");
    of_entra
        && properties.is_some_and(|properties| {
            ["activityDisplayName", "initiatedBy", "targetResources"]
                .iter()
                .any(|name| properties.key(name).is_some())
        })
}

/// In place where the names below `properties` begin in lower case.
pub(super) fn bastion(root: Node<'_>) -> Shape<'_> {
    let is_ours = root.key("properties").is_some_and(|properties| {
        properties.kind() == Kind::Object
            && !properties.entries().any(|(key, _)| key.raw().starts_with(|c: char| c.is_ascii_uppercase()))
    });
    let log = LogType::BastionAudit;
    if is_ours { Shape::As(log) } else { Shape::Like(log, bastion_canonical) }
}

/// A row of a Log Analytics table, by its table or its columns.
pub(super) fn log_analytics(root: Node<'_>) -> Option<Shape<'_>> {
    let table = root.key("Type").and_then(Node::as_str).unwrap_or_default();
    let category = root.key("Category").and_then(Node::as_str).unwrap_or_default();
    let has = |name: &str| root.key(name).is_some();
    if table.ends_with("SignInLogs")
        || table == "SigninLogs"
        || category.ends_with("SignInLogs")
        || (has("ResultType") && has("AppId") && (has("UserPrincipalName") || has("ServicePrincipalId")))
    {
        return Some(Shape::Like(LogType::EntraSignIn, sign_in_row));
    }
    if table == "AuditLogs" || (has("InitiatedBy") && has("TargetResources")) {
        return Some(Shape::Like(LogType::EntraAudit, audit_row));
    }
    if table == "AADUserRiskEvents"
        || table == "AADServicePrincipalRiskEvents"
        || (has("RiskEventType") && has("RiskLevel"))
    {
        return Some(Shape::Like(LogType::EntraRisk, risk_row));
    }
    if table == "MicrosoftAzureBastionAuditLogs" || category == "BastionAuditLogs" {
        return Some(Shape::Like(LogType::BastionAudit, bastion_row));
    }
    None
}

/// An object as Microsoft Graph returns it.
pub(super) fn graph(root: Node<'_>) -> Option<Shape<'_>> {
    let has = |name: &str| root.key(name).is_some();
    if has("createdDateTime") && has("appId") && (has("userPrincipalName") || has("servicePrincipalId")) {
        return Some(Shape::Like(LogType::EntraSignIn, of_graph));
    }
    if has("activityDisplayName") && has("initiatedBy") {
        return Some(Shape::Like(LogType::EntraAudit, of_graph));
    }
    (has("riskEventType") && has("riskLevel")).then_some(Shape::Like(LogType::EntraRisk, of_graph))
}

fn unfolded(root: Node<'_>) -> String {
    let mut record = Object::default();
    for (key, value) in root.entries() {
        let key = key.as_str().unwrap_or_default();
        if key == "properties" { record.unfold(&key, value) } else { record.copy(&key, value) }
    }
    record.finish()
}

fn of_graph(root: Node<'_>) -> String {
    let has =
        |name: &str| root.key(name).is_some_and(|node| node.scalar().is_some_and(|text| !text.is_empty()));
    let category = if has("activityDisplayName") {
        "AuditLogs"
    } else if has("riskEventType") {
        "UserRiskEvents"
    } else if !has("userPrincipalName") && has("servicePrincipalId") {
        "ServicePrincipalSignInLogs"
    } else if root.key("isInteractive").and_then(Node::as_bool) == Some(false) {
        "NonInteractiveUserSignInLogs"
    } else {
        "SignInLogs"
    };
    wrapped(root, category)
}

fn of_graph_in_category(root: Node<'_>) -> String {
    wrapped(root, &root.key("category").and_then(word).unwrap_or_default())
}

/// A Graph object below `properties`, with the few things that Event Hubs repeats at the top.
fn wrapped(root: Node<'_>, category: &str) -> String {
    const TOPS: &[(&str, &[&str])] = &[
        ("time", &["time", "createdDateTime", "activityDateTime", "detectedDateTime"]),
        ("operationName", &["operationName", "activityDisplayName"]),
        ("correlationId", &["correlationId"]),
        ("callerIpAddress", &["callerIpAddress", "ipAddress"]),
        ("tenantId", &["tenantId", "resourceTenantId", "homeTenantId"]),
        ("resultType", &["resultType"]),
    ];
    let mut record = Object::default();
    record.text("category", category);
    for (name, others) in TOPS {
        record.copy_some(name, others.iter().find_map(|other| root.key(other)));
    }
    record.copy("properties", root);
    record.finish()
}

/// Columns that stand at the top of an Event Hub record.
const TOP_COLUMNS: &[(&str, &str)] = &[
    ("TimeGenerated", "time"),
    ("OperationName", "operationName"),
    ("OperationVersion", "operationVersion"),
    ("ResultType", "resultType"),
    ("ResultSignature", "resultSignature"),
    ("ResultDescription", "resultDescription"),
    ("DurationMs", "durationMs"),
    ("CorrelationId", "correlationId"),
    ("Identity", "identity"),
    ("Level", "level"),
    ("AADTenantId", "tenantId"),
    ("ResourceId", "resourceId"),
];

/// Columns whose name is another in Graph.
const RENAMED: &[(&str, &str)] = &[
    ("IPAddress", "ipAddress"),
    ("IpAddress", "ipAddress"),
    ("LocationDetails", "location"),
    ("ConditionalAccessPolicies", "appliedConditionalAccessPolicies"),
    ("ResourceIdentity", "resourceId"),
    ("RiskEventTypes_V2", "riskEventTypes_v2"),
    ("AADOperationType", "operationType"),
];

fn sign_in_row(root: Node<'_>) -> String {
    let text = |name: &str| root.key(name).and_then(Node::as_str).filter(|text| !text.is_empty());
    let category = text("Category").filter(|name| name.ends_with("SignInLogs")).or_else(|| {
        let table = text("Type")?;
        Some(match &*table {
            "AADNonInteractiveUserSignInLogs" => Cow::Borrowed("NonInteractiveUserSignInLogs"),
            "AADServicePrincipalSignInLogs" => Cow::Borrowed("ServicePrincipalSignInLogs"),
            "AADManagedIdentitySignInLogs" => Cow::Borrowed("ManagedIdentitySignInLogs"),
            _ => return None,
        })
    });
    let category = category.unwrap_or_else(|| {
        Cow::Borrowed(if text("UserPrincipalName").is_none() && text("ServicePrincipalId").is_some() {
            "ServicePrincipalSignInLogs"
        } else if root.key("IsInteractive").and_then(Node::as_bool) == Some(false) {
            "NonInteractiveUserSignInLogs"
        } else {
            "SignInLogs"
        })
    });
    row(root, &category, &["Category", "Location"])
}

fn audit_row(root: Node<'_>) -> String {
    // The column is the activity's category, such as RoleManagement.
    row(root, "AuditLogs", &[])
}

fn risk_row(root: Node<'_>) -> String {
    row(root, "UserRiskEvents", &[])
}

fn bastion_row(root: Node<'_>) -> String {
    row(root, "BastionAuditLogs", &["Category"])
}

fn bastion_canonical(root: Node<'_>) -> String {
    let mut record = Object::default();
    for (key, value) in root.entries() {
        let key = key.as_str().unwrap_or_default();
        if key != "properties" {
            record.copy(&key, value);
        }
    }
    let properties = root.key("properties");
    let text = properties.and_then(folded);
    let inner = text.as_deref().and_then(|text| Document::parse(text).ok());
    let held = inner.as_ref().map(Document::root).or(properties);
    let mut object = Object::default();
    for (key, value) in held.into_iter().flat_map(Node::entries) {
        object.copy(&decapitalised(&key.as_str().unwrap_or_default()), value);
    }
    record.nested("properties", object);
    record.finish()
}

/// A Log Analytics row: columns become members of `properties` in Graph's spelling, JSON in strings unfolded.
fn row(root: Node<'_>, category: &str, dropped: &[&str]) -> String {
    let mut record = Object::default();
    let mut properties = Object::default();
    record.text("category", category);
    for (key, value) in root.entries() {
        let key = key.as_str().unwrap_or_default();
        // `TenantId` is the workspace's; `Type` the table.
        if matches!(&*key, "TenantId" | "Type" | "SourceSystem") || value.is_null() {
            continue;
        }
        if let Some((_, name)) = TOP_COLUMNS.iter().find(|(column, _)| *column == key) {
            record.copy(name, value);
            continue;
        }
        if dropped.contains(&&*key) {
            if key == "Location" {
                record.copy("location", value);
            }
            continue;
        }
        let key = key.strip_suffix("_string").or_else(|| key.strip_suffix("_dynamic")).unwrap_or(&key);
        match RENAMED.iter().find(|(column, _)| *column == key) {
            Some((_, name)) => properties.unfold(name, value),
            None => properties.unfold(&decapitalised(key), value),
        }
    }
    record.nested("properties", properties);
    record.finish()
}

fn decapitalised(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}
