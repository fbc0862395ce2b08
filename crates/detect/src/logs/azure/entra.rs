//! What Entra's logs and Bastion's share: Event Hub records, Log Analytics rows, Graph objects.
//!
//! In canonical form everything of the log stands below `properties`, named as Graph names it.

use trailhound_sigma::json::{Document, Kind, Node};

use crate::log_type::LogType;
use crate::logs::json::{Object, verbatim};
use crate::logs::log::Recognised;
use crate::logs::node::word;

/// In place where `properties` is.
pub(in crate::logs) fn event_hub(root: Node<'_>, log: LogType) -> Recognised<'_> {
    if root.key("properties").is_none() && is_flat(root) {
        Recognised::Like(log, of_graph_in_category)
    } else {
        Recognised::As(log)
    }
}

/// Some exporters leave `properties` out and write its members beside `category`.
fn is_flat(root: Node<'_>) -> bool {
    ["userPrincipalName", "servicePrincipalId", "appId", "initiatedBy", "riskEventType"]
        .iter()
        .any(|name| root.key(name).is_some())
}

fn of_graph_in_category(root: Node<'_>) -> String {
    wrapped(root, &root.key("category").and_then(word).unwrap_or_default())
}

/// A Graph object below `properties`, with the few things that Event Hubs repeats at the top.
pub(in crate::logs) fn wrapped(root: Node<'_>, category: &str) -> String {
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

/// The same, of an object that is still to be read.
pub(in crate::logs) fn wrapped_json(json: &str, category: &str) -> String {
    Document::parse(json).map_or_else(|_| json.to_owned(), |document| wrapped(document.root(), category))
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

/// A Log Analytics row: columns become members of `properties` in Graph's spelling.
pub(in crate::logs) fn row(root: Node<'_>, category: &str, dropped: &[&str]) -> String {
    let mut record = Object::default();
    let mut properties = Object::default();
    record.text("category", category);
    // The table that all resources share says the type of a column in its name.
    let is_shared = root.key("Type").is_some_and(|table| table.raw() == "AzureDiagnostics");
    for (column, value) in root.entries() {
        let is = |name: &&str| column.is_named(name);
        // `TenantId` is the workspace's; `Type` the table.
        if ["TenantId", "Type", "SourceSystem"].iter().any(is) || value.is_null() {
            continue;
        }
        if let Some((_, name)) = TOP_COLUMNS.iter().find(|(name, _)| is(name)) {
            record.copy(name, value);
            continue;
        }
        if dropped.iter().any(is) {
            if is(&"Location") {
                record.copy("location", value);
            }
            continue;
        }
        let key = column.as_str().unwrap_or_default();
        let key = key.strip_suffix("_string").or_else(|| key.strip_suffix("_dynamic")).unwrap_or(&key);
        let typed = ["_s", "_g", "_d", "_b", "_t"].iter().find_map(|kind| key.strip_suffix(kind));
        let key = typed.filter(|_| is_shared).unwrap_or(key);
        match RENAMED.iter().find(|(theirs, _)| *theirs == key || is(theirs)) {
            Some((_, name)) => properties.json(name, &as_graph(value)),
            None => properties.json(&decapitalised(key), &as_graph(value)),
        }
    }
    record.nested("properties", properties);
    record.finish()
}

/// A value with its members' names as Graph writes them; PowerShell capitalises them at every depth.
fn as_graph(value: Node<'_>) -> String {
    match value.kind() {
        Kind::Object => {
            let mut object = Object::default();
            for (key, value) in value.entries() {
                object.json(&decapitalised(&key.as_str().unwrap_or_default()), &as_graph(value));
            }
            object.finish()
        }
        Kind::Array => format!("[{}]", value.members().map(as_graph).collect::<Vec<_>>().join(",")),
        _ => verbatim(value).into_owned(),
    }
}

/// `UserId` to `userId`.
pub(in crate::logs) fn decapitalised(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}
