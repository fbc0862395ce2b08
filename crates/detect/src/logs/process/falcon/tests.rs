use std::borrow::Cow;

use serde_json::json;

use crate::event::LogType;
use crate::event::testing::{merged, read, with};

#[test]
fn bare_below_event_and_in_lower_case() {
    let event = json!({"event_simpleName": "ProcessRollup2", "event_platform": "Win", "aid": "aid-1", "cid": "cid-1", "aip": "198.51.100.7",
        "ImageFileName": "\\Device\\HarddiskVolume2\\Windows\\System32\\cmd.exe", "CommandLine": "cmd.exe", "ParentBaseFileName": "ssm-document-worker",
        "UserSid": "S-1-5-21-1-2-3-500", "RawProcessId": "3120", "AuthenticationId": "293628", "IntegrityLevel": "12288",
        "MD5HashData": "00112233445566778899aabbccddeeff", "SHA1HashData": "0000000000000000000000000000000000000000",
        "id": "00000000-0000-4000-8000-0000000000f1", "timestamp": "1795166101719"});
    let kept = json!({"event_simpleName": "ProcessRollup2", "fdr_event_type": "ProcessRollup2", "aid": "aid-1",
        "timestamp": "2026-11-20 09:15:01.719", "p_log_type": "x", "event": event});
    let lower: serde_json::Map<_, _> =
        event.as_object().unwrap().iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
    for record in [event.clone(), kept, json!(lower)] {
        with(&record.to_string(), |event| {
            assert_eq!(event.log(), LogType::ProcessCreation);
            let get =
                |path: &str| event.document().get(path).and_then(|node| node.scalar().map(Cow::into_owned));
            assert!(get("Image").unwrap().ends_with("\\cmd.exe"));
            assert_eq!(get("ParentImage").as_deref(), Some("ssm-document-worker"));
            assert_eq!(get("IntegrityLevel").as_deref(), Some("High"));
            assert_eq!(get("Hashes").as_deref(), Some("MD5=00112233445566778899aabbccddeeff"));
            let facts = event.facts();
            assert_eq!(
                (facts.actor.display.as_str(), facts.target.ids[0].as_str()),
                ("S-1-5-21-1-2-3-500", "aid-1")
            );
            assert_eq!(
                (facts.scope.account.as_str(), facts.event_uid.as_str()),
                ("cid-1", "00000000-0000-4000-8000-0000000000f1")
            );
            assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T09:15:01.719Z");
            assert_eq!(facts.process.as_ref().unwrap().pid, Some(3120));
        })
        .unwrap();
    }
    assert_eq!(
        read(&merged(&event, &json!({"event_simpleName": "SyntheticProcessRollup2"}))).0,
        LogType::ProcessCreation
    );
    assert_eq!(read(&merged(&event, &json!({"event_simpleName": "DnsRequest"}))).0, LogType::EndpointOther);
}
