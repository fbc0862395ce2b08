//! Sign-ins as Event Hubs, Log Analytics and Graph have them.

use std::borrow::Cow;

use trailhound_sigma::json::Node;

use crate::log_type::LogType;
use crate::logs::azure::entra::{event_hub, row, wrapped};
use crate::logs::log::Shape;

const CATEGORIES: &[&str] = &[
    "SignInLogs",
    "NonInteractiveUserSignInLogs",
    "ServicePrincipalSignInLogs",
    "ManagedIdentitySignInLogs",
];

pub(super) fn by_category<'d>(root: Node<'d>, category: &str) -> Option<Shape<'d>> {
    let is_ours = CATEGORIES.iter().any(|name| name.eq_ignore_ascii_case(category));
    is_ours.then(|| event_hub(root, LogType::EntraSignIn))
}

/// A row of a Log Analytics table, by its table or its columns; an object as Graph returns it.
pub(super) fn by_look(root: Node<'_>) -> Option<Shape<'_>> {
    let table = root.key("Type").and_then(Node::as_str).unwrap_or_default();
    let category = root.key("Category").and_then(Node::as_str).unwrap_or_default();
    let has = |name: &str| root.key(name).is_some();
    if table.ends_with("SignInLogs")
        || table == "SigninLogs"
        || category.ends_with("SignInLogs")
        || (has("ResultType") && has("AppId") && (has("UserPrincipalName") || has("ServicePrincipalId")))
    {
        return Some(Shape::Like(LogType::EntraSignIn, of_row));
    }
    let is_graph =
        has("createdDateTime") && has("appId") && (has("userPrincipalName") || has("servicePrincipalId"));
    is_graph.then_some(Shape::Like(LogType::EntraSignIn, of_graph))
}

fn of_graph(root: Node<'_>) -> String {
    let has =
        |name: &str| root.key(name).is_some_and(|node| node.scalar().is_some_and(|text| !text.is_empty()));
    let category = if !has("userPrincipalName") && has("servicePrincipalId") {
        "ServicePrincipalSignInLogs"
    } else if root.key("isInteractive").and_then(Node::as_bool) == Some(false) {
        "NonInteractiveUserSignInLogs"
    } else {
        "SignInLogs"
    };
    wrapped(root, category)
}

fn of_row(root: Node<'_>) -> String {
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
