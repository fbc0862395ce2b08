use serde_json::{Value, json};

use crate::event::testing::{facts, merged, read};
use crate::event::{ActorKind, LogType, OutcomeKind};

fn set_metadata() -> Value {
    json!({"insertId": "abc123", "timestamp": "2026-11-20T10:00:00.123456789Z", "severity": "NOTICE",
        "logName": "projects/example-project/logs/cloudaudit.googleapis.com%2Factivity",
        "resource": {"type": "gce_instance", "labels": {"project_id": "example-project", "zone": "europe-west1-b", "instance_id": "1234567890"}},
        "protoPayload": {"serviceName": "compute.googleapis.com", "methodName": "v1.compute.instances.setMetadata",
            "resourceName": "projects/example-project/zones/europe-west1-b/instances/web-1",
            "authenticationInfo": {"principalEmail": "Dana@example.com"},
            "requestMetadata": {"callerIp": "198.51.100.7", "callerSuppliedUserAgent": "gcloud"}}})
}

#[test]
fn the_envelope() {
    let (log, facts) = read(&set_metadata());
    assert_eq!(
        (log, facts.action.key.as_str()),
        (LogType::GcpAudit, "compute:v1.compute.instances.setMetadata")
    );
    assert_eq!((facts.event_uid.as_str(), facts.scope.account.as_str()), ("abc123", "example-project"));
    assert_eq!((facts.actor.key.as_str(), facts.actor.kind), ("dana@example.com", ActorKind::User));
    assert_eq!(
        (facts.target.ids[0].as_str(), facts.source.ip.unwrap().to_string().as_str()),
        ("1234567890", "198.51.100.7")
    );
    assert_eq!(facts.scope.region.as_deref(), Some("europe-west1-b"));
}

#[test]
fn outcomes_and_service_accounts() {
    use OutcomeKind::{Denied, Failed, Success, Throttled};
    for (code, expected) in [(0, Success), (7, Denied), (16, Denied), (8, Throttled), (5, Failed)] {
        let record = merged(&set_metadata(), &json!({"protoPayload": {"status": {"code": code}}}));
        assert_eq!(facts(&record).outcome.kind, expected, "{code}");
    }
    let refused =
        merged(&set_metadata(), &json!({"protoPayload": {"authorizationInfo": [{"granted": false}]}}));
    assert_eq!(facts(&refused).outcome.kind, Denied);
    let robot = merged(
        &set_metadata(),
        &json!({"protoPayload": {
        "authenticationInfo": {"principalEmail": "ci@example-project.iam.gserviceaccount.com"},
        "requestMetadata": {"callerIp": "private"}}}),
    );
    let robot = facts(&robot);
    assert_eq!((robot.actor.kind, robot.source.kind()), (ActorKind::ServicePrincipal, Some("service")));
}
