use serde_json::{Value, json};

use crate::event::testing::{facts, in_every_cut, read};
use crate::event::{LogType, OutcomeKind};

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
            assert_eq!(facts.actor.key, "arn:aws:iam::111122223333:role/Ops");
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
