use serde_json::json;

use crate::event::LogType;
use crate::event::testing::read;

const TEXT: &str = "11/20/2026 10:00:00 AM\nLogName=Security\nEventCode=4688\nEventType=0\nComputerName=web-01.example.com\n\
    SourceName=Microsoft Windows security auditing.\nType=Information\nRecordNumber=12345\nKeywords=Audit Success\n\
    Message=A new process has been created.\n\nCreator Subject:\n\tAccount Name:\t\tdana\n\tAccount Domain:\t\tEXAMPLE\n\n\
    Process Information:\n\tNew Process ID:\t\t0x1f4c\n\tNew Process Name:\tC:\\Windows\\System32\\cmd.exe\n\
    \tCreator Process ID:\t0xe54\n\tProcess Command Line:\tcmd.exe /c whoami\n";

#[test]
fn a_process_start_is_read_from_its_text() {
    for (name, text) in [("_raw", TEXT.to_owned()), ("event", TEXT.replace('\n', "\r\n"))] {
        let (log, facts) =
            read(&json!({name: text, "_time": "2026-11-20T09:00:00Z", "sourcetype": "WinEventLog"}));
        assert_eq!(log, LogType::ProcessCreation);
        let process = facts.process.unwrap();
        assert_eq!(process.image.as_deref(), Some("C:\\Windows\\System32\\cmd.exe"));
        assert_eq!(process.command_line.as_deref(), Some("cmd.exe /c whoami"));
        assert_eq!(facts.target.names[0], "web-01.example.com");
        assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T09:00:00Z");
        assert_eq!(facts.actor.display, "EXAMPLE\\dana");
    }
}

#[test]
fn the_forwarders_own_clock_is_not_believed_and_other_events_are_no_starts() {
    assert_eq!(read(&json!({"_raw": TEXT})).1.time, None);
    let logon = TEXT.replace("EventCode=4688", "EventCode=4624");
    assert_eq!(read(&json!({"_raw": logon})).0, LogType::EndpointOther);
}
