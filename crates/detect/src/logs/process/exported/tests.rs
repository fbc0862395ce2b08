use serde_json::{Value, json};

use crate::event::LogType;
use crate::event::testing::{merged, read};

fn is_a_start(record: &Value) {
    let (log, facts) = read(record);
    assert_eq!(log, LogType::ProcessCreation, "{record}");
    let process = facts.process.unwrap();
    assert_eq!(process.image.as_deref(), Some("C:\\Windows\\System32\\cmd.exe"), "{record}");
    assert_eq!(process.command_line.as_deref(), Some("cmd.exe /c whoami"), "{record}");
    assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T09:00:00Z", "{record}");
    assert_eq!(facts.target.names[0], "WEB", "{record}");
}

#[test]
fn a_process_start_is_read_from_a_timeline() {
    let row = json!({"Timestamp": "2026-11-20 09:00:00.000 +00:00", "RuleTitle": "Proc Exec", "Level": "info", "Computer": "WEB",
        "Channel": "Sec", "EventID": 4688, "RecordID": 7,
        "Details": {"Cmdline": "cmd.exe /c whoami", "Proc": "C:\\Windows\\System32\\cmd.exe", "PID": "0x1", "User": "SYSTEM"},
        "ExtraFieldInfo": {"ParentProcessName": "C:\\a.exe"}});
    is_a_start(&row);
    assert_eq!(read(&row).1.process.unwrap().parent_image.as_deref(), Some("C:\\a.exe"));
    is_a_start(&merged(
        &row,
        &json!({"Details": "Cmdline: cmd.exe /c whoami ¦ Proc: C:\\Windows\\System32\\cmd.exe ¦ PID: 0x1 ¦ User: SYSTEM"}),
    ));
    is_a_start(&merged(&row, &json!({"EventID": 1, "Channel": "Sysmon"})));
    let other = merged(&row, &json!({"EventID": 4624}));
    assert_eq!(read(&other).0, LogType::EndpointOther);
}

#[test]
fn a_process_start_is_read_from_a_table_that_joins_its_data() {
    let strings = "S-1-5-18|WEB$|WORKGROUP|0x3e7|0x1a2c|C:\\Windows\\System32\\cmd.exe|%%1936|0x1b3c|cmd.exe /c whoami|S-1-0-0|-|-|0x0|C:\\a.exe|S-1-16-16384";
    is_a_start(
        &json!({"EventLog": "Security", "RecordNumber": "1", "TimeGenerated": "2026-11-20 09:00:00", "EventID": "4688",
        "SourceName": "Microsoft-Windows-Security-Auditing", "Strings": strings, "ComputerName": "WEB"}),
    );
}

#[test]
fn a_command_line_keeps_the_signs_that_join_its_event() {
    let before = "S-1-5-18|WEB$|WORKGROUP|0x3e7|0x1a2c|C:\\Windows\\System32\\cmd.exe|%%1936|0x1b3c";
    let behind = "|S-1-0-0|-|-|0x0|C:\\a.exe|S-1-16-16384";
    for line in ["cmd /c whoami", "cmd /c whoami | clip", "a|b||c|d|e|f|g|h|", ""] {
        for (behind, parent) in [(behind, Some("C:\\a.exe")), ("", None)] {
            let row = json!({"EventLog": "Security", "RecordNumber": "1", "TimeGenerated": "2026-11-20 09:00:00",
                "EventID": "4688", "SourceName": "Microsoft-Windows-Security-Auditing", "ComputerName": "WEB",
                "Strings": format!("{before}|{line}{behind}")});
            let process = read(&row).1.process.unwrap();
            assert_eq!(process.command_line.as_deref().unwrap_or_default(), line, "{row}");
            assert_eq!(process.parent_image.as_deref(), parent, "{row}");
        }
    }
}
