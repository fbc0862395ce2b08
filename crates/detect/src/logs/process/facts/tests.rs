use serde_json::json;

use crate::event::testing::{facts, read};
use crate::event::{ActorKind, LogType, OutcomeKind};

#[test]
fn sysmon_as_it_is() {
    let record = json!({"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Hostname": "WEB-1.example.com",
        "@timestamp": "2026-11-20T02:00:00Z", "UtcTime": "2026-11-20 10:00:00.123", "Image": "C:\\Windows\\System32\\cmd.exe",
        "CommandLine": "cmd.exe  /c az login", "ParentImage": "C:\\Windows\\explorer.exe", "ProcessId": "4711",
        "User": "EXAMPLE\\dana", "LogonId": "0x1234", "RecordNumber": 77});
    let (log, facts) = read(&record);
    assert_eq!((log, facts.action.key.as_str()), (LogType::ProcessCreation, "process_start"));
    assert_eq!(facts.outcome.kind, OutcomeKind::Success);
    assert_eq!(
        facts.time.unwrap().to_string(),
        "2026-11-20T10:00:00.123Z",
        "Sysmon's own time, not the forwarder's"
    );
    assert_eq!(
        (facts.actor.key.as_str(), facts.actor.kind),
        ("web-1.example.com#example\\dana", ActorKind::Local)
    );
    assert_eq!((facts.actor.display.as_str(), facts.actor.is_human), ("EXAMPLE\\dana", true));
    assert_eq!(
        (facts.target.ids[0].as_str(), facts.target.names[0].as_str()),
        ("web-1.example.com", "WEB-1.example.com")
    );
    assert_eq!(facts.source.ip, None);
    assert_eq!(facts.session_id.as_deref(), Some("0x1234"));
    assert_eq!(facts.event_uid, "web-1.example.com/Microsoft-Windows-Sysmon/Operational/77");
    let process = facts.process.unwrap();
    assert_eq!((process.pid, process.image.as_deref()), (Some(4711), Some("C:\\Windows\\System32\\cmd.exe")));
    assert_eq!(process.command_line.as_deref(), Some("cmd.exe  /c az login"));
}

#[test]
fn machine_accounts_are_nobody() {
    for user in ["NT AUTHORITY\\SYSTEM", "EXAMPLE\\WEB-1$", "root", "S-1-5-18"] {
        let record = json!({"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "x", "User": user, "Computer": "h"});
        assert!(!facts(&record).actor.is_human, "{user}");
    }
}

#[test]
fn without_a_number_the_id_is_the_contents() {
    let record = json!({"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "x", "Computer": "h"});
    assert_eq!(facts(&record).event_uid.len(), 64);
}

#[test]
fn the_agents_folder_names_the_command() {
    let command = "00000000-0000-4000-8000-00000000c0de";
    for line in [
        format!(
            "sh -c /var/lib/amazon/ssm/i-0123456789abcdef0/document/orchestration/{command}/awsrunShellScript/0/_script.sh"
        ),
        format!(
            "powershell -File C:\\ProgramData\\Amazon\\SSM\\InstanceData\\i-0123456789abcdef0\\document\\orchestration\\{command}\\_script.ps1"
        ),
    ] {
        let record = json!({"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "x", "Computer": "h", "CommandLine": line});
        assert_eq!(facts(&record).command_id.as_deref(), Some(command), "{line}");
    }
    for line in ["orchestration", "sh /srv/orchestration/nightly/run.sh", "sh -c id"] {
        let record = json!({"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "x", "Computer": "h", "CommandLine": line});
        assert_eq!(facts(&record).command_id, None, "{line}");
    }
}
