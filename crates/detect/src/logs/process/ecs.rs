//! Process starts in ECS: Elastic's endpoint, winlogbeat's own renaming, osquery and others.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Kind, Node};

use super::values::{account, hashes};
use crate::logs::ecs::copy_first;
use crate::logs::json::Object;

const NAMES: &[(&str, &[&str])] = &[
    ("CommandLine", &["process.command_line"]),
    ("ParentCommandLine", &["process.parent.command_line"]),
    ("ParentImage", &["process.parent.executable", "process.parent.name"]),
    ("GrandparentImage", &["process.parent.parent.executable", "process.Ext.ancestry.name"]),
    ("CurrentDirectory", &["process.working_directory"]),
    ("ProcessId", &["process.pid"]),
    ("ParentProcessId", &["process.parent.pid"]),
    ("ProcessGuid", &["process.entity_id"]),
    ("OriginalFileName", &["process.pe.original_file_name"]),
    ("Company", &["process.pe.company"]),
    ("Product", &["process.pe.product"]),
    ("Description", &["process.pe.description"]),
    ("FileVersion", &["process.pe.file_version"]),
    ("IntegrityLevel", &["process.Ext.token.integrity_level_name", "winlog.event_data.IntegrityLevel"]),
    ("LogonId", &["winlog.event_data.LogonId", "winlog.logon.id", "process.Ext.authentication_id"]),
    ("Computer", &["winlog.computer_name", "host.hostname", "host.name"]),
    ("TimeCreated", &["@timestamp"]),
    ("OSPlatform", &["host.os.type", "host.os.family", "host.os.platform", "host.os.name"]),
    ("EventRecordID", &["winlog.record_id"]),
    ("id", &["event.id"]),
];

/// A process that begins: by type, or by the action's words.
pub(super) fn is_start(root: Node<'_>) -> bool {
    let words = |path: &str| {
        let mut words: Vec<String> = Vec::new();
        if let Some(node) = root.get(path) {
            if node.kind() == Kind::Array {
                words.extend(
                    node.members().filter_map(|member| member.as_str().map(|text| text.to_ascii_lowercase())),
                );
            } else {
                words.extend(node.as_str().map(|text| text.to_ascii_lowercase()));
            }
        }
        words
    };
    let has_process = root.get("process.command_line").is_some() || root.get("process.executable").is_some();
    let is_process = words("event.category").iter().any(|word| word == "process");
    let action = words("event.action");
    let begins = words("event.type").iter().any(|word| word == "start" || word == "process_start")
        || action.iter().any(|word| {
            word.starts_with("process create")
                || ["created-process", "process_started", "exec", "start"].contains(&word.as_str())
        });
    has_process && begins && (is_process || !action.is_empty())
}

pub(super) fn canonical(root: Node<'_>) -> String {
    let mut record = Object::default();
    write(root, &mut record, &|_| true);
    record.finish()
}

/// Adds what ECS knows to a Windows event that lacks it.
pub(super) fn complete(root: Node<'_>, record: &mut Object) {
    if root.get("process.executable").is_some() || root.get("process.command_line").is_some() {
        let written = record.keys();
        write(root, record, &|name| !written.iter().any(|key| key == name));
    }
}

fn write(root: Node<'_>, record: &mut Object, wanted: &dyn Fn(&str) -> bool) {
    for row in NAMES {
        if wanted(row.0) {
            copy_first(root, std::slice::from_ref(row), record);
        }
    }
    if wanted("Image") {
        copy_first(root, &[("Image", &["process.executable", "process.name"])], record);
    }
    let text = |path: &str| root.get(path).and_then(Node::as_str);
    if wanted("User") {
        let user = account(text("user.domain").as_deref(), text("user.name").as_deref());
        record.text_some("User", user.as_deref());
    }
    if wanted("Hashes") {
        let digests = [
            ("MD5", root.get("process.hash.md5")),
            ("SHA1", root.get("process.hash.sha1")),
            ("SHA256", root.get("process.hash.sha256")),
            ("IMPHASH", root.get("process.pe.imphash")),
        ];
        record.text_some("Hashes", hashes(&digests).as_deref());
    }
}
