//! Audit as the Entra portal exports it: one column a property, those of targets and of what changed in them numbered.
//! <https://learn.microsoft.com/entra/identity/monitoring-health/howto-download-logs>

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Node;

use crate::logs::azure::entra::wrapped_json;
use crate::logs::dotted::Nested;
use crate::logs::json::quoted;

const COLUMNS: &[(&str, &str)] = &[
    ("Date", "activityDateTime"),
    ("CorrelationId", "correlationId"),
    ("Service", "loggedByService"),
    ("Category", "category"),
    ("Activity", "activityDisplayName"),
    ("Result", "result"),
    ("ResultReason", "resultReason"),
];
const USER: &[(&str, &str)] = &[
    ("ActorDisplayName", "displayName"),
    ("ActorObjectId", "id"),
    ("ActorUserPrincipalName", "userPrincipalName"),
    ("IPAddress", "ipAddress"),
    ("ActorHomeTenantId", "homeTenantId"),
];
const APP: &[(&str, &str)] = &[
    ("ActorDisplayName", "displayName"),
    ("ActorServicePrincipalId", "servicePrincipalId"),
    ("ActorServicePrincipalName", "servicePrincipalName"),
];
const TARGET: &[(&str, &str)] = &[
    ("Type", "type"),
    ("DisplayName", "displayName"),
    ("ObjectId", "id"),
    ("UserPrincipalName", "userPrincipalName"),
];
const CHANGE: &[(&str, &str)] =
    &[("Name", "displayName"), ("OldValue", "oldValue"), ("NewValue", "newValue")];

pub(super) fn is_row(root: Node<'_>) -> bool {
    root.key("Activity").is_some()
        && root.entries().any(|(key, _)| key.raw().starts_with("Actor"))
        && root.entries().any(|(key, _)| key.raw().starts_with("Target1"))
}

pub(super) fn canonical(root: Node<'_>) -> String {
    let mut audit = Nested::default();
    let value = |column: &str| root.key(column).and_then(Node::scalar).filter(|text| !text.is_empty());
    let mut put = |node: Option<Node<'_>>, path: &str| {
        if let Some(text) = node.and_then(Node::scalar).filter(|text| !text.is_empty()) {
            audit.put(path, quoted(&text));
        }
    };
    for (column, path) in COLUMNS {
        put(root.key(column), path);
    }
    let is_app = value("ActorServicePrincipalId").is_some()
        || value("ActorType").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("app"));
    let (actor, columns) = if is_app { ("app", APP) } else { ("user", USER) };
    for (column, name) in columns {
        put(root.key(column), &format!("initiatedBy.{actor}.{name}"));
    }
    for (key, node) in root.entries() {
        if let Some(path) = numbered(&key.as_str().unwrap_or_default()) {
            put(Some(node), &path);
        }
    }
    for column in ["User Agent", "UserAgent"] {
        put(root.key(column), "userAgent");
    }
    put(root.key("IPAddress"), "ipAddress");
    wrapped_json(&audit.json(), "AuditLogs")
}

/// Where what stands in a column of a target, of a change in it or of a detail belongs.
fn numbered(column: &str) -> Option<String> {
    if let Some((place, rest)) = column.strip_prefix("AdditionalDetail").and_then(place) {
        let name = ["Key", "Value"].iter().find(|name| **name == rest)?;
        return Some(format!("additionalDetails.{place}.{}", name.to_lowercase()));
    }
    let (target, rest) = column.strip_prefix("Target").and_then(place)?;
    let below = match rest.strip_prefix("ModifiedProperty").and_then(place) {
        Some((change, part)) => format!("modifiedProperties.{change}.{}", named(CHANGE, part)?),
        None => named(TARGET, rest)?.to_owned(),
    };
    Some(format!("targetResources.{target}.{below}"))
}

/// A number, which counts from one, and what follows it.
fn place(text: &str) -> Option<(usize, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    Some((number.parse::<usize>().ok()?.checked_sub(1)?, rest))
}

fn named(names: &[(&str, &'static str)], theirs: &str) -> Option<&'static str> {
    names.iter().find(|(name, _)| *name == theirs).map(|(_, ours)| *ours)
}
