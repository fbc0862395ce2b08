//! What a process start says, in Sysmon's names; other endpoint logs were rewritten to them.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Document;

use super::agents::{self, Ancestry};
use super::command;
use crate::facts::{Action, Actor, ActorKind, Facts, Outcome, Process, Scope, Target};
use crate::log_type::LogType;
use crate::logs::node::Texts;
use crate::logs::time;

pub(super) fn read(record: &Document<'_>) -> Facts {
    let mut facts = Facts::new(LogType::ProcessCreation);
    facts.action = Action {
        service: "process".to_owned(),
        operation: "process start".to_owned(),
        key: "process_start".to_owned(),
    };
    // Sysmon's own time is UTC; what a forwarder calls the event's time may be a local one.
    let times = ["UtcTime", "TimeCreated", "@timestamp", "EventTime", "timestamp", "TimeGenerated", "time"];
    facts.time = times.iter().filter_map(|path| record.string(path)).find_map(|text| time::parse(&text));
    facts.original_time = record.first(&times).unwrap_or_default();
    let host = record.first(&["Computer", "Hostname", "ComputerName", "host.name", "aid"]);
    let user = record.string("User").or_else(|| {
        let (domain, name) = (record.string("Domain"), record.string("AccountName")?);
        Some(domain.map_or_else(|| name.clone(), |domain| format!("{domain}\\{name}")))
    });
    facts.outcome = Outcome::done();
    facts.actor = actor(record, user.as_deref(), host.as_deref());
    if let Some(host) = &host {
        facts.target = Target {
            ids: vec![host.to_ascii_lowercase()].into(),
            names: vec![host.clone()].into(),
            kind: "Host".to_owned(),
            count: 1,
            ..Target::default()
        };
    }
    let text = |path: &str| record.string(path);
    let (image, command_line, parent_image) = (text("Image"), text("CommandLine"), text("ParentImage"));
    let tools = command::tools(command_line.as_deref(), image.as_deref());
    let above = [text("ParentCommandLine"), text("GrandparentCommandLine"), text("CurrentDirectory")];
    let grandparent = text("GrandparentImage");
    let ancestry = Ancestry {
        images: [parent_image.as_deref(), grandparent.as_deref()],
        texts: above.each_ref().map(Option::as_deref),
    };
    facts.process = Some(Process {
        agents: ancestry.agents(),
        agent_installed: image.as_deref().and_then(agents::is_installed),
        tools: tools.verbs,
        tool_options: tools.options,
        image,
        command_line,
        parent_image,
        hashes: record.string("Hashes"),
        pid: record.string("ProcessId").as_deref().and_then(process_id),
        host: host.clone(),
    });
    let account = record.first(&["cid", "tenantId"]).or_else(|| host.clone());
    facts.scope = Scope { account: account.unwrap_or_default(), ..Scope::default() };
    facts.session_id = record.string("LogonId");
    facts.command_id = ["CommandLine", "ParentCommandLine", "CurrentDirectory"]
        .iter()
        .find_map(|path| agents::orchestration(&record.string(path)?));
    facts.log_name = record.first(&["Channel", "event_simpleName"]);
    facts.event_uid = uid(record, host.as_deref()).unwrap_or_default();
    facts
}

fn actor(record: &Document<'_>, user: Option<&str>, host: Option<&str>) -> Actor {
    let sid = record.first(&["UserSid", "SubjectUserSid", "AccountSid", "UserID"]);
    let display = user.map(str::to_owned).or_else(|| sid.clone()).unwrap_or_default();
    let name = display.rsplit('\\').next().unwrap_or_default().to_owned();
    let lower = display.to_ascii_lowercase();
    let is_machine = name.ends_with('$')
        || ["nt authority\\", "font driver host\\", "window manager\\"]
            .iter()
            .any(|head| lower.starts_with(head))
        || matches!(&*lower, "root" | "s-1-5-18" | "s-1-5-19" | "s-1-5-20" | "system");
    // A local account of the same name on another machine is somebody else.
    let key = match host {
        Some(host) if !lower.is_empty() => format!("{}#{lower}", host.to_ascii_lowercase()),
        _ => lower,
    };
    Actor {
        key,
        kind: if display.is_empty() { ActorKind::Unknown } else { ActorKind::Local },
        is_human: !display.is_empty() && !is_machine,
        display,
        uid: sid,
        name: Some(name).filter(|name| !name.is_empty()),
        ..Actor::default()
    }
}

/// Decimal, or hexadecimal as Security writes it.
fn process_id(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// The sensor's id of the event, else the record's number in its channel on its machine.
fn uid(record: &Document<'_>, host: Option<&str>) -> Option<String> {
    if let Some(id) = record.string("id") {
        return Some(id);
    }
    let number = record.first(&["EventRecordID", "RecordNumber", "EventRecordId"])?;
    let channel = record.string("Channel").unwrap_or_default();
    Some(format!("{}/{channel}/{number}", host?.to_ascii_lowercase()))
}
