use std::borrow::Cow;

use serde_json::{Value, json};

use super::java;
use crate::event::testing::{facts, read, with};
use crate::event::{ActorKind, LogType, OutcomeKind};

/// The same document with every key written out in full.
fn dotted(value: &Value) -> Value {
    fn walk(value: &Value, path: &str, out: &mut serde_json::Map<String, Value>) {
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    walk(value, &path, out);
                }
            }
            other => {
                out.insert(path.to_owned(), other.clone());
            }
        }
    }
    let mut out = serde_json::Map::new();
    walk(value, "", &mut out);
    Value::Object(out)
}

fn in_every_cut(document: &Value) -> [Value; 3] {
    [document.clone(), dotted(document), json!({"_index": "logs", "_id": "1", "_source": document})]
}

fn send_command(parameters: Value) -> Value {
    let mut document = json!({
        "@timestamp": "2026-11-20T10:00:00.000Z", "source": {"address": "198.51.100.7", "ip": "198.51.100.7"},
        "event": {"provider": "ssm.amazonaws.com", "action": "SendCommand", "dataset": "aws.cloudtrail", "outcome": "success",
            "id": "00000000-0000-4000-8000-000000000002", "kind": "event"},
        "cloud": {"region": "eu-west-1", "account": {"id": "111122223333"}}, "user": {"name": "dana"},
        "user_agent": {"original": "aws-cli/2.31.0"},
        "aws": {"cloudtrail": {"event_version": "1.11", "event_type": "AwsApiCall", "recipient_account_id": "111122223333",
            "user_identity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/Ops/dana@example.com",
                "session_context": {"mfa_authenticated": "true", "session_issuer": {"arn": "arn:aws:iam::111122223333:role/Ops", "type": "Role"}}}}}
    });
    let Value::Object(more) = parameters else { unreachable!("an object") };
    document["aws"]["cloudtrail"].as_object_mut().unwrap().extend(more);
    document
}

#[test]
fn cloudtrail_with_flattened_json_or_printed_parameters() {
    let ids = json!({"documentName": "AWS-RunShellScript", "instanceIds": ["i-00000001", "i-00000002"]});
    for parameters in [
        json!({"flattened": {"request_parameters": ids}}),
        json!({"request_parameters": ids.to_string()}),
        json!({"request_parameters": "{documentName=AWS-RunShellScript, instanceIds=[i-00000001, i-00000002]}"}),
    ] {
        for document in in_every_cut(&send_command(parameters.clone())) {
            let (log, facts) = read(&document);
            assert_eq!(log, LogType::CloudTrail, "{document}");
            assert_eq!(facts.identity(), "111122223333/00000000-0000-4000-8000-000000000002");
            assert_eq!(facts.action.key, "ssm:SendCommand");
            assert_eq!(facts.target.ids, ["i-00000001", "i-00000002"], "{document}");
            assert_eq!(facts.document.as_deref(), Some("AWS-RunShellScript"));
            assert_eq!(facts.actor.key, "arn:aws:iam::111122223333:role/Ops#dana@example.com");
            assert_eq!((facts.actor.mfa, facts.outcome.kind), (Some(true), OutcomeKind::Success));
            assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.7");
            assert_eq!(facts.scope.region.as_deref(), Some("eu-west-1"));
        }
    }
}

#[test]
fn the_original_is_read_where_it_was_kept() {
    let original = json!({"eventName": "StartSession", "eventSource": "ssm.amazonaws.com", "eventID": "original",
        "requestParameters": {"target": "i-00000001"}});
    let mut document = send_command(json!({}));
    document["event"]["original"] = json!(original.to_string());
    let facts = facts(&document);
    assert_eq!((facts.event_uid.as_str(), facts.target.ids[0].as_str()), ("original", "i-00000001"));
    document["event"]["original"] = json!("{cut off");
    assert_eq!(read(&document).1.action.key, "ssm:SendCommand");
}

#[test]
fn console_login_keeps_its_second_factor() {
    let mut document = send_command(
        json!({"console_login": {"additional_eventdata": {"mfa_used": false, "login_to": "https://example.com"}}}),
    );
    document["event"]["action"] = json!("ConsoleLogin");
    document["event"]["provider"] = json!("signin.amazonaws.com");
    document["aws"]["cloudtrail"]["user_identity"] =
        json!({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/dana"});
    document["aws"]["cloudtrail"]["response_elements"] = json!("{ConsoleLogin=Success}");
    let facts = facts(&document);
    assert_eq!((facts.actor.mfa, facts.outcome.kind), (Some(false), OutcomeKind::Success));
}

#[test]
fn printed_maps() {
    for (text, expected) in [
        ("{a=b}", r#"{"a":"b"}"#),
        ("{a=b, c=[d, e], f={g=h}}", r#"{"a":"b","c":["d","e"],"f":{"g":"h"}}"#),
        ("{a=one, two, b=c}", r#"{"a":"one, two","b":"c"}"#),
        ("{a=null, b=true, c=}", r#"{"a":null,"b":true,"c":""}"#),
        ("{targets=[{key=tag:env, values=[prod]}]}", r#"{"targets":[{"key":"tag:env","values":["prod"]}]}"#),
        ("{}", "{}"),
    ] {
        assert_eq!(java::object(text).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(java::object("plain"), None);
}

#[test]
fn activity_logs() {
    let vm = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/web-1";
    let document = json!({
        "@timestamp": "2026-11-20T10:00:00.000Z", "source": {"ip": "198.51.100.7"},
        "event": {"dataset": "azure.activitylogs", "action": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "outcome": "success"},
        "azure": {"correlation_id": "corr-1", "resource": {"id": vm.to_uppercase()}, "tenant_id": "00000000-0000-4000-8000-0000000000ee",
            "activitylogs": {"operation_name": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "category": "Administrative",
                "result_type": "Success", "result_signature": "Succeeded.OK",
                "identity": {"authorization": {"action": "Microsoft.Compute/virtualMachines/runCommand/action",
                        "evidence": {"principal_id": "000000000000400080000000000000bb", "principal_type": "User", "role": "Owner"}},
                    "claims": {"http://schemas_xmlsoap_org/ws/2005/05/identity/claims/upn": "dana@example.com"},
                    "claims_initiated_by_user": {"name": "dana@example.com"}},
                "properties": {"status_code": "OK", "entity": vm}}}
    });
    for document in in_every_cut(&document) {
        let (log, facts) = read(&document);
        assert_eq!((log, facts.outcome.kind), (LogType::AzureActivity, OutcomeKind::Success), "{document}");
        assert_eq!(facts.target.ids, [vm.to_lowercase()]);
        assert_eq!(facts.target.names, [vm]);
        assert_eq!(
            (facts.actor.key.as_str(), facts.actor.kind),
            ("000000000000400080000000000000bb", ActorKind::User),
            "{document}"
        );
        assert_eq!(
            (facts.actor.display.as_str(), facts.actor.role.as_deref()),
            ("dana@example.com", Some("Owner"))
        );
        assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.7");
        assert_eq!(facts.correlation_id.as_deref(), Some("corr-1"));
    }
}

#[test]
fn sign_ins() {
    let document = json!({
        "@timestamp": "2026-11-20T10:00:05.000Z", "source": {"ip": "198.51.100.7", "as": {"number": 64500}, "geo": {"country_iso_code": "NL"}},
        "event": {"dataset": "azure.signinlogs", "action": "Sign-in activity"}, "user_agent": {"original": "Mozilla/5.0"},
        "azure": {"tenant_id": "00000000-0000-4000-8000-0000000000ee", "correlation_id": "corr-1", "signinlogs": {
            "category": "NonInteractiveUserSignInLogs", "result_type": "0", "operation_name": "Sign-in activity", "identity": "Dana",
            "properties": {"id": "signin-1", "user_id": "00000000-0000-4000-8000-0000000000bb", "user_principal_name": "dana@example.com",
                "created_at": "2026-11-20T10:00:00Z", "app_display_name": "Azure CLI", "app_id": "app-1", "risk_level_during_signin": "high",
                "risk_event_types_v2": ["anonymizedIPAddress"], "status": {"error_code": 0}, "device_detail": {"trust_type": "Joined"},
                "authentication_protocol": "deviceCode", "resource_display_name": "ARM", "authentication_requirement": "singleFactorAuthentication"}}}
    });
    for document in in_every_cut(&document) {
        with(&document.to_string(), |event| {
            assert_eq!(event.log(), LogType::EntraSignIn);
            let risk = event
                .document()
                .get("properties.riskLevelDuringSignIn")
                .and_then(|node| node.as_str().map(Cow::into_owned));
            assert_eq!(risk.as_deref(), Some("high"), "{document}");
            let facts = event.facts();
            assert_eq!(
                (facts.event_uid.as_str(), facts.action.key.as_str()),
                ("signin-1", "signin:NonInteractiveUserSignInLogs")
            );
            assert_eq!(
                (facts.actor.key.as_str(), facts.actor.mfa),
                ("000000000000400080000000000000bb", Some(false))
            );
            assert_eq!((facts.source.asn, facts.source.country.as_deref()), (Some(64500), Some("NL")));
            assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T10:00:00Z");
            let entra = facts.entra.clone().unwrap();
            assert_eq!(
                (entra.risk_types, entra.device_trust.as_deref()),
                (vec!["anonymizedIPAddress".to_owned()], Some("Joined"))
            );
        })
        .unwrap();
    }
}

#[test]
fn audit_logs() {
    let document = json!({
        "@timestamp": "2026-11-20T10:00:05.000Z", "event": {"dataset": "azure.auditlogs", "action": "Add member to role"},
        "azure": {"tenant_id": "t", "auditlogs": {"category": "AuditLogs", "operation_name": "Add member to role", "properties": {
            "id": "Directory_1", "activity_display_name": "Add member to role", "result": "success",
            "initiated_by": {"user": {"id": "00000000-0000-4000-8000-0000000000bb", "userPrincipalName": "dana@example.com"}},
            "target_resources": {"0": {"display_name": "eve", "type": "User"}}}}}
    });
    let (log, facts) = read(&document);
    assert_eq!((log, facts.event_uid.as_str()), (LogType::EntraAudit, "Directory_1"));
    assert_eq!(
        (facts.actor.display.as_str(), facts.action.key.as_str()),
        ("dana@example.com", "audit:Add member to role")
    );
    assert_eq!(
        (facts.target.names.as_slice(), facts.target.kind.as_str()),
        (&["eve".to_owned()][..], "User")
    );
}

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
