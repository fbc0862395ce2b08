//! Records as Elastic's integrations index them (ECS), nested or with dotted keys.
//!
//! Where the integration kept `event.original`, that is read in place of what was made of it.

mod azure;
mod cloudtrail;
mod java;
mod process;
#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Document, Kind, Node};

use super::{Shape, xml};
use crate::event::LogType;
use crate::event::json::{Object, folded};

pub(super) use azure::activity_spellings;
pub(super) use process::complete as complete_process;

pub(super) fn shape(root: Node<'_>) -> Option<Shape<'_>> {
    if !is_ecs(root) {
        return None;
    }
    if let Some(original) = root.get("event.original") {
        if let Some(text) = folded(original) {
            return Some(Shape::Around(text));
        }
        if let Some(text) = original.as_str().filter(|text| xml::is_xml(text) && xml::record(text).is_some())
        {
            return Some(Shape::Around(text));
        }
    }
    let dataset = root.get("event.dataset").and_then(Node::as_str).unwrap_or_default();
    let is = |name: &str| dataset == name || has(root, name);
    if is("aws.cloudtrail") {
        return Some(Shape::Like(LogType::CloudTrail, cloudtrail::canonical));
    }
    if is("azure.activitylogs") {
        return Some(Shape::Like(LogType::AzureActivity, azure::activity));
    }
    if is("azure.signinlogs") {
        return Some(Shape::Like(LogType::EntraSignIn, azure::sign_in));
    }
    if is("azure.auditlogs") {
        return Some(Shape::Like(LogType::EntraAudit, azure::audit));
    }
    if process::is_start(root) {
        return Some(Shape::Like(LogType::ProcessCreation, process::canonical));
    }
    let is_endpoint =
        ["endpoint.", "windows.", "system.", "auditd"].iter().any(|head| dataset.starts_with(head))
            || root.get("winlog").is_some()
            || root.get("process.pid").is_some();
    is_endpoint.then_some(Shape::As(LogType::EndpointOther))
}

fn is_ecs(root: Node<'_>) -> bool {
    match root.key("event") {
        Some(event) => {
            event.kind() == Kind::Object
                && ["dataset", "module", "action", "category", "kind", "provider", "original"]
                    .iter()
                    .any(|name| event.key(name).is_some())
        }
        None => root.entries().any(|(key, _)| key.raw().starts_with("event.")),
    }
}

/// Something below that path, however its keys are cut?
fn has(root: Node<'_>, path: &str) -> bool {
    root.get(path).is_some()
        || root
            .entries()
            .any(|(key, _)| key.raw().strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// Everything that is no object, with its whole dotted path.
fn leaves(root: Node<'_>) -> Vec<(String, Node<'_>)> {
    fn walk<'d>(node: Node<'d>, path: &str, found: &mut Vec<(String, Node<'d>)>) {
        for (key, value) in node.entries() {
            let key = key.as_str().unwrap_or_default();
            let path = if path.is_empty() { key.into_owned() } else { format!("{path}.{key}") };
            if value.kind() == Kind::Object { walk(value, &path, found) } else { found.push((path, value)) }
        }
    }
    let mut found = Vec::new();
    walk(root, "", &mut found);
    found
}

/// What lies below a path, as an object whose keys are what is left of each path.
fn below(leaves: &[(String, Node<'_>)], path: &str, rename: impl Fn(&str) -> String) -> Object {
    let mut object = Object::default();
    for (name, value) in leaves {
        if let Some(rest) = name.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')) {
            object.copy(&rename(rest), *value);
        }
    }
    object
}

/// Copies the first of several paths that is there, for each name.
fn copy_first(root: Node<'_>, names: &[(&str, &[&str])], object: &mut Object) {
    for (name, paths) in names {
        let found = paths
            .iter()
            .find_map(|path| root.get(path).filter(|node| !matches!(node.kind(), Kind::Null | Kind::Object)));
        object.copy_some(name, found);
    }
}

/// Parameters that stand in one string: JSON, or a Java map's `{key=value}`.
fn parameters(node: Node<'_>) -> Option<String> {
    let text = node.as_str()?;
    if Document::parse(&text).is_ok_and(|document| document.root().kind() == Kind::Object) {
        return Some(text.into_owned());
    }
    java::object(&text)
}
