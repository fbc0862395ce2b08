//! What Entra's directory audit says.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use trailhound_sigma::json::{Document, Node};

use crate::facts::{Action, Actor, ActorKind, Facts, Outcome, OutcomeKind, Source, Target};
use crate::log_type::LogType;
use crate::logs::azure::directory::{SERVICE, common};
use crate::logs::guid;
use crate::logs::node::{Texts, ip};

/// One directory change.
pub(super) fn read(record: &Document<'_>) -> Facts {
    let mut facts = common(LogType::EntraAudit, record);
    let operation =
        record.first(&["properties.activityDisplayName", "operationName", "properties.operationName"]);
    let operation = operation.unwrap_or_default();
    facts.action = Action { service: SERVICE.to_owned(), key: format!("audit:{operation}"), operation };
    let result = record.first(&["properties.result", "result", "resultType"]);
    let word = result.as_deref().unwrap_or_default().to_ascii_lowercase();
    let kind = if word.starts_with("fail") || word == "timeout" {
        OutcomeKind::Failed
    } else if word.starts_with("succe") || word == "0" {
        OutcomeKind::Success
    } else {
        OutcomeKind::Unknown
    };
    let message = record.first(&["properties.resultReason", "resultDescription"]);
    facts.outcome = Outcome { kind, code: result, message };
    facts.actor = initiator(record);
    facts.source = Source {
        ip: [
            "properties.initiatedBy.user.ipAddress",
            "properties.initiatedBy.app.ipAddress",
            "callerIpAddress",
        ]
        .iter()
        .filter_map(|path| record.string(path))
        .find_map(|text| ip(&text)),
        user_agent: record.string("properties.userAgent").or_else(|| detail(record, "User-Agent")),
        ..Source::default()
    };
    facts.target = targets(record);
    facts.grantee = grantee(record, &facts);
    facts.reason = record.string("properties.resultReason");
    facts
}

fn initiator(record: &Document<'_>) -> Actor {
    let by = |path: &str| record.string(&format!("properties.initiatedBy.{path}"));
    let user = by("user.id").or_else(|| by("user.userPrincipalName"));
    let app = by("app.servicePrincipalId").or_else(|| by("app.appId"));
    let is_user = user.is_some();
    let name = if is_user {
        by("user.userPrincipalName").or_else(|| by("user.displayName"))
    } else {
        by("app.displayName").or_else(|| by("app.servicePrincipalName"))
    };
    let uid = user.or(app);
    let display = name.clone().or_else(|| uid.clone()).or_else(|| record.string("identity"));
    let display = display.unwrap_or_default();
    let kind = match (is_user, uid.is_some() || name.is_some()) {
        (true, _) => ActorKind::User,
        (false, true) => ActorKind::ServicePrincipal,
        (false, false) => ActorKind::Unknown,
    };
    Actor {
        key: uid.as_deref().map_or_else(|| display.to_ascii_lowercase(), guid::normal),
        kind,
        display,
        uid,
        name,
        app_id: by("app.appId"),
        is_human: is_user,
        ..Actor::default()
    }
}

/// Whose way in or rights were changed: the first principal among the targets, whatever else stands before it. A
/// device that nobody is named beside is its initiator's own. Who activates a role had it before.
fn grantee(record: &Document<'_>, facts: &Facts) -> Option<String> {
    if facts.action.operation.contains("PIM activation") {
        return None;
    }
    let resources = record.get("properties.targetResources");
    let kinds = || resources.into_iter().flat_map(Node::members).filter_map(|one| one.string("type"));
    let principal = resources.into_iter().flat_map(Node::members).find(|one| {
        one.string("type").is_some_and(|kind| matches!(kind.as_str(), "User" | "ServicePrincipal"))
    });
    let of_list = principal.and_then(|one| one.first(&["id", "userPrincipalName", "displayName"]));
    let only = || {
        matches!(facts.target.kind.as_str(), "User" | "ServicePrincipal")
            .then(|| facts.target.ids.first().cloned())
            .flatten()
    };
    let id = of_list.or_else(only);
    let own_device = || {
        let is_own = facts.actor.kind == ActorKind::User && kinds().any(|kind| kind == "Device");
        (is_own && !facts.actor.key.is_empty()).then(|| facts.actor.key.clone())
    };
    id.as_deref().map(guid::normal).or_else(own_device)
}

fn targets(record: &Document<'_>) -> Target {
    let mut target = Target::default();
    let (mut ids, mut names, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    let resources: Vec<_> =
        record.get("properties.targetResources").into_iter().flat_map(Node::members).collect();
    let is_role = |resource: &Node<'_>| resource.string("type").is_some_and(|kind| kind == "Role");
    // A role that is given stands beside whom it is given to.
    let is_given = resources.iter().any(|resource| !is_role(resource));
    for resource in resources.into_iter().filter(|resource| !(is_given && is_role(resource))) {
        let name = resource.first(&["userPrincipalName", "displayName", "id"]);
        let id = resource.string("id").or_else(|| name.clone());
        if let (Some(id), Some(name)) = (id, name) {
            let id = id.to_ascii_lowercase();
            if seen.insert(id.clone()) {
                ids.push(id);
                names.push(name);
            }
        }
        if target.kind.is_empty() {
            target.kind = resource.string("type").unwrap_or_default();
        }
    }
    if ids.is_empty() {
        // Elastic's integration writes the list's members beside each other.
        let part = |name: &str| record.string(&format!("properties.targetResources.{name}"));
        let name = part("userPrincipalName").or_else(|| part("displayName"));
        if let Some(id) = part("id").or_else(|| name.clone()) {
            names.push(name.unwrap_or_else(|| id.clone()));
            ids.push(id.to_ascii_lowercase());
            target.kind = part("type").unwrap_or_default();
        }
    }
    target.count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    (target.ids, target.names) = (ids.into(), names.into());
    target
}

/// A value of `additionalDetails`, a list of key and value.
fn detail(record: &Document<'_>, key: &str) -> Option<String> {
    let details = record.get("properties.additionalDetails")?;
    let found = details
        .members()
        .find(|detail| detail.string("key").is_some_and(|name| name.eq_ignore_ascii_case(key)))?;
    found.string("value")
}
