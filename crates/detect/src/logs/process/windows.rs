//! Windows events as NXLog, winlogbeat, evtx dumps, Log Analytics, Panther and Azure Diagnostics write them.
//!
//! Canonical is the flat Sysmon 1 record. Security 4688 uses other names for the same, and `ProcessId` for the
//! parent's, so it is always rewritten.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use trailhound_sigma::json::{Document, Kind, Node};

use super::described;
use super::ecs;
use super::values::{account, integrity_level};
use crate::log_type::LogType;
use crate::logs::json::Object;
use crate::logs::log::Recognised;
use crate::logs::xml;

/// Where the parts of an event stand in one of the forms.
struct Layout<'d> {
    id: i64,
    channel: String,
    provider: String,
    computer: Option<Node<'d>>,
    time: Option<Node<'d>>,
    record: Option<Node<'d>>,
    data: Data<'d>,
}

enum Data<'d> {
    /// The record itself.
    Root(Node<'d>),
    /// An object inside it.
    Object(Node<'d>),
    /// Members of the record under a common prefix.
    Prefixed(Node<'d>, &'static str),
    /// A list of `{Name, text}`.
    Named(Node<'d>),
    /// JSON or XML in a string.
    Text(String),
}

impl<'d> Data<'d> {
    /// An event's own data.
    fn of(data: Node<'d>) -> Self {
        match data.key("Data") {
            Some(list) if list.kind() == Kind::Array => Self::Named(list),
            Some(inner) if inner.kind() == Kind::Object => Self::of(inner),
            _ if data.entries().any(|(key, _)| key.raw().starts_with(|c: char| c.is_ascii_lowercase())) => {
                Self::Text(capitalised(data))
            }
            _ => Self::Object(data),
        }
    }
}

/// `commandLine` as Windows writes it.
fn capitalised(data: Node<'_>) -> String {
    let mut object = Object::default();
    for (key, value) in data.entries() {
        let key = key.as_str().unwrap_or_default();
        let mut chars = key.chars();
        let first = chars.next().map(|first| first.to_ascii_uppercase());
        object.copy(&first.into_iter().chain(chars).collect::<String>(), value);
    }
    object.finish()
}

/// The data of a Security 4688 without its names, in the order of
/// <https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4688>.
fn in_order(list: Node<'_>) -> String {
    const NAMES: [&str; 15] = [
        "SubjectUserSid",
        "SubjectUserName",
        "SubjectDomainName",
        "SubjectLogonId",
        "NewProcessId",
        "NewProcessName",
        "TokenElevationType",
        "ProcessId",
        "CommandLine",
        "TargetUserSid",
        "TargetUserName",
        "TargetDomainName",
        "TargetLogonId",
        "ParentProcessName",
        "MandatoryLabel",
    ];
    let mut object = Object::default();
    for (name, value) in NAMES.iter().zip(list.members()) {
        object.copy(name, value);
    }
    object.finish()
}

pub(super) fn shape(root: Node<'_>) -> Option<Recognised<'_>> {
    let layout = Layout::of(root)?;
    if !layout.is_process_start() {
        return Some(Recognised::As(LogType::EndpointOther));
    }
    if layout.id == 1 && matches!(layout.data, Data::Root(_)) && root.key("Image").is_some() {
        return Some(Recognised::As(LogType::ProcessCreation));
    }
    Some(Recognised::Like(LogType::ProcessCreation, canonical))
}

/// An Azure Diagnostics record without its XML.
pub(super) fn described(properties: Option<Node<'_>>) -> Recognised<'_> {
    let id = properties.and_then(|node| node.key_any_case("EventId")).and_then(Node::as_i64);
    let has_text = properties.is_some_and(|node| node.key_any_case("Description").is_some());
    match id {
        Some(1 | 4688) if has_text => Recognised::Like(LogType::ProcessCreation, from_description),
        _ => Recognised::As(LogType::EndpointOther),
    }
}

impl<'d> Layout<'d> {
    fn of(root: Node<'d>) -> Option<Self> {
        Self::dumped(root).or_else(|| Self::beat(root)).or_else(|| Self::flat(root))
    }

    /// `System` and `EventData`, below `Event` or under another name, in whatever case.
    fn dumped(root: Node<'d>) -> Option<Self> {
        let event = root.key("Event").unwrap_or(root);
        let system = event.key_any_case("System").filter(|system| system.kind() == Kind::Object)?;
        let data = event.key_any_case("EventData").or_else(|| event.key_any_case("UserData"));
        if data.is_none() && root.key("Event").is_none() {
            return None;
        }
        let attribute = |of: &str, name: &str| {
            ["#attributes.", "@", "$.", "_", ""]
                .iter()
                .find_map(|mark| system.get(&format!("{of}.{mark}{name}")))
                .or_else(|| system.get(&format!("{of}_attributes.{name}")))
                .filter(|node| matches!(node.kind(), Kind::String | Kind::Number))
        };
        let named = |name: &str| system.key_any_case(name);
        let provider = attribute("Provider", "Name").or_else(|| named("ProviderName"));
        Some(Self {
            id: number(named("EventID")?)?,
            channel: text(named("Channel")),
            provider: text(provider),
            computer: named("Computer"),
            time: attribute("TimeCreated", "SystemTime").or_else(|| named("SystemTime")),
            record: named("EventRecordID"),
            data: data.map_or(Data::Object(event), Data::of),
        })
    }

    /// winlogbeat, now below `winlog` and before that at the top.
    fn beat(root: Node<'d>) -> Option<Self> {
        let new = root.get("winlog.event_id").and_then(number);
        let old = || root.key("event_data").and(root.key("event_id")).and_then(number);
        let (id, head) = match new {
            Some(id) => (id, "winlog."),
            None => (old()?, ""),
        };
        let at = |name: &str| root.get(&format!("{head}{name}"));
        let data = match at("event_data").filter(|data| data.kind() == Kind::Object) {
            Some(data) => Data::Object(data),
            None => Data::Prefixed(root, "winlog.event_data."),
        };
        Some(Self {
            id,
            channel: text(at("channel").or_else(|| at("log_name"))),
            provider: text(at("provider_name").or_else(|| at("source_name"))),
            computer: at("computer_name").or_else(|| root.get("host.name")),
            time: root.key("@timestamp"),
            record: at("record_id").or_else(|| at("record_number")),
            data,
        })
    }

    /// Fields beside each other, or the event's own in `ExtraEventData` or `EventData`.
    fn flat(root: Node<'d>) -> Option<Self> {
        let first =
            |names: &[&str]| names.iter().find_map(|name| root.key(name).filter(|node| !node.is_null()));
        // Get-WinEvent's name for it is anybody's.
        let of_cmdlet = || {
            let is_cmdlets = ["LogName", "MachineName"].iter().all(|name| first(&[name]).is_some());
            is_cmdlets.then(|| first(&["Id"]))?
        };
        let id = first(&["EventID", "EventId", "Event_ID", "EventIDNumber", "Event ID"]).or_else(of_cmdlet);
        let id = number(id?)?;
        let channel = first(&["Channel", "EventLog", "LogName", "log_name"]);
        let provider =
            first(&["ProviderName", "Provider_Name", "SourceName", "EventSourceName", "Source", "Provider"]);
        let computer = first(&["Computer", "Hostname", "ComputerName", "MachineName", "host"]);
        let known = channel.or(provider).or(computer).or_else(|| root.key("NewProcessName"));
        known?;
        let data = match first(&["ExtraEventData", "EventData", "event_data", "Payload"]) {
            Some(data) if data.kind() == Kind::Object => Data::of(data),
            Some(data) if data.kind() == Kind::String => {
                Data::Text(data.as_str().unwrap_or_default().into_owned())
            }
            // Of osquery's.
            _ if let Some(text) =
                first(&["data"]).filter(|data| data.raw().starts_with("{\\\"EventData\\\"")) =>
            {
                Data::Text(text.as_str().unwrap_or_default().into_owned())
            }
            _ => match first(&["StringInserts"]).filter(|list| list.kind() == Kind::Array) {
                Some(list) if id == 4688 => Data::Text(in_order(list)),
                _ => Data::Root(root),
            },
        };
        Some(Self {
            id,
            channel: text(channel),
            provider: text(provider),
            computer,
            // Event Viewer's "Date and Time" is of a clock whose zone it does not say.
            time: first(&["TimeCreated", "@timestamp", "EventTime", "TimeGenerated", "SystemTime"]),
            record: first(&["EventRecordID", "EventRecordId", "RecordNumber", "RecordID"]),
            data,
        })
    }

    fn is_process_start(&self) -> bool {
        let (channel, provider) = (self.channel.to_ascii_lowercase(), self.provider.to_ascii_lowercase());
        match self.id {
            1 => channel.contains("sysmon") || provider.contains("sysmon"),
            4688 => {
                channel == "security"
                    || provider.contains("security-auditing")
                    || (channel.is_empty() && provider.is_empty())
            }
            _ => false,
        }
    }
}

/// A number, a string that holds one, or either inside `{"#text": …}`.
fn number(node: Node<'_>) -> Option<i64> {
    node.as_i64().or_else(|| ["#text", "Value", "_"].iter().find_map(|name| node.key(name)?.as_i64()))
}

fn text(node: Option<Node<'_>>) -> String {
    node.and_then(Node::as_str).map(Cow::into_owned).unwrap_or_default()
}

/// Where forms keep the text for people.
const DESCRIPTIONS: &[&str] =
    &["Message", "message", "winlog.message", "Description", "EventDescription", "RenderedDescription"];

pub(super) fn canonical(root: Node<'_>) -> String {
    let Some(layout) = Layout::of(root) else { return root.raw().to_owned() };
    let mut record = Object::default();
    record.text("EventID", &layout.id.to_string());
    record.text_some("Channel", Some(layout.channel.as_str()).filter(|text| !text.is_empty()));
    record.text_some("ProviderName", Some(layout.provider.as_str()).filter(|text| !text.is_empty()));
    record.copy_some("Computer", layout.computer);
    record.copy_some("TimeCreated", layout.time);
    record.copy_some("EventRecordID", layout.record);
    let mut write = |data: Node<'_>, prefix: &str| {
        if layout.id == 4688 {
            security(data, prefix, &mut record);
        } else {
            sysmon(data, prefix, &mut record);
        }
    };
    match &layout.data {
        Data::Root(data) | Data::Object(data) => write(*data, ""),
        Data::Prefixed(data, prefix) => write(*data, prefix),
        Data::Named(list) => write_parsed(&named(*list), &mut write),
        Data::Text(text) if xml::is_xml(text) => {
            write_parsed(&xml::data(text).unwrap_or_default(), &mut write);
        }
        Data::Text(text) => write_parsed(text, &mut write),
    }
    ecs::complete(root, &mut record);
    if !record.keys().iter().any(|key| key == "Image")
        && let Some(text) = DESCRIPTIONS.iter().find_map(|name| root.get(name)?.as_str())
    {
        write_described(layout.id, &text, &mut record);
    }
    record.finish()
}

fn write_parsed(json: &str, write: &mut dyn FnMut(Node<'_>, &str)) {
    if let Ok(document) = Document::parse(json) {
        let root = document.root();
        match root.key("EventData").map(Data::of) {
            Some(Data::Named(list)) => write_parsed(&named(list), write),
            Some(Data::Object(data)) => write(data, ""),
            Some(Data::Text(text)) => write_parsed(&text, write),
            _ => write(root, ""),
        }
    }
}

/// `[{"@Name": "Image", "#text": "…"}]` as an object.
fn named(list: Node<'_>) -> String {
    let mut object = Object::default();
    for member in list.members() {
        let part = |names: &[&str]| names.iter().find_map(|name| member.get(name));
        let name = part(&["@Name", "Name", "#attributes.Name", "_Name"]).and_then(Node::as_str);
        let value = part(&["#text", "text", "Value", "content"]);
        if let (Some(name), Some(value)) = (name, value) {
            object.copy(&name, value);
        }
    }
    object.finish()
}

const HEAD: &[&str] = &["EventID", "Channel", "ProviderName", "Computer", "TimeCreated", "EventRecordID"];

fn sysmon(data: Node<'_>, prefix: &str, record: &mut Object) {
    for (key, value) in data.entries() {
        let written = key.as_str().unwrap_or_default();
        if let Some(name) = written.strip_prefix(prefix)
            && !HEAD.iter().any(|head| key.is_named(head))
        {
            record.copy(name, value);
        }
    }
}

fn security(data: Node<'_>, prefix: &str, record: &mut Object) {
    const RENAMED: &[(&str, &str)] = &[
        ("NewProcessName", "Image"),
        ("ParentProcessName", "ParentImage"),
        ("NewProcessId", "ProcessId"),
        ("ProcessId", "ParentProcessId"),
    ];
    let get = |name: &str| data.key(&format!("{prefix}{name}")).and_then(Node::as_str);
    for (key, value) in data.entries() {
        let written = key.as_str().unwrap_or_default();
        let Some(name) = written.strip_prefix(prefix) else { continue };
        let is = |theirs: &str| name == theirs || key.is_named(theirs);
        if HEAD.iter().any(|head| is(head)) || is("User") {
            continue;
        }
        let name = RENAMED.iter().find(|(theirs, _)| is(theirs)).map_or(name, |(_, ours)| ours);
        record.copy(name, value);
    }
    let user = account(get("TargetDomainName").as_deref(), get("TargetUserName").as_deref())
        .or_else(|| account(get("SubjectDomainName").as_deref(), get("SubjectUserName").as_deref()))
        .or_else(|| get("Account").map(Cow::into_owned));
    record.text_some("User", user.as_deref());
    let logon = get("TargetLogonId").filter(|id| !id.is_empty() && *id != "0x0");
    record.text_some("LogonId", logon.or_else(|| get("SubjectLogonId")).as_deref());
    record.text_some("IntegrityLevel", get("MandatoryLabel").as_deref().map(integrity_level));
}

/// An Azure Diagnostics record of which only the text is left.
fn from_description(root: Node<'_>) -> String {
    let Some(properties) = root.key("properties") else { return root.raw().to_owned() };
    let get = |name: &str| properties.key_any_case(name);
    let description = get("Description").and_then(Node::as_str).unwrap_or_default();
    let id = get("EventId").and_then(Node::as_i64).unwrap_or_default();
    let mut record = Object::default();
    record.text("EventID", &id.to_string());
    record.copy_some("Channel", get("Channel"));
    record.copy_some("ProviderName", get("ProviderName"));
    record.copy_some("Computer", get("Computer").or_else(|| get("RoleInstance")));
    record.copy_some("TimeCreated", root.key("time"));
    write_described(id, &description, &mut record);
    record.finish()
}

fn write_described(id: i64, text: &str, record: &mut Object) {
    write_parsed(&described::data(id, text), &mut |data, prefix| {
        if id == 4688 {
            security(data, prefix, record);
        } else {
            sysmon(data, prefix, record);
        }
    });
}
