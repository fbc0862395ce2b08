use serde_json::{Value, json};

use crate::event::LogType;
use crate::event::testing::read;

fn event(id: i64, channel: &str, data: &Value) -> Value {
    json!({"channel": channel, "computer": "web-01", "event_id": {"id": id, "qualifiers": 0}, "level": "Information",
        "provider": {"name": "Microsoft-Windows-Security-Auditing"}, "record_id": 12345, "task": "Process Creation",
        "system_time": "2026-11-20T09:00:00.1234567Z", "message": "A new process has been created.", "event_data": data})
}

#[test]
fn a_process_start_is_read_from_a_map_and_from_a_list_of_names() {
    let data = json!({"NewProcessName": "C:\\Windows\\System32\\cmd.exe", "CommandLine": "cmd.exe /c whoami",
        "SubjectUserName": "dana", "SubjectDomainName": "EXAMPLE", "NewProcessId": "0x1f4c", "ProcessId": "0xe54"});
    let members = data.as_object().unwrap();
    let list: Vec<Value> = members.iter().map(|(name, value)| json!({name: value})).collect();
    for data in [data.clone(), json!({"data": list})] {
        let (log, facts) = read(&event(4688, "Security", &data));
        assert_eq!(log, LogType::ProcessCreation);
        let process = facts.process.unwrap();
        assert_eq!(process.image.as_deref(), Some("C:\\Windows\\System32\\cmd.exe"), "{data}");
        assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T09:00:00.1234567Z");
        assert_eq!(facts.actor.display, "EXAMPLE\\dana");
    }
}

#[test]
fn other_events_are_no_process_starts() {
    let (log, _) = read(&event(4624, "Security", &json!({"TargetUserName": "dana"})));
    assert_eq!(log, LogType::EndpointOther);
}
