use serde_json::{Value, json};

use crate::event::testing::with;
use crate::logs::log::SigmaSource;

/// Which of the three systems' sources a record meets.
fn met(record: &Value) -> String {
    let of = |product| SigmaSource::category(Some(product), "process_creation");
    let meets = |product| with(&record.to_string(), |event| super::meets(&of(product), event.document()));
    ["windows", "linux", "macos"]
        .into_iter()
        .filter(|product| meets(product).unwrap())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_record_meets_the_sources_of_its_own_system() {
    let sysmon = |channel: &str, image: &str| json!({"EventID": 1, "Channel": channel, "Image": image, "CommandLine": "x", "UtcTime": "2026-01-02 03:04:05"});
    let falcon = |platform: &str, image: &str| {
        json!({"event_simpleName": "ProcessRollup2", "event_platform": platform, "ImageFileName": image,
               "CommandLine": "x", "aid": "a"})
    };
    let defender = |folder: &str| {
        json!({"ProcessCommandLine": "x", "FolderPath": folder, "FileName": "x", "DeviceName": "d",
               "InitiatingProcessFileName": "y", "ActionType": "ProcessCreated"})
    };
    let ecs = |os: &Value, executable: &str| {
        json!({"@timestamp": "2026-01-02T03:04:05Z", "data_stream": {"dataset": "endpoint.events.process"},
               "event": {"dataset": "endpoint.events.process", "category": ["process"], "type": ["start"]},
               "process": {"executable": executable, "command_line": "x"}, "host": {"os": os, "name": "h"}})
    };
    for (record, due) in [
        (sysmon("Microsoft-Windows-Sysmon/Operational", r"C:\Windows\a.exe"), "windows"),
        (sysmon("Microsoft-Windows-Sysmon/Operational", "a.exe"), "windows"),
        (sysmon("Linux-Sysmon/Operational", "/usr/bin/a"), "linux"),
        (
            json!({"EventID": 4688, "Channel": "Security", "NewProcessName": r"C:\a.exe", "Computer": "h"}),
            "windows",
        ),
        (falcon("Win", r"\Device\HarddiskVolume1\a.exe"), "windows"),
        (falcon("Lin", "/usr/bin/a"), "linux"),
        (falcon("Mac", "/usr/bin/a"), "macos"),
        (defender(r"C:\Windows\System32\cmd.exe"), "windows"),
        (defender("/usr/bin/bash"), "linux macos"),
        (defender("/Applications/Safari.app/Contents/MacOS/Safari"), "macos"),
        (defender("/home/alice/a"), "linux"),
        (ecs(&json!({"type": "macos"}), "/usr/bin/a"), "macos"),
        (ecs(&json!({"type": "linux"}), "/usr/bin/a"), "linux"),
        (ecs(&json!({"family": "debian"}), "/usr/bin/a"), "linux"),
        (ecs(&json!({"type": "windows"}), r"C:\a.exe"), "windows"),
        (ecs(&json!({}), "a"), "windows linux macos"),
    ] {
        assert_eq!(met(&record), due, "{record}");
    }
}
