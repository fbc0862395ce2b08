//! Endpoint logs: which of them a record is, and whether it is a process start.

use trailhound_sigma::json::{Kind, Node};

use super::{Shape, defender, falcon, windows};
use crate::event::LogType;

pub(super) fn shape(root: Node<'_>) -> Option<Shape<'_>> {
    windows::shape(root).or_else(|| falcon::shape(root)).or_else(|| defender::shape(root))
}

/// Azure Diagnostics: the event as XML in `RawXml`, or only its text in `Description`.
pub(super) fn diagnostics(root: Node<'_>) -> Shape<'_> {
    let properties = root.key("properties").filter(|properties| properties.kind() == Kind::Object);
    let xml = properties.and_then(|properties| properties.key_any_case("RawXml")).and_then(Node::as_str);
    match xml {
        Some(xml) if !xml.trim().is_empty() => Shape::Around(xml),
        _ => windows::described(properties),
    }
}

/// Defender's streaming: one category a table.
pub(super) fn advanced_hunting<'d>(root: Node<'d>, category: &str) -> Shape<'d> {
    if category.eq_ignore_ascii_case("AdvancedHunting-DeviceProcessEvents") {
        defender::streamed(root)
    } else {
        Shape::As(LogType::EndpointOther)
    }
}

/// Windows integrity levels by their number; other text as it is.
pub(super) fn integrity_level(text: &str) -> &str {
    match text.rsplit('-').next().unwrap_or(text) {
        "4096" => "Low",
        "8192" | "8448" => "Medium",
        "12288" => "High",
        "16384" => "System",
        _ => text,
    }
}

/// `DOMAIN\user`, or whichever of the two there is.
pub(super) fn account(domain: Option<&str>, user: Option<&str>) -> Option<String> {
    let real = |text: Option<&str>| text.filter(|text| !text.is_empty() && *text != "-").map(str::to_owned);
    match (real(domain), real(user)) {
        (Some(domain), Some(user)) => Some(format!("{domain}\\{user}")),
        (_, user) => user,
    }
}

/// `MD5=…,SHA256=…`, as Sysmon writes them; empty and all-zero digests are none.
pub(super) fn hashes(digests: &[(&str, Option<Node<'_>>)]) -> Option<String> {
    let mut text = String::new();
    for (kind, digest) in digests {
        let Some(digest) = digest.and_then(Node::as_str) else { continue };
        if digest.is_empty() || digest.bytes().all(|byte| byte == b'0') {
            continue;
        }
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(kind);
        text.push('=');
        text.push_str(&digest);
    }
    (!text.is_empty()).then_some(text)
}
