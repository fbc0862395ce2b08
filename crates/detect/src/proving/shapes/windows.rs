//! Windows events: the same fields as XML, as what readers of EVTX print, and as Beats write.
//!
//! - XML, <https://learn.microsoft.com/windows/win32/wes/eventschema-schema>; behind a syslog header where Sysmon for
//!   Linux writes it, <https://github.com/microsoft/SysmonForLinux>.
//! - Beats, <https://www.elastic.co/guide/en/beats/winlogbeat/current/exported-fields-winlog.html>.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::carriers::each;
use super::form::{Shape, delivery};
use super::log::Log;

const SYSMON: &[Log] = &[Log::Sysmon];

pub(super) const SHAPES: &[Shape] = &[
    delivery("windows-xml", SYSMON, |records| Some(lines(records, ""))),
    delivery("windows-xml-syslog", SYSMON, |records| Some(lines(records, "Nov 20 09:00:00 web-1 sysmon: "))),
    delivery("windows-evtx-json", SYSMON, |records| {
        Some(each(records, |record| {
            let (system, data) = parts(record);
            let mut system = system;
            let time = system.remove("TimeCreated").unwrap_or_default();
            system.insert("TimeCreated".to_owned(), json!({"#attributes": {"SystemTime": time}}));
            system
                .insert("Provider".to_owned(), json!({"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}));
            json!({"Event": {"System": system, "EventData": data}})
        }))
    }),
    delivery("winlogbeat", SYSMON, |records| {
        Some(each(records, |record| {
            let (system, data) = parts(record);
            json!({"@timestamp": "2026-11-20T09:00:00.000Z", "agent": {"type": "winlogbeat"},
                "event": {"code": text(&system["EventID"]), "kind": "event", "provider": "Microsoft-Windows-Sysmon"},
                "host": {"name": system.get("Computer")},
                "winlog": {"channel": system.get("Channel"), "event_id": text(&system["EventID"]),
                    "provider_name": "Microsoft-Windows-Sysmon", "computer_name": system.get("Computer"),
                    "record_id": system.get("EventRecordID"), "event_data": data}})
        }))
    }),
];

/// What stands in `System`, and what in `EventData`.
fn parts(record: &Value) -> (Map<String, Value>, Map<String, Value>) {
    const SYSTEM: [&str; 5] = ["EventID", "Channel", "Computer", "EventRecordID", "TimeCreated"];
    let (mut system, mut data) = (Map::new(), Map::new());
    for (name, value) in record.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        if SYSTEM.contains(&&**name) {
            system.insert(name.clone(), value.clone());
        } else if name == "Hostname" {
            system.insert("Computer".to_owned(), value.clone());
        } else {
            data.insert(name.clone(), json!(text(value)));
        }
    }
    system.entry("EventID").or_insert(json!(1));
    system.entry("Channel").or_insert(json!("Microsoft-Windows-Sysmon/Operational"));
    (system, data)
}

fn text(value: &Value) -> String {
    super::text::plain(value)
}

fn lines(records: &[Value], before: &str) -> Vec<u8> {
    let lines: Vec<String> = records.iter().map(|record| format!("{before}{}\n", xml(record))).collect();
    lines.concat().into_bytes()
}

fn xml(record: &Value) -> String {
    let (mut system, data) = parts(record);
    let time = system.remove("TimeCreated").unwrap_or_default();
    let mut xml = String::from(
        "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>\
         <Provider Name=\"Microsoft-Windows-Sysmon\"/>",
    );
    if !time.is_null() {
        let _ = write!(xml, "<TimeCreated SystemTime=\"{}\"/>", escaped(&text(&time)));
    }
    for (name, value) in &system {
        let _ = write!(xml, "<{name}>{}</{name}>", escaped(&text(value)));
    }
    xml += "</System><EventData>";
    for (name, value) in &data {
        let _ = write!(xml, "<Data Name=\"{}\">{}</Data>", escaped(name), escaped(&text(value)));
    }
    xml + "</EventData></Event>"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
