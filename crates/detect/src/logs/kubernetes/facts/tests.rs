use serde_json::{Value, json};

use crate::event::testing::{facts, merged, read};
use crate::facts::{ActorKind, OutcomeKind};
use crate::log_type::LogType;

const CLUSTER: &str = "/SUBSCRIPTIONS/00000000-0000-4000-8000-0000000000AA/RESOURCEGROUPS/RG-SHOP/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/K1";

fn call() -> Value {
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "a1", "stage": "ResponseStarted", "verb": "create",
        "requestURI": "/api/v1/namespaces/shop/pods/web-0/exec?command=sh",
        "user": {"username": "alice@example.com", "groups": ["system:authenticated"],
            "extra": {"oid": ["00000000-0000-4000-8000-0000000000A1"]}},
        "sourceIPs": ["198.51.100.7"], "userAgent": "kubectl/v1.34",
        "objectRef": {"resource": "pods", "subresource": "exec", "namespace": "shop", "name": "web-0"},
        "responseStatus": {"code": 101}, "stageTimestamp": "2026-11-20T09:10:01.5Z"
    })
}

fn record(event: &Value) -> Value {
    json!({"time": "2026-11-20T09:10:00Z", "resourceId": CLUSTER, "category": "kube-audit",
        "operationName": "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
        "properties": {"log": event.to_string(), "stream": "stdout"}})
}

fn with(patch: &Value) -> crate::facts::Facts {
    facts(&record(&merged(&call(), patch)))
}

#[test]
fn a_shell_in_a_pod() {
    let (log, facts) = read(&record(&call()));
    assert_eq!(log, LogType::KubernetesAudit);
    assert_eq!(facts.action.key, "kubernetes:create pods/exec");
    assert_eq!((facts.event_uid.as_str(), facts.outcome.kind), ("a1", OutcomeKind::Success));
    assert_eq!((facts.actor.display.as_str(), facts.actor.kind), ("alice@example.com", ActorKind::User));
    assert_eq!(facts.actor.key, "000000000000400080000000000000a1", "the key that Entra's own logs have");
    assert_eq!(facts.target.names, ["shop/web-0"]);
    assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.7");
    assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T09:10:01.5Z");
    assert_eq!(facts.scope.account, "00000000-0000-4000-8000-0000000000aa");
}

#[test]
fn the_end_of_a_call_by_its_status() {
    for (status, stage, kind) in [
        (json!({"code": 403}), "ResponseComplete", OutcomeKind::Denied),
        (json!({"code": 404}), "ResponseComplete", OutcomeKind::Failed),
        (json!({"code": 429}), "ResponseComplete", OutcomeKind::Throttled),
        (json!(null), "RequestReceived", OutcomeKind::Pending),
        (json!({"code": 200}), "ResponseComplete", OutcomeKind::Success),
    ] {
        assert_eq!(
            with(&json!({"responseStatus": status, "stage": stage})).outcome.kind,
            kind,
            "{status} {stage}"
        );
    }
}

#[test]
fn callers_that_are_no_people() {
    let kind = |name: &str| {
        let actor = with(&json!({"user": {"username": name, "extra": null}})).actor;
        (actor.kind, actor.is_human)
    };
    assert_eq!(kind("system:serviceaccount:shop:deploy"), (ActorKind::ServicePrincipal, false));
    assert_eq!(kind("system:kube-scheduler"), (ActorKind::Service, false));
    assert_eq!(kind("aksService"), (ActorKind::Service, false));
}

#[test]
fn a_line_of_the_category_that_holds_no_event_is_a_resources_log() {
    let mut other = record(&call());
    other["properties"]["log"] = json!("I1120 started");
    assert_eq!(read(&other).0, LogType::AzureResource);
}
