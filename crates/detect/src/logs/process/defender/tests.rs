use std::borrow::Cow;

use serde_json::json;

use crate::event::LogType;
use crate::event::testing::{merged, read, with};

#[test]
fn streamed_and_flat() {
    let row = json!({"Timestamp": "2026-11-20T10:00:00Z", "DeviceName": "web-1.example.com", "ActionType": "ProcessCreated",
        "FileName": "powershell.exe", "FolderPath": "C:\\Windows\\System32\\powershell.exe", "ProcessId": 4711,
        "ProcessCommandLine": "powershell -enc AAAA", "AccountDomain": "example", "AccountName": "dana", "AccountSid": "S-1-5-21-1",
        "InitiatingProcessFileName": "RunCommandExtension.exe", "InitiatingProcessFolderPath": "C:\\Packages\\Plugins",
        "InitiatingProcessCommandLine": "RunCommandExtension.exe enable", "InitiatingProcessParentFileName": "WaAppAgent.exe",
        "MD5": "00112233445566778899aabbccddeeff", "SHA1": "", "ProcessIntegrityLevel": "System", "DeviceId": "d", "ReportId": 1});
    let streamed = json!({"time": "2026-11-20T10:01:00Z", "tenantId": "00000000-0000-4000-8000-0000000000ee", "operationName": "Publish",
        "category": "AdvancedHunting-DeviceProcessEvents", "properties": row});
    for record in [row.clone(), streamed.clone()] {
        with(&record.to_string(), |event| {
            assert_eq!(event.log(), LogType::ProcessCreation);
            let get =
                |path: &str| event.document().get(path).and_then(|node| node.scalar().map(Cow::into_owned));
            assert_eq!(get("Image").as_deref(), Some("C:\\Windows\\System32\\powershell.exe"));
            assert_eq!(get("ParentImage").as_deref(), Some("C:\\Packages\\Plugins\\RunCommandExtension.exe"));
            assert_eq!(get("GrandparentImage").as_deref(), Some("WaAppAgent.exe"));
            assert_eq!(get("Hashes").as_deref(), Some("MD5=00112233445566778899aabbccddeeff"));
            let facts = event.facts();
            assert_eq!(
                (facts.actor.display.as_str(), facts.target.ids[0].as_str()),
                ("example\\dana", "web-1.example.com")
            );
            assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T10:00:00Z");
        })
        .unwrap();
    }
    let access = merged(&streamed, &json!({"properties": {"ActionType": "OpenProcess"}}));
    assert_eq!(read(&access).0, LogType::EndpointOther);
    let network = merged(&streamed, &json!({"category": "AdvancedHunting-DeviceNetworkEvents"}));
    assert_eq!(read(&network).0, LogType::EndpointOther);
}
