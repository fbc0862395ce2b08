//! An audit event as AKS hands it on: JSON in a string below `properties.log`, or a row of the tables `AKSAudit` and
//! `AKSAuditAdmin`.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Node;

use crate::log_type::LogType;
use crate::logs::json::{Object, embedded};
use crate::logs::log::Recognised;

/// Both categories hold the same; the second leaves reading calls out.
const CATEGORIES: [&str; 2] = ["kube-audit", "kube-audit-admin"];

/// An audit event by itself, as the API server writes it.
pub(super) fn by_keys(root: Node<'_>) -> Option<Recognised<'_>> {
    let is_event = ["auditID", "stage", "verb"].iter().all(|key| root.key(key).is_some());
    let is_row = ["AuditId", "Stage", "Verb", "RequestUri"].iter().all(|key| root.key(key).is_some());
    if is_event {
        Some(Recognised::As(LogType::KubernetesAudit))
    } else {
        is_row.then_some(Recognised::Like(LogType::KubernetesAudit, of_row))
    }
}

/// The event's members by the columns of Log Analytics.
/// <https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/aksaudit>
fn of_row(root: Node<'_>) -> String {
    const COLUMNS: &[(&str, &str)] = &[
        ("TimeGenerated", "time"),
        ("_ResourceId", "resourceId"),
        ("Type", "category"),
        ("AuditId", "auditID"),
        ("Level", "level"),
        ("Stage", "stage"),
        ("RequestUri", "requestURI"),
        ("Verb", "verb"),
        ("User", "user"),
        ("ImpersonatedUser", "impersonatedUser"),
        ("SourceIps", "sourceIPs"),
        ("UserAgent", "userAgent"),
        ("ObjectRef", "objectRef"),
        ("ResponseStatus", "responseStatus"),
        ("RequestObject", "requestObject"),
        ("ResponseObject", "responseObject"),
        ("RequestReceivedTime", "requestReceivedTimestamp"),
        ("StageReceivedTime", "stageTimestamp"),
        ("Annotations", "annotations"),
    ];
    let mut record = Object::default();
    for (column, member) in COLUMNS {
        if let Some(value) = root.key(column) {
            record.copy(member, value);
        }
    }
    record.finish()
}

/// Only what holds an audit event is one; other lines of the category are a resource's log like any other.
pub(super) fn by_category<'d>(root: Node<'d>, category: &str) -> Option<Recognised<'d>> {
    let is_ours = CATEGORIES.iter().any(|ours| category.eq_ignore_ascii_case(ours));
    let is_event = is_ours && held(root, |event| event.key("auditID").map(|_| ())).is_some();
    is_event.then_some(Recognised::Like(LogType::KubernetesAudit, canonical))
}

/// A row of the table that all resources share, whose columns say their type.
/// <https://learn.microsoft.com/azure/azure-monitor/reference/tables/azurediagnostics>
pub(super) fn by_look(root: Node<'_>) -> Option<Recognised<'_>> {
    by_category(root, &root.key("Category")?.as_str()?)
}

fn held<T>(root: Node<'_>, read: impl FnOnce(Node<'_>) -> Option<T>) -> Option<T> {
    let below = || root.key("properties")?.key_any_case("log");
    embedded(below().or_else(|| root.key("log_s"))?, read)
}

/// What the record around an event says, as Event Hubs and tables name it.
const AROUND: [(&str, &str); 5] = [
    ("time", "TimeGenerated"),
    ("resourceId", "ResourceId"),
    ("category", "Category"),
    ("operationName", "OperationName"),
    ("location", "Location"),
];

/// The event's own members beside those of the record around it.
fn canonical(root: Node<'_>) -> String {
    let mut record = Object::default();
    for (key, column) in AROUND {
        record.copy_some(key, root.key(key).or_else(|| root.key(column)));
    }
    let _ = held(root, |event| {
        for (key, value) in event.entries() {
            let key = key.as_str().unwrap_or_default();
            if !matches!(&*key, "kind" | "apiVersion") {
                record.copy(&key, value);
            }
        }
        Some(())
    });
    record.finish()
}
