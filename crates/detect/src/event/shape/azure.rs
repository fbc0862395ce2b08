//! Azure and Entra records, by `category` where they have one.

use trailhound_sigma::json::{Kind, Node};

use super::{Shape, activity, endpoint, entra, word};
use crate::event::LogType;

/// Activity Log categories; the last three are those of log profiles, before diagnostic settings.
const ACTIVITY: &[&str] = &[
    "Administrative",
    "Policy",
    "Security",
    "ServiceHealth",
    "ResourceHealth",
    "Alert",
    "Autoscale",
    "Recommendation",
    "Write",
    "Delete",
    "Action",
];
const SIGN_IN: &[&str] = &[
    "SignInLogs",
    "NonInteractiveUserSignInLogs",
    "ServicePrincipalSignInLogs",
    "ManagedIdentitySignInLogs",
];
const RISK: &[&str] = &["UserRiskEvents", "ServicePrincipalRiskEvents"];

pub(super) fn shape(root: Node<'_>) -> Option<Shape<'_>> {
    let Some(category) = root.key("category").and_then(word) else { return without_category(root) };
    let is_one_of = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(&category));
    if is_one_of(SIGN_IN) {
        Some(entra::event_hub(root, LogType::EntraSignIn))
    } else if is_one_of(&["AuditLogs"]) || entra::is_audit(root) {
        Some(entra::event_hub(root, LogType::EntraAudit))
    } else if is_one_of(RISK) {
        Some(entra::event_hub(root, LogType::EntraRisk))
    } else if is_one_of(ACTIVITY) {
        Some(activity::shape(root))
    } else if is_one_of(&["BastionAuditLogs"]) {
        Some(entra::bastion(root))
    } else if is_one_of(&["WindowsEventLogsTable"]) {
        Some(endpoint::diagnostics(root))
    } else if starts_with(&category, "AdvancedHunting-") {
        Some(endpoint::advanced_hunting(root, &category))
    } else if is_resource_log(root) {
        Some(Shape::As(LogType::AzureResource))
    } else {
        without_category(root)
    }
}

fn starts_with(text: &str, head: &str) -> bool {
    text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
}

fn without_category(root: Node<'_>) -> Option<Shape<'_>> {
    if activity::is_rest(root) || activity::is_log_analytics(root) {
        return Some(activity::shape(root));
    }
    if let Some(shape) = entra::log_analytics(root).or_else(|| entra::graph(root)) {
        return Some(shape);
    }
    if activity::is_bare(root) {
        return Some(activity::shape(root));
    }
    let is_metric = root.key("metricName").is_some() && root.key("resourceId").is_some();
    let is_table_row = root.key("TimeGenerated").is_some()
        && (root.key("_ResourceId").is_some() || root.key("ResourceId").is_some())
        && root.key("EventID").is_none();
    let has = |name: &str| root.key(name).is_some_and(|node| node.kind() == Kind::String);
    let lost_its_category = has("resourceId") && has("operationName") && has("time");
    (is_metric || is_table_row || lost_its_category).then_some(Shape::As(LogType::AzureResource))
}

/// What every resource log has beside its category.
fn is_resource_log(root: Node<'_>) -> bool {
    let text = |name: &str| root.key(name).is_some_and(|node| node.kind() == Kind::String);
    text("resourceId") || (text("operationName") && (text("time") || root.key("properties").is_some()))
}
