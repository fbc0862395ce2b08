//! Records as Elastic's integrations index them (ECS), nested or with dotted keys: what all logs' share.
//!
//! Where the integration kept `event.original`, that is read in place of what was made of it.

use std::borrow::Cow;

use trailhound_sigma::json::{Kind, Node};

use super::json::{Object, folded};
use super::{cloudtrail, xml};

/// The record that the integration kept.
pub(super) fn original(root: Node<'_>) -> Option<Cow<'_, str>> {
    record_in(root.get("event.original")?)
}

/// JSON, or a Windows event in XML, in a string.
pub(super) fn record_in(node: Node<'_>) -> Option<Cow<'_, str>> {
    if let Some(text) = node.as_str().filter(|text| cloudtrail::is_plainly(text)) {
        return Some(text);
    }
    folded(node).or_else(|| node.as_str().filter(|text| xml::is_xml(text) && xml::record(text).is_some()))
}

/// Is a document of that data set?
pub(super) fn is_of(root: Node<'_>, dataset: &str, name: &str) -> bool {
    dataset == name || has(root, name)
}

/// Does it have the look of one?
pub(super) fn is_ecs(root: Node<'_>) -> bool {
    /// What an `event` of ECS says of itself.
    const SAID: [&str; 7] = ["dataset", "module", "action", "category", "kind", "provider", "original"];
    match root.key("event") {
        Some(event) => {
            event.kind() == Kind::Object
                && if event.ignores_case() || event.entries().any(|(key, _)| key.is_escaped()) {
                    let event = event.gathered();
                    SAID.iter().any(|name| event.key(name).is_some())
                } else {
                    event.entries().any(|(key, _)| SAID.contains(&key.raw()))
                }
        }
        None => root.has_dotted("event"),
    }
}

/// Something below that path, however its keys are cut?
fn has(root: Node<'_>, path: &str) -> bool {
    root.get(path).is_some() || root.has_dotted(path)
}

/// Everything that is no object, with its whole dotted path.
pub(super) fn leaves(root: Node<'_>) -> Vec<(String, Node<'_>)> {
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
pub(super) fn below(leaves: &[(String, Node<'_>)], path: &str, rename: impl Fn(&str) -> String) -> Object {
    let mut object = Object::default();
    for (name, value) in leaves {
        if let Some(rest) = name.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')) {
            object.copy(&rename(rest), *value);
        }
    }
    object
}

/// Copies the first of several paths that is there, for each name.
pub(super) fn copy_first(root: Node<'_>, names: &[(&str, &[&str])], object: &mut Object) {
    for (name, paths) in names {
        let found = paths
            .iter()
            .find_map(|path| root.get(path).filter(|node| !matches!(node.kind(), Kind::Null | Kind::Object)));
        object.copy_some(name, found);
    }
}
