//! Defender for Endpoint's `DeviceProcessEvents`, streamed to an Event Hub or as rows of the table.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Kind, Node};

use super::values::{account, hashes};
use crate::log_type::LogType;
use crate::logs::json::Object;
use crate::logs::log::Recognised;

pub(super) fn shape(root: Node<'_>) -> Option<Recognised<'_>> {
    let has = |name: &str| root.key(name).is_some();
    let is_row = has("ProcessCommandLine") && has("InitiatingProcessFileName");
    if is_row {
        return Some(of_action(root));
    }
    (has("DeviceId") && has("ActionType") && has("InitiatingProcessFileName"))
        .then_some(Recognised::As(LogType::EndpointOther))
}

pub(super) fn streamed(root: Node<'_>) -> Recognised<'_> {
    match root.key("properties") {
        Some(properties) if properties.kind() == Kind::Object => of_action(properties),
        _ => Recognised::As(LogType::EndpointOther),
    }
}

/// The table also holds accesses to processes that run already.
fn of_action(row: Node<'_>) -> Recognised<'_> {
    let is_start =
        row.key("ActionType").is_none_or(|action| action.raw().eq_ignore_ascii_case("ProcessCreated"));
    if is_start {
        Recognised::Like(LogType::ProcessCreation, canonical)
    } else {
        Recognised::As(LogType::EndpointOther)
    }
}

const RENAMED: &[(&str, &str)] = &[
    ("ProcessCommandLine", "CommandLine"),
    ("ProcessId", "ProcessId"),
    ("InitiatingProcessCommandLine", "ParentCommandLine"),
    ("InitiatingProcessId", "ParentProcessId"),
    ("InitiatingProcessParentFileName", "GrandparentImage"),
    ("ProcessIntegrityLevel", "IntegrityLevel"),
    ("ProcessVersionInfoOriginalFileName", "OriginalFileName"),
    ("ProcessVersionInfoCompanyName", "Company"),
    ("ProcessVersionInfoProductName", "Product"),
    ("ProcessVersionInfoFileDescription", "Description"),
    ("ProcessVersionInfoProductVersion", "FileVersion"),
    ("DeviceName", "Computer"),
    ("Timestamp", "TimeCreated"),
    ("LogonId", "LogonId"),
];

fn canonical(root: Node<'_>) -> String {
    let row = root.key("properties").unwrap_or(root);
    let text = |name: &str| row.key(name).and_then(Node::as_str).filter(|text| !text.is_empty());
    let mut record = Object::default();
    record.text_some("Image", path(text("FolderPath").as_deref(), text("FileName").as_deref()).as_deref());
    let parent =
        path(text("InitiatingProcessFolderPath").as_deref(), text("InitiatingProcessFileName").as_deref());
    record.text_some("ParentImage", parent.as_deref());
    let user = account(text("AccountDomain").as_deref(), text("AccountName").as_deref());
    record.text_some("User", user.as_deref());
    let parent_user = account(
        text("InitiatingProcessAccountDomain").as_deref(),
        text("InitiatingProcessAccountName").as_deref(),
    );
    record.text_some("ParentUser", parent_user.as_deref());
    let digests = [("MD5", row.key("MD5")), ("SHA1", row.key("SHA1")), ("SHA256", row.key("SHA256"))];
    record.text_some("Hashes", hashes(&digests).as_deref());
    if !RENAMED.iter().any(|(theirs, _)| *theirs == "Timestamp" && row.key(theirs).is_some()) {
        record.copy_some("TimeCreated", row.key("TimeGenerated").or_else(|| root.key("time")));
    }
    for (key, value) in row.entries() {
        let key = key.as_str().unwrap_or_default();
        let name = RENAMED.iter().find(|(theirs, _)| *theirs == key).map_or(&*key, |(_, ours)| ours);
        record.copy(name, value);
    }
    if root.key("properties").is_some() {
        record.copy_some("tenantId", root.key("tenantId"));
    }
    record.finish()
}

/// The folder path nearly always ends with the file's name already.
fn path(folder: Option<&str>, file: Option<&str>) -> Option<String> {
    let (folder, file) = match (folder, file) {
        (Some(folder), Some(file)) => (folder, file),
        (one, other) => return one.or(other).map(str::to_owned),
    };
    if folder.to_ascii_lowercase().ends_with(&file.to_ascii_lowercase()) {
        return Some(folder.to_owned());
    }
    let separator = if folder.contains('\\') { '\\' } else { '/' };
    Some(format!("{}{separator}{file}", folder.trim_end_matches(['\\', '/'])))
}
