//! What forensic tools make of a Windows event: Hayabusa's timelines, Log Parser's tables.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Node;

use crate::logs::json::{Object, quoted};
use crate::logs::log::Recognised;

/// The event as it was, or nearly.
pub(super) fn shape(root: Node<'_>) -> Option<Recognised<'_>> {
    of_timeline(root).or_else(|| of_table(root)).map(|event| Recognised::Around(event.into()))
}

/// Hayabusa abbreviates channels and the names of an event's data.
/// <https://github.com/Yamato-Security/hayabusa/blob/main/README.md#channel-abbreviations>
fn of_timeline(root: Node<'_>) -> Option<String> {
    const OF_4688: &[(&str, &str)] = &[
        ("Cmdline", "CommandLine"),
        ("Proc", "NewProcessName"),
        ("PID", "NewProcessId"),
        ("User", "SubjectUserName"),
    ];
    const OF_SYSMON: &[(&str, &str)] = &[
        ("Cmdline", "CommandLine"),
        ("Proc", "Image"),
        ("PID", "ProcessId"),
        ("PGUID", "ProcessGuid"),
        ("ParentCmdline", "ParentCommandLine"),
        ("ParentPID", "ParentProcessId"),
        ("ParentPGUID", "ParentProcessGuid"),
    ];
    let is = |name: &str, due: &str| root.key(name).is_some_and(|node| node.raw().eq_ignore_ascii_case(due));
    root.key("RuleTitle")?;
    let (id, channel, names) = match root.key("EventID")?.as_i64()? {
        4688 if is("Channel", "Sec") => (4688, "Security", OF_4688),
        1 if is("Channel", "Sysmon") => (1, "Microsoft-Windows-Sysmon/Operational", OF_SYSMON),
        _ => return None,
    };
    let mut data = Object::default();
    let mut put = |name: &str, json: &str| {
        let name = names.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| ours);
        data.json(name, json);
    };
    for part in ["Details", "ExtraFieldInfo"] {
        let Some(part) = root.key(part) else { continue };
        for (key, value) in part.entries() {
            put(&key.as_str().unwrap_or_default(), &quoted(&value.scalar().unwrap_or_default()));
        }
        for (name, text) in part
            .as_str()
            .iter()
            .flat_map(|text| text.split(" \u{a6} "))
            .filter_map(|one| one.split_once(": "))
        {
            put(name, &quoted(text));
        }
    }
    let mut event = Object::default();
    event.json("EventID", &id.to_string());
    event.text("Channel", channel);
    event.copy_some("Computer", root.key("Computer"));
    event.copy_some("TimeCreated", root.key("Timestamp"));
    event.copy_some("EventRecordID", root.key("RecordID"));
    event.nested("EventData", data);
    Some(event.finish())
}

/// Log Parser joins an event's data in their order by a sign that its user may choose, a bar by default.
/// <https://learn.microsoft.com/previous-versions/technet-magazine/cc137768(v=msdn.10)>
fn of_table(root: Node<'_>) -> Option<String> {
    let strings = root.key("Strings")?.as_str()?;
    root.key("SourceName")?;
    let mut event = Object::default();
    for (key, value) in root.entries().filter(|(key, _)| key.raw() != "Strings") {
        event.copy(&key.as_str().unwrap_or_default(), value);
    }
    let parts: Vec<&str> = strings.split('|').collect();
    let parts: Vec<String> = match root.key("EventID").and_then(Node::as_i64) {
        Some(4688) => of_4688(&parts).iter().map(|part| quoted(part)).collect(),
        _ => parts.into_iter().map(quoted).collect(),
    };
    event.json("StringInserts", &format!("[{}]", parts.join(",")));
    Some(event.finish())
}

/// The data of a 4688, whose command line alone may have bars in it: no name of a file or an account does. It is the last
/// of them before Windows 10, after which six more follow, of which the fourth is the id of a logon.
/// <https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4688>
fn of_4688(parts: &[&str]) -> Vec<String> {
    const LINE: usize = 8;
    const BEHIND: usize = 6;
    let count = parts.len();
    let has_more = count > LINE + BEHIND && parts[count - 3].starts_with("0x");
    let end = if has_more { count - BEHIND } else { count };
    let mut data: Vec<String> = parts.iter().take(LINE).map(|part| (*part).to_owned()).collect();
    if end > LINE {
        data.push(parts[LINE..end].join("|"));
        data.extend(parts[end..].iter().map(|part| (*part).to_owned()));
    }
    data
}
