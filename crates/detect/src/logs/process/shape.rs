//! Endpoint logs: which of them a record is, and whether it is a process start.

use trailhound_sigma::json::{Kind, Node};

use super::{defender, ecs, exported, falcon, otel, splunk, windows};
use crate::log_type::LogType;
use crate::logs::log::{Recognised, Recognizer};

const ADVANCED_HUNTING: &str = "AdvancedHunting-";

pub(super) fn by_category<'d>(root: Node<'d>, category: &str) -> Option<Recognised<'d>> {
    if category.eq_ignore_ascii_case("WindowsEventLogsTable") {
        return Some(diagnostics(root));
    }
    let head = category.get(..ADVANCED_HUNTING.len())?;
    head.eq_ignore_ascii_case(ADVANCED_HUNTING).then(|| advanced_hunting(root, category))
}

pub(super) const LOOKS: &[Recognizer] =
    &[exported::shape, windows::shape, falcon::shape, defender::shape, otel::shape, splunk::shape];

/// ECS has one vocabulary for all endpoint logs.
pub(super) fn by_dataset<'d>(root: Node<'d>, dataset: &str) -> Option<Recognised<'d>> {
    if ecs::is_start(root) {
        return Some(Recognised::Like(LogType::ProcessCreation, ecs::canonical));
    }
    let is_endpoint =
        ["endpoint.", "windows.", "system.", "auditd"].iter().any(|head| dataset.starts_with(head))
            || root.get("winlog").is_some()
            || root.get("process.pid").is_some();
    is_endpoint.then_some(Recognised::As(LogType::EndpointOther))
}

/// Azure Diagnostics: the event as XML in `RawXml`, or only its text in `Description`.
fn diagnostics(root: Node<'_>) -> Recognised<'_> {
    let properties = root.key("properties").filter(|properties| properties.kind() == Kind::Object);
    let xml = properties.and_then(|properties| properties.key_any_case("RawXml")).and_then(Node::as_str);
    match xml {
        Some(xml) if !xml.trim().is_empty() => Recognised::Around(xml),
        _ => windows::described(properties),
    }
}

/// Defender's streaming: one category a table.
fn advanced_hunting<'d>(root: Node<'d>, category: &str) -> Recognised<'d> {
    if category.eq_ignore_ascii_case("AdvancedHunting-DeviceProcessEvents") {
        defender::streamed(root)
    } else {
        Recognised::As(LogType::EndpointOther)
    }
}
