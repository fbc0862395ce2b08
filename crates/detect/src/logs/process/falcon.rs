//! CrowdStrike's Falcon Data Replicator, bare or as Panther keeps it, with the event below `event`.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Kind, Node};

use super::values::{hashes, integrity_level};
use crate::log_type::LogType;
use crate::logs::json::Object;
use crate::logs::log::Recognised;

const MARK: &str = "event_simpleName";
const STARTS: &[&str] = &["ProcessRollup2", "SyntheticProcessRollup2"];

pub(super) fn shape(root: Node<'_>) -> Option<Recognised<'_>> {
    let is_in_another_case = root.key(MARK).is_none() && root.key_any_case(MARK).is_some();
    if is_in_another_case && !root.ignores_case() {
        return None;
    }
    let name = name(root).or_else(|| root.key("event").and_then(name))?;
    let name = name.as_str()?;
    if STARTS.iter().any(|start| start.eq_ignore_ascii_case(&name)) {
        Some(Recognised::Like(LogType::ProcessCreation, canonical))
    } else {
        Some(Recognised::As(LogType::EndpointOther))
    }
}

fn name(node: Node<'_>) -> Option<Node<'_>> {
    node.key_any_case(MARK).or_else(|| node.key("#event_simpleName"))
}

const RENAMED: &[(&str, &str)] = &[
    ("ImageFileName", "Image"),
    ("ParentBaseFileName", "ParentImage"),
    ("GrandParentBaseFileName", "GrandparentImage"),
    ("RawProcessId", "ProcessId"),
    ("AuthenticationId", "LogonId"),
    ("OriginalFilename", "OriginalFileName"),
    ("CompanyName", "Company"),
    ("ProductName", "Product"),
    ("FileDescription", "Description"),
    ("CommandLine", "CommandLine"),
    ("event_simpleName", "event_simpleName"),
    ("event_platform", "event_platform"),
];

fn canonical(root: Node<'_>) -> String {
    let inner = root.key("event").filter(|event| event.kind() == Kind::Object);
    let event = inner.unwrap_or(root);
    let get = |name: &str| {
        event.key_any_case(name).or_else(|| root.key_any_case(name)).filter(|node| !node.is_null())
    };
    let text = |name: &str| get(name).and_then(Node::as_str).filter(|text| !text.is_empty());
    let mut record = Object::default();
    record.text_some("User", text("UserName").or_else(|| text("UserSid")).as_deref());
    record.text_some("Computer", text("ComputerName").or_else(|| text("aid")).as_deref());
    record.text_some("IntegrityLevel", text("IntegrityLevel").as_deref().map(integrity_level));
    let digests =
        [("MD5", get("MD5HashData")), ("SHA1", get("SHA1HashData")), ("SHA256", get("SHA256HashData"))];
    record.text_some("Hashes", hashes(&digests).as_deref());
    let written = ["User", "Computer", "IntegrityLevel", "Hashes"];
    let mut copy_all = |node: Node<'_>, but: Option<Node<'_>>| {
        for (key, value) in node.entries() {
            let key = key.as_str().unwrap_or_default();
            let is_elsewhere = but.is_some_and(|but| but.key(&key).is_some());
            if written.iter().any(|name| name.eq_ignore_ascii_case(&key))
                || is_elsewhere
                || (key == "event" && but.is_some())
            {
                continue;
            }
            let name = RENAMED
                .iter()
                .find(|(theirs, _)| theirs.eq_ignore_ascii_case(&key))
                .map_or(&*key, |(_, ours)| ours);
            record.copy(name, value);
        }
    };
    if inner.is_some() {
        copy_all(root, inner);
    }
    copy_all(event, None);
    record.finish()
}
