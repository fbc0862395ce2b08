//! Sign-ins as Event Hubs, Log Analytics and Graph have them.

use std::borrow::Cow;

use trailhound_sigma::json::Node;

use super::{hunting, portal};
use crate::log_type::LogType;
use crate::logs::azure::entra::{event_hub, row, wrapped};
use crate::logs::least::properties_say;
use crate::logs::log::Recognised;

/// How all categories of sign-ins end, and the tables named after them; there are more of them every year.
const SUFFIX: &str = "SignInLogs";

fn is_sign_in(name: &str) -> bool {
    let at = name.len().checked_sub(SUFFIX.len());
    at.and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(SUFFIX))
}

pub(super) fn by_category<'d>(root: Node<'d>, category: &str) -> Option<Recognised<'d>> {
    is_sign_in(category).then(|| event_hub(root, LogType::EntraSignIn))
}

/// Is anybody named who signed in, or anything that did?
pub(super) fn says_who(record: Node<'_>) -> bool {
    const NAMES: &[&str] = &[
        "userPrincipalName",
        "userId",
        "userDisplayName",
        "servicePrincipalId",
        "servicePrincipalName",
        "appId",
        "appDisplayName",
    ];
    properties_say(record, NAMES)
}

/// A row of a Log Analytics table, by its table or its columns; an object as Graph returns it.
pub(super) fn by_look(root: Node<'_>) -> Option<Recognised<'_>> {
    let table = root.key("Type").and_then(Node::as_str).unwrap_or_default();
    let category = root.key("Category").and_then(Node::as_str).unwrap_or_default();
    let has = |name: &str| root.key(name).is_some();
    if is_sign_in(&table)
        || is_sign_in(&category)
        || (has("ResultType") && has("AppId") && (has("UserPrincipalName") || has("ServicePrincipalId")))
    {
        return Some(Recognised::Like(LogType::EntraSignIn, of_row));
    }
    if portal::is_row(root) {
        return Some(Recognised::Like(LogType::EntraSignIn, portal::canonical));
    }
    if hunting::is_row(root) {
        return Some(Recognised::Like(LogType::EntraSignIn, hunting::canonical));
    }
    let is_graph =
        has("createdDateTime") && has("appId") && (has("userPrincipalName") || has("servicePrincipalId"));
    is_graph.then_some(Recognised::Like(LogType::EntraSignIn, of_graph))
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
    let category = text("Category").filter(|name| is_sign_in(name)).or_else(|| {
        let table = text("Type")?;
        let name = table.strip_prefix("AAD").unwrap_or(&table);
        // The oldest table holds what people do and what is done in their name.
        (is_sign_in(name) && name.len() > SUFFIX.len()).then(|| Cow::Owned(name.to_owned()))
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
