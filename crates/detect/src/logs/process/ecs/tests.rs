use serde_json::json;

use crate::event::LogType;
use crate::event::testing::{in_every_cut, read};

#[test]
fn process_starts() {
    let document = json!({
        "@timestamp": "2026-11-20T10:00:00.000Z", "event": {"category": ["process"], "type": ["start"], "action": "exec", "id": "ev-1", "dataset": "endpoint.events.process"},
        "host": {"name": "web-1", "id": "h"}, "user": {"name": "root"},
        "process": {"pid": 4711, "executable": "/usr/bin/bash", "command_line": "bash -c id", "hash": {"sha256": "ab"},
            "parent": {"executable": "/usr/bin/ssm-document-worker", "pid": 10}}
    });
    for document in in_every_cut(&document) {
        let (log, facts) = read(&document);
        assert_eq!((log, facts.event_uid.as_str()), (LogType::ProcessCreation, "ev-1"), "{document}");
        let process = facts.process.unwrap();
        assert_eq!(
            (process.image.as_deref(), process.command_line.as_deref()),
            (Some("/usr/bin/bash"), Some("bash -c id"))
        );
        assert_eq!(
            (process.parent_image.as_deref(), process.host.as_deref(), process.pid),
            (Some("/usr/bin/ssm-document-worker"), Some("web-1"), Some(4711))
        );
        assert!(!facts.actor.is_human);
    }
    let mut end = document.clone();
    end["event"]["type"] = json!(["end"]);
    end["event"]["action"] = json!("end");
    assert_eq!(read(&end).0, LogType::EndpointOther);
}
