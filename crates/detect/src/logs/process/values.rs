//! Values that endpoint logs write in several ways, as Sysmon writes them.

use trailhound_sigma::json::Node;

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
