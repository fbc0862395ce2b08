use std::borrow::Cow;

use serde_json::{Value, json};

use crate::event::LogType;
use crate::event::testing::{facts, read, with};

/// A Security 4688 and a Sysmon 1 record in every form; each must say the same.
fn security_data() -> Value {
    json!({"SubjectUserSid": "S-1-5-21-1-2-3-500", "SubjectUserName": "dana", "SubjectDomainName": "EXAMPLE",
        "SubjectLogonId": "0x3e7", "NewProcessId": "0x1a2b", "NewProcessName": "C:\\Windows\\System32\\cmd.exe",
        "ProcessId": "0x10", "CommandLine": "cmd.exe /c whoami", "TargetUserName": "-", "TargetDomainName": "-",
        "TargetLogonId": "0x0", "ParentProcessName": "C:\\Windows\\explorer.exe", "MandatoryLabel": "S-1-16-12288"})
}

fn sysmon_data() -> Value {
    json!({"UtcTime": "2026-11-20 10:00:00.123", "ProcessId": "6699", "Image": "C:\\Windows\\System32\\cmd.exe",
        "CommandLine": "cmd.exe /c whoami", "User": "EXAMPLE\\dana", "LogonId": "0x3e7", "IntegrityLevel": "High",
        "Hashes": "MD5=00112233445566778899AABBCCDDEEFF,IMPHASH=FFEEDDCCBBAA99887766554433221100", "ParentProcessId": "16", "ParentImage": "C:\\Windows\\explorer.exe"})
}

fn joined(head: Value, data: Value) -> Value {
    let (mut head, Value::Object(data)) = (head, data) else { unreachable!("objects") };
    head.as_object_mut().unwrap().extend(data);
    head
}

fn xml(id: i64, channel: &str, provider: &str, data: &Value) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let mut named = String::new();
    for (name, value) in data.as_object().unwrap() {
        let value = escaped(value.as_str().unwrap());
        named.extend(["<Data Name=\"", name, "\">", &value, "</Data>"]);
    }
    format!(
        "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System><Provider Name=\"{provider}\" Guid=\"{{0}}\"/>\
         <EventID>{id}</EventID><TimeCreated SystemTime=\"2026-11-20T10:00:00.5Z\"/><EventRecordID>77</EventRecordID>\
         <Channel>{channel}</Channel><Computer>web-1</Computer><Security/></System><EventData>{named}</EventData></Event>"
    )
}

fn forms(id: i64, channel: &str, provider: &str, data: &Value) -> Vec<(&'static str, String)> {
    let head = json!({"EventID": id, "Channel": channel, "SourceName": provider, "Hostname": "web-1", "@timestamp": "2026-11-20T10:00:00.5Z"});
    let winlog = json!({"event_id": id.to_string(), "channel": channel, "provider_name": provider, "computer_name": "web-1",
        "event_data": data, "record_id": 77});
    let dotted: serde_json::Map<_, _> = data
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (format!("winlog.event_data.{name}"), value.clone()))
        .chain([
            ("winlog.event_id".to_owned(), json!(id)),
            ("winlog.channel".to_owned(), json!(channel)),
            ("winlog.computer_name".to_owned(), json!("web-1")),
        ])
        .collect();
    let system = json!({"Provider": {"#attributes": {"Name": provider}}, "EventID": id, "Channel": channel, "Computer": "web-1",
        "TimeCreated": {"#attributes": {"SystemTime": "2026-11-20T10:00:00.5Z"}}, "EventRecordID": 77});
    let named: Vec<_> = data
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| json!({"@Name": name, "#text": value}))
        .collect();
    let text = xml(id, channel, provider, data);
    let lower: serde_json::Map<_, _> = data
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (format!("{}{}", name[..1].to_lowercase(), &name[1..]), value.clone()))
        .collect();
    let head_of_wazuh = json!({"providerName": provider, "eventID": id.to_string(), "channel": channel, "computer": "web-1",
        "systemTime": "2026-11-20T10:00:00.5Z", "eventRecordID": "77"});
    vec![
        ("wazuh", json!({"rule": {"id": "1"}, "data": {"win": {"system": head_of_wazuh, "eventdata": lower}}}).to_string()),
        ("without a root", json!({"System": system, "EventData": data, "Message": "x"}).to_string()),
        ("data below data", json!({"Event": {"System": system, "EventData": {"Data": data}}}).to_string()),
        ("chainsaw", json!({"Event": {"System": {"Provider_attributes": {"Name": provider}, "EventID": id, "Channel": channel,
            "Computer": "web-1", "TimeCreated_attributes": {"SystemTime": "2026-11-20T10:00:00.5Z"}}, "EventData": data}}).to_string()),
        ("EvtxECmd", json!({"EventId": id.to_string(), "Channel": channel, "Provider": provider, "Computer": "web-1",
            "TimeCreated": "2026-11-20 10:00:00.5", "ProcessId": "4",
            "Payload": json!({"EventData": {"Data": named}}).to_string()}).to_string()),
        ("flat", joined(head, data.clone()).to_string()),
        ("winlogbeat", json!({"@timestamp": "2026-11-20T10:00:00.5Z", "winlog": winlog, "event": {"code": id.to_string()}}).to_string()),
        ("winlogbeat, dotted", Value::Object(dotted).to_string()),
        ("dumped", json!({"Event": {"System": system, "EventData": data}}).to_string()),
        ("dumped, named", json!({"Event": {"System": system, "EventData": {"Data": named}}}).to_string()),
        ("panther", json!({"EventID": id.to_string(), "Channel": channel, "ProviderName": provider, "Computer": "web-1",
            "TimeCreated": "2026-11-20 10:00:00.5 +0000", "ExtraEventData": data}).to_string()),
        ("an XML string in a row", json!({"EventID": id, "EventLog": channel, "Source": provider, "Computer": "web-1",
            "TimeGenerated": "2026-11-20T10:00:00.5Z", "EventData": text}).to_string()),
        ("diagnostics", json!({"time": "2026-11-20T10:00:00.5Z", "category": "WindowsEventLogsTable", "properties":
            {"Channel": channel, "EventId": id, "ProviderName": provider, "RawXml": text}}).to_string()),
        ("elastic, original", json!({"event": {"code": id.to_string(), "kind": "event", "original": text}}).to_string()),
        ("XML", text),
    ]
}

#[test]
fn security_4688_in_every_form() {
    for (name, record) in forms(4688, "Security", "Microsoft-Windows-Security-Auditing", &security_data()) {
        with(&record, |event| {
            assert_eq!(event.log(), LogType::ProcessCreation, "{name}");
            let get =
                |path: &str| event.document().get(path).and_then(|node| node.scalar().map(Cow::into_owned));
            assert_eq!(get("Image").as_deref(), Some("C:\\Windows\\System32\\cmd.exe"), "{name}");
            assert_eq!(get("ParentImage").as_deref(), Some("C:\\Windows\\explorer.exe"), "{name}");
            assert_eq!(get("User").as_deref(), Some("EXAMPLE\\dana"), "{name}");
            assert_eq!(get("ProcessId").as_deref(), Some("0x1a2b"), "{name}");
            assert_eq!(get("ParentProcessId").as_deref(), Some("0x10"), "{name}");
            assert_eq!(get("LogonId").as_deref(), Some("0x3e7"), "{name}");
            assert_eq!(get("IntegrityLevel").as_deref(), Some("High"), "{name}");
            let facts = event.facts();
            assert_eq!(facts.process.as_ref().unwrap().pid, Some(0x1a2b), "{name}");
            assert_eq!(facts.target.ids, ["web-1"], "{name}");
            if name != "winlogbeat, dotted" {
                assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T10:00:00.5Z", "{name}");
            }
        })
        .unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

#[test]
fn sysmon_1_in_every_form() {
    for (name, record) in
        forms(1, "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", &sysmon_data())
    {
        with(&record, |event| {
            assert_eq!(event.log(), LogType::ProcessCreation, "{name}");
            let facts = event.facts();
            let process = facts.process.as_ref().unwrap();
            assert_eq!(process.command_line.as_deref(), Some("cmd.exe /c whoami"), "{name}");
            assert_eq!(process.parent_image.as_deref(), Some("C:\\Windows\\explorer.exe"), "{name}");
            assert_eq!(
                (facts.actor.display.as_str(), process.host.as_deref()),
                ("EXAMPLE\\dana", Some("web-1")),
                "{name}"
            );
            assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T10:00:00.123Z", "{name}");
        })
        .unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

#[test]
fn data_without_names_goes_by_its_order() {
    let inserts = [
        "S-1-5-18",
        "dana",
        "EXAMPLE",
        "0x3e7",
        "0x1a2b",
        "C:\\x.exe",
        "%%1936",
        "0x10",
        "x /a",
        "S-1-0-0",
        "-",
        "-",
        "0x0",
        "C:\\p.exe",
        "S-1-16-12288",
    ];
    let facts = facts(
        &json!({"EventID": 4688, "Channel": "Security", "Computer": "web-1", "StringInserts": inserts}),
    );
    let process = facts.process.unwrap();
    assert_eq!(
        process.image.as_deref().zip(process.parent_image.as_deref()),
        Some(("C:\\x.exe", "C:\\p.exe"))
    );
    assert_eq!((facts.actor.display.as_str(), process.pid), ("EXAMPLE\\dana", Some(0x1a2b)));
}

#[test]
fn the_account_that_a_process_was_started_for_comes_first() {
    let mut data = security_data();
    data["TargetUserName"] = json!("svc");
    data["TargetDomainName"] = json!("EXAMPLE");
    data["TargetLogonId"] = json!("0x99");
    let record = joined(json!({"EventID": 4688, "Channel": "Security", "Computer": "web-1"}), data);
    let facts = facts(&record);
    assert_eq!((facts.actor.display.as_str(), facts.session_id.as_deref()), ("EXAMPLE\\svc", Some("0x99")));
}

#[test]
fn a_row_of_security_event_has_no_channel() {
    let record = joined(
        json!({"EventID": 4688, "Account": "EXAMPLE\\dana", "TimeGenerated": "2026-11-20T10:00:00Z", "Computer": "web-1"}),
        security_data(),
    );
    assert_eq!(read(&record).0, LogType::ProcessCreation);
}

#[test]
fn diagnostics_without_xml_are_read_from_their_text() {
    let record = |id: i64, description: &str| {
        json!({"time": "2026-11-20T10:00:00Z", "category": "WindowsEventLogsTable",
            "properties": {"Channel": "x", "EventId": id, "ProviderName": "y", "Description": description, "RoleInstance": "web-1"}})
    };
    let sysmon = facts(&record(
        1,
        "Process Create:\r\nUtcTime: 2026-11-20 10:00:00.123\r\nImage: C:\\cmd.exe\r\nUser: EXAMPLE\\dana\r\nParentImage: C:\\p.exe",
    ));
    assert_eq!(sysmon.actor.display, "EXAMPLE\\dana");
    assert_eq!(sysmon.process.unwrap().parent_image.as_deref(), Some("C:\\p.exe"));
    let security = facts(&record(
        4688,
        "A new process has been created.\r\n\r\nCreator Subject:\r\n\tAccount Name:\t\tdana\r\n\tAccount Domain:\t\tEXAMPLE\r\n\r\nTarget Subject:\r\n\tAccount Name:\t\t-\r\n\r\nProcess Information:\r\n\tNew Process Name:\tC:\\cmd.exe\r\n\tCreator Process Name:\tC:\\p.exe\r\n",
    ));
    assert_eq!(security.actor.display, "EXAMPLE\\dana");
    assert_eq!(security.process.unwrap().image.as_deref(), Some("C:\\cmd.exe"));
    assert_eq!(read(&record(4624, "An account was logged on.")).0, LogType::EndpointOther);
}

#[test]
fn other_events_are_endpoint_events() {
    for record in [
        json!({"EventID": 4624, "Channel": "Security", "Computer": "web-1"}),
        json!({"EventID": 1, "Channel": "System", "SourceName": "Kernel-General", "Computer": "web-1"}),
        json!({"EventID": 3, "Channel": "Microsoft-Windows-Sysmon/Operational", "Hostname": "web-1"}),
        json!({"winlog": {"event_id": 4624, "channel": "Security"}, "@timestamp": "2026-11-20T10:00:00Z"}),
        json!({"Event": {"System": {"EventID": {"#text": 4624}}}}),
    ] {
        assert_eq!(read(&record).0, LogType::EndpointOther, "{record}");
    }
}

#[test]
fn what_came_as_text_for_people_is_read_in_any_language() {
    let french = "Un nouveau processus a été créé.\r\n\r\nSujet du créateur :\r\n\tID de sécurité :\t\tS-1-5-18\r\n\
        \tNom du compte :\t\tWEB-01$\r\n\r\nInformations sur le processus :\r\n\tID du nouveau processus :\t0x1f4\r\n\
        \tNom du nouveau processus :\tC:\\Windows\\System32\\cmd.exe\r\n\tType d’élévation du jeton :\t%%1936\r\n\
        \tID du processus créateur :\t0x2a8\r\n\tNom du processus créateur :\tC:\\Program Files\\Amazon\\SSM\\ssm-document-worker.exe\r\n\
        \tLigne de commande du processus :\tcmd /c \"set a:b\"\r\n\r\nLe type d’élévation…";
    let english = "A new process has been created.\r\n\r\nProcess Information:\r\n\tNew Process Name:\tC:\\Windows\\System32\\cmd.exe\r\n\
        \tCreator Process Name:\tC:\\Program Files\\Amazon\\SSM\\ssm-document-worker.exe\r\n\tProcess Command Line:\tcmd /c \"set a:b\"\r\n";
    for record in [
        json!({"EventID": 4688, "Channel": "Security", "Computer": "web-01", "Message": french}),
        json!({"EventID": 4688, "Channel": "Security", "Computer": "web-01", "Message": english}),
        // Fluent Bit's older plugin, Log Analytics.
        json!({"channel": "security", "event_id": "4688", "computer_name": "web-01", "source_name": "Microsoft-Windows-Security-Auditing",
            "description": english, "string_inserts": ["S-1-5-18"]}),
        json!({"EventID": 4688, "EventLog": "Security", "Computer": "web-01", "RenderedDescription": french}),
    ] {
        let text = record.to_string();
        crate::event::testing::with(&text, |event| {
            let said = |path: &str| {
                event
                    .document()
                    .get(path)
                    .and_then(trailhound_sigma::json::Node::as_str)
                    .map(std::borrow::Cow::into_owned)
            };
            assert_eq!(said("Image").as_deref(), Some("C:\\Windows\\System32\\cmd.exe"), "{record}");
            assert_eq!(
                said("ParentImage").as_deref(),
                Some("C:\\Program Files\\Amazon\\SSM\\ssm-document-worker.exe"),
                "{record}"
            );
            assert_eq!(said("CommandLine").as_deref(), Some("cmd /c \"set a:b\""), "{record}");
            assert_eq!(said("Computer").as_deref(), Some("web-01"), "{record}");
        })
        .unwrap_or_else(|error| panic!("{error:?}: {record}"));
    }
}
