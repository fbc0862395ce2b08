mod actors;

use serde_json::{Value, json};

use crate::event::testing::{facts, merged, read};
use crate::event::{LogType, OutcomeKind, Tunnel};

const INSTANCE: &str = "i-0123456789abcdef0";

fn start_session() -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": "2026-11-20T09:00:00Z", "eventSource": "ssm.amazonaws.com",
        "eventName": "StartSession", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.31.0 md/awscrt#0.27 exec-env/CloudShell md/command#ssm.start-session",
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROAEXAMPLEEXAMPLEEX:deploy",
            "arn": "arn:aws:sts::111122223333:assumed-role/OpsReadOnly/deploy", "accountId": "111122223333",
            "accessKeyId": "ASIAEXAMPLEEXAMPLEEX",
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/ops/OpsReadOnly",
                    "accountId": "111122223333", "userName": "OpsReadOnly"},
                "attributes": {"creationDate": "2026-11-20T08:00:00Z", "mfaAuthenticated": "false"}}},
        "requestParameters": {"target": INSTANCE, "reason": "looking around"},
        "responseElements": {"sessionId": "deploy-0a1b2c3d4e5f60718", "tokenValue": "secret"},
        "requestID": "00000000-0000-4000-8000-000000000001", "eventID": "00000000-0000-4000-8000-000000000002",
        "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "111122223333",
        "eventCategory": "Management"
    })
}

fn with(patch: &Value) -> crate::event::Facts {
    facts(&merged(&start_session(), patch))
}

fn with_parameters(operation: &str, parameters: Value) -> crate::event::Facts {
    let mut record = merged(&start_session(), &json!({"eventName": operation, "responseElements": null}));
    record["requestParameters"] = parameters;
    facts(&record)
}

#[test]
fn the_envelope() {
    let (log, facts) = read(&start_session());
    assert_eq!(log, LogType::CloudTrail);
    assert_eq!(facts.event_uid, "00000000-0000-4000-8000-000000000002");
    assert_eq!(facts.identity(), "111122223333/00000000-0000-4000-8000-000000000002");
    assert_eq!(facts.operation_key(), None);
    assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T09:00:00Z");
    assert_eq!(facts.original_time, "2026-11-20T09:00:00Z");
    assert_eq!(facts.action.key, "ssm:StartSession");
    assert_eq!(facts.action.service, "ssm.amazonaws.com");
    assert_eq!(facts.outcome.kind, OutcomeKind::Success);
    assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.7");
    assert_eq!(facts.source.cli_command.as_deref(), Some("ssm.start-session"));
    assert_eq!(facts.target.ids, [INSTANCE]);
    assert_eq!((facts.target.count, facts.target.wildcard), (1, false));
    assert_eq!(facts.target.kind, "AWS::EC2::Instance");
    assert_eq!(facts.scope.account, "111122223333");
    assert_eq!(facts.scope.region.as_deref(), Some("eu-west-1"));
    assert_eq!(facts.scope.partition.as_deref(), Some("aws"));
    assert_eq!(facts.session_id.as_deref(), Some("deploy-0a1b2c3d4e5f60718"));
    assert_eq!(facts.request_id.as_deref(), Some("00000000-0000-4000-8000-000000000001"));
    assert_eq!(facts.reason.as_deref(), Some("looking around"));
    assert_eq!(facts.log_version.as_deref(), Some("1.11"));
    assert_eq!(facts.log_name.as_deref(), Some("Management"));
    assert_eq!(facts.document, None, "the default shell names no document");
}

#[test]
fn outcomes_first_match_wins() {
    use OutcomeKind::{Denied, DryRun, Failed, Throttled};
    for (code, expected) in [
        ("AccessDenied", Denied),
        ("AccessDeniedException", Denied),
        ("Client.UnauthorizedOperation", Denied),
        ("UnauthorizedOperation", Denied),
        ("UnauthorizedAccess", Denied),
        ("AuthException", Denied),
        ("SerialConsoleAccessDisabledException", Denied),
        ("Client.AccessDenied.Custom", Denied),
        ("Client.DryRunOperation", DryRun),
        ("ThrottlingException", Throttled),
        ("Client.RequestLimitExceeded", Throttled),
        ("RequestThrottled", Throttled),
        ("InvalidInstanceId", Failed),
        ("TargetNotConnected", Failed),
    ] {
        let outcome = with(&json!({"errorCode": code, "errorMessage": "no"})).outcome;
        assert_eq!(outcome.kind, expected, "{code}");
        assert_eq!(outcome.code.as_deref(), Some(code));
    }
    for response in [
        json!({"ConsoleLogin": "Failure"}),
        json!({"SwitchRole": "Failure"}),
        json!({"CheckMfa": "Failure"}),
        json!({"success": false}),
    ] {
        assert_eq!(with(&json!({"responseElements": response})).outcome.kind, Failed, "{response}");
    }
    assert_eq!(with(&json!({"responseElements": {"success": true}})).outcome.kind, OutcomeKind::Success);
    assert_eq!(with(&json!({"errorCode": ""})).outcome.kind, OutcomeKind::Success);
}

#[test]
fn targets_of_send_command() {
    let facts = with_parameters(
        "SendCommand",
        json!({"documentName": "AWS-RunShellScript", "instanceIds": [INSTANCE, "mi-0123456789abcdef0"],
            "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS", "comment": "patch"}),
    );
    assert_eq!(facts.target.ids, [INSTANCE, "mi-0123456789abcdef0"]);
    assert_eq!((facts.target.count, facts.document.as_deref()), (2, Some("AWS-RunShellScript")));
    assert_eq!(facts.reason.as_deref(), Some("patch"));

    for (key, values) in [("key", "values"), ("Key", "Values")] {
        let facts = with_parameters(
            "SendCommand",
            json!({"targets": [{key: "InstanceIds", values: ["i-00000001", "i-00000002"]}, {key: "tag:env", values: ["prod"]}]}),
        );
        assert_eq!((facts.target.count, facts.target.wildcard), (2, true), "{key}");
        assert_eq!(facts.target.selectors, ["tag:env=prod"]);
    }
    for key in ["tag-key", "resource-groups:Name", "aws:NoOpAutomationTag"] {
        assert!(
            with_parameters("SendCommand", json!({"targets": [{"key": key, "values": ["x"]}]}))
                .target
                .wildcard
        );
    }
    let all = with_parameters("SendCommand", json!({"targets": [{"key": "InstanceIds", "values": ["*"]}]}));
    assert_eq!((all.target.ids.len(), all.target.wildcard), (0, true));

    let facts = with(&json!({"eventName": "SendCommand", "requestParameters": {"target": null},
        "responseElements": {"command": {"commandId": "00000000-0000-4000-8000-00000000000c",
            "instanceIds": ["i-00000001"], "targetCount": 7}}}));
    assert_eq!((facts.target.ids.as_slice(), facts.target.count), (&["i-00000001".to_owned()][..], 7));
    assert_eq!(facts.command_id.as_deref(), Some("00000000-0000-4000-8000-00000000000c"));
}

#[test]
fn targets_elsewhere() {
    for (operation, parameters, expected) in [
        ("StartConnection", json!({"InstanceId": INSTANCE}), INSTANCE),
        ("GetPasswordData", json!({"instanceId": INSTANCE}), INSTANCE),
        ("StartInstances", json!({"instancesSet": {"items": [{"instanceId": INSTANCE}]}}), INSTANCE),
        (
            "AssociateIamInstanceProfile",
            json!({"AssociateIamInstanceProfileRequest": {"InstanceId": INSTANCE}}),
            INSTANCE,
        ),
        ("CreateAssociationBatch", json!({"entries": [{"name": "X", "instanceId": INSTANCE}]}), INSTANCE),
        ("StartAutomationExecution", json!({"parameters": {"InstanceId": [INSTANCE]}}), INSTANCE),
        ("StartAutomationExecution", json!({"targetMaps": [{"InstanceIds": [INSTANCE]}]}), INSTANCE),
        ("StartSession", json!({"target": "ecs:main_0a1b_0a1b-1"}), "ecs:main_0a1b_0a1b-1"),
    ] {
        assert_eq!(with_parameters(operation, parameters).target.ids, [expected], "{operation}");
    }
    let ecs = with(&json!({"eventSource": "ecs.amazonaws.com", "eventName": "ExecuteCommand",
        "requestParameters": {"target": null, "cluster": "main", "task": "arn:aws:ecs:eu-west-1:111122223333:task/main/0123456789abcdef0123456789abcdef"},
        "responseElements": {"sessionId": null, "session": {"sessionId": "ecs-execute-command-0a1b"}}}));
    assert_eq!(ecs.target.ids, ["0123456789abcdef0123456789abcdef"]);
    assert_eq!(
        (ecs.target.kind.as_str(), ecs.session_id.as_deref()),
        ("AWS::ECS::Task", Some("ecs-execute-command-0a1b"))
    );
    assert!(
        with_parameters("EnableSerialConsoleAccess", json!({"EnableSerialConsoleAccessRequest": ""}))
            .target
            .ids
            .is_empty()
    );
    assert!(with_parameters("StartSession", json!("null")).target.ids.is_empty());
    assert!(with_parameters("CreateKeyPair", Value::Null).target.ids.is_empty());
}

#[test]
fn denied_calls_name_their_target_in_the_message() {
    let denied = |message: &str| {
        let mut record = start_session();
        record["requestParameters"] = Value::Null;
        record["responseElements"] = Value::Null;
        record["errorCode"] = json!("AccessDeniedException");
        record["errorMessage"] = json!(format!(
            "User: arn:aws:iam::111122223333:user/dana is not authorized to perform: ssm:StartSession on resource: {message}"
        ));
        facts(&record)
    };
    let arn = "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0";
    for message in
        [format!("{arn} because no identity-based policy allows it"), format!("\"{arn}\""), format!("{arn}.")]
    {
        assert_eq!(denied(&message).target.ids, [INSTANCE], "{message}");
    }
    let hybrid = denied("arn:aws:ssm:eu-west-1:111122223333:managed-instance/mi-0123456789abcdef0");
    assert_eq!(hybrid.target.ids, ["mi-0123456789abcdef0"]);
    assert!(denied("arn:aws:ec2:eu-west-1:111122223333:instance/* because").target.ids.is_empty());
    let document = denied("arn:aws:ssm:eu-west-1:111122223333:document/SSM-SessionManagerRunShell");
    assert!(document.target.ids.is_empty(), "a document is no target");
    assert_eq!(document.document.as_deref(), Some("SSM-SessionManagerRunShell"));
    let session = denied("arn:aws:ssm:eu-west-1:111122223333:session/dana-0a1b2c");
    assert_eq!((session.target.ids.len(), session.session_id.as_deref()), (0, Some("dana-0a1b2c")));
}

#[test]
fn documents_and_who_owns_them() {
    for (name, document, account) in [
        ("Restart", "Restart", None),
        ("arn:aws:ssm:eu-west-1:444455556666:document/Restart", "Restart", Some("444455556666")),
        (
            "arn:aws:ssm:eu-west-1::automation-definition/AWS-RestartEC2Instance:1",
            "AWS-RestartEC2Instance",
            None,
        ),
    ] {
        let facts = with_parameters("SendCommand", json!({"documentName": name}));
        assert_eq!((facts.document.as_deref(), facts.document_account.as_deref()), (Some(document), account));
    }
    assert_eq!(
        with_parameters("CreateAssociation", json!({"name": "Restart"})).document.as_deref(),
        Some("Restart")
    );
    let batch = with_parameters("CreateAssociationBatch", json!({"entries": [{"name": "Restart"}]}));
    assert_eq!(batch.document.as_deref(), Some("Restart"));
    assert_eq!(with_parameters("PutParameter", json!({"name": "/a/b"})).document, None);
}

#[test]
fn tunnels_and_keys() {
    let facts = with_parameters(
        "StartSession",
        json!({"target": INSTANCE, "documentName": "AWS-StartPortForwardingSessionToRemoteHost",
            "parameters": {"host": ["db.example.com"], "portNumber": ["5432"], "localPortNumber": ["15432"]}}),
    );
    let expected = Tunnel {
        host: Some("db.example.com".into()),
        port: Some("5432".into()),
        local_port: Some("15432".into()),
    };
    assert_eq!(facts.tunnel, Some(expected));
    // A document of somebody's own calls its parameters what it likes.
    for (parameters, host, port) in [
        (json!({"host": ["DB.example.com."], "portNumber": ["05432"]}), Some("db.example.com"), Some("5432")),
        (json!({"dbHost": ["10.0.0.7"], "dbPort": [5432]}), Some("10.0.0.7"), Some("5432")),
        (json!({"remote_endpoint": "0xA9FEA9FE", "remote-port": "80"}), Some("169.254.169.254"), Some("80")),
        (json!({"Host": ["FD00:EC2:0::254"], "localPortNumber": ["1"]}), Some("fd00:ec2::254"), None),
        (json!({"portNumber": ["22"]}), None, Some("22")),
        (json!({"host": "[\"fd00:ec2::254\"]", "portNumber": "[80]"}), Some("fd00:ec2::254"), Some("80")),
        (json!({"host": "[::1]", "portNumber": "5432.0"}), Some("::1"), Some("5432")),
        (json!({"host": "[db.example.com]"}), Some("db.example.com"), None),
    ] {
        let parameters = json!({"target": INSTANCE, "documentName": "db", "parameters": parameters});
        let tunnel = with_parameters("StartSession", parameters).tunnel.unwrap();
        assert_eq!((tunnel.host.as_deref(), tunnel.port.as_deref()), (host, port));
    }
    for parameters in [
        json!({"command": ["ssh -L 1:db:2 x"], "report": ["80"], "hostile": ["a"], "host": ["a b"]}),
        json!({"portNumber": [""], "host": null, "ports": "x"}),
        json!("HIDDEN_DUE_TO_SECURITY_REASONS"),
    ] {
        let parameters = json!({"target": INSTANCE, "documentName": "db", "parameters": parameters});
        assert_eq!(with_parameters("StartSession", parameters).tunnel, None);
    }
    let tunnel =
        with(&json!({"eventSource": "ec2-instance-connect.amazonaws.com", "eventName": "OpenTunnel",
        "requestParameters": {"target": null, "remotePort": "22", "privateIpAddress": "192.0.2.10"}}));
    assert_eq!(tunnel.target.ids, ["192.0.2.10"]);
    assert_eq!(tunnel.tunnel.unwrap().port.as_deref(), Some("22"));

    let key = |key: &str| {
        with_parameters("SendSSHPublicKey", json!({"instanceId": INSTANCE, "sSHPublicKey": key}))
            .key_fingerprint
    };
    assert_eq!(key("ssh-ed25519 AAAAC3Nz dana@laptop"), key("ssh-ed25519 AAAAC3Nz somebody-else"));
    assert_ne!(key("ssh-ed25519 AAAAC3Nz"), key("ssh-ed25519 AAAAC3Ny"));
    assert_eq!(key("ssh-ed25519 AAAAC3Nz").unwrap().len(), 64);
}

#[test]
fn fragments_have_an_id_of_their_own_content() {
    let fragment =
        json!({"eventName": "StartSession", "awsRegion": "eu-west-1", "eventTime": "2026-11-20T09:00:00Z"});
    let (log, facts) = read(&fragment);
    assert_eq!((log, facts.event_uid.len()), (LogType::CloudTrail, 64));
    assert_eq!(facts.event_uid, crate::event::testing::facts(&fragment).event_uid);
    let other = merged(&fragment, &json!({"eventName": "ResumeSession"}));
    assert_ne!(facts.event_uid, crate::event::testing::facts(&other).event_uid);
}

#[test]
fn records_are_told_apart_where_their_id_does_not() {
    let odd = |result: &str| {
        crate::event::testing::facts(&json!({
            "eventID": "1", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
            "eventTime": "2026-11-20T09:00:00Z", "responseElements": {"ConsoleLogin": result},
        }))
    };
    assert_eq!(odd("Success").identity(), odd("Success").identity());
    assert_ne!(odd("Success").identity(), odd("Failure").identity());
    assert!(odd("Success").has_own_id());
    let fragment = crate::event::testing::facts(&json!({
        "eventSource": "ssm.amazonaws.com", "eventName": "StartSession", "eventTime": "2026-11-20T09:00:00Z",
    }));
    assert!(!fragment.has_own_id());
}

#[test]
fn a_replaced_instance_profile_is_the_machines_of_the_answer() {
    let facts = with(&json!({
        "eventSource": "ec2.amazonaws.com", "eventName": "ReplaceIamInstanceProfileAssociation",
        "requestParameters": {"target": null, "ReplaceIamInstanceProfileAssociationRequest": {"AssociationId": "iip-assoc-0123456789abcdef0"}},
        "responseElements": {"ReplaceIamInstanceProfileAssociationResponse": {"iamInstanceProfileAssociation": {"instanceId": INSTANCE}}}}));
    assert_eq!(facts.target.ids, [INSTANCE]);
}

#[test]
fn a_call_that_names_its_object_in_a_member_of_its_own_is_for_that_object() {
    let of = |service: &str, operation: &str, parameters: Value| {
        let mut record = merged(
            &start_session(),
            &json!({"eventSource": format!("{service}.amazonaws.com"), "eventName": operation, "responseElements": null}),
        );
        record["requestParameters"] = parameters;
        let target = facts(&record).target;
        (target.ids.join(","), target.kind)
    };
    let weakened =
        json!({"ModifyInstanceMetadataOptionsRequest": {"InstanceId": INSTANCE, "HttpTokens": "optional"}});
    for (service, operation, parameters, id, kind) in [
        ("ec2", "ModifyInstanceMetadataOptions", weakened, INSTANCE, "AWS::EC2::Instance"),
        ("elasticmapreduce", "AddJobFlowSteps", json!({"jobFlowId": "j-1"}), "j-1", "AWS::EMR::Cluster"),
        ("eks", "CreateAccessEntry", json!({"name": "prod"}), "prod", "AWS::EKS::Cluster"),
        ("iam", "CreateLoginProfile", json!({"userName": "backup"}), "backup", "AWS::IAM::User"),
        ("example", "CreateLoginProfile", json!({"userName": "backup"}), "", ""),
    ] {
        assert_eq!(of(service, operation, parameters), (id.to_owned(), kind.to_owned()), "{operation}");
    }
}

#[test]
fn a_change_of_a_user_tells_whose() {
    let of = |service: &str, operation: &str, parameters: Value| {
        let patch = json!({"eventSource": service, "eventName": operation, "responseElements": null});
        let mut record = merged(&start_session(), &patch);
        record["requestParameters"] = parameters;
        facts(&record).grantee
    };
    let user = json!({"userName": "backup"});
    let named = of("iam.amazonaws.com", "CreateLoginProfile", user.clone());
    assert_eq!(named.as_deref(), Some("arn:aws:iam::111122223333:user/backup"));
    let own = of("iam.amazonaws.com", "CreateAccessKey", json!({}));
    assert_eq!(own.as_deref(), Some("arn:aws:iam::111122223333:role/OpsReadOnly"), "the caller's own");
    assert_eq!(of("iam.amazonaws.com", "GetUser", user.clone()), None);
    assert_eq!(of("example.amazonaws.com", "CreateLoginProfile", user), None);
}

#[test]
fn only_services_that_own_machines_have_machines() {
    let target = |service: &str, parameters: Value| {
        let mut record = merged(
            &start_session(),
            &json!({"eventSource": format!("{service}.amazonaws.com"), "eventName": "DescribeInstance",
                "responseElements": null}),
        );
        record["requestParameters"] = parameters;
        facts(&record).target
    };
    let contact_centre =
        "arn:aws:connect:eu-west-1:111122223333:instance/0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b";
    for (service, parameters) in [
        ("connect", json!({"InstanceId": "0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b"})),
        ("connect", json!({"InstanceId": contact_centre})),
        ("sso", json!({"instanceId": "ssoins-0123456789abcdef"})),
        ("dms", json!({"target": "orders"})),
        ("amp", json!({"entries": [{"instanceId": "x"}]})),
    ] {
        let target = target(service, parameters.clone());
        assert!(target.ids.is_empty() && target.kind.is_empty(), "{service} {parameters}: {target:?}");
    }
    // A machine's id is one whoever is told of it.
    assert_eq!(target("inspector", json!({"instanceIds": [INSTANCE]})).ids, [INSTANCE]);
    let arn = format!("arn:aws:ec2:eu-west-1:111122223333:instance/{INSTANCE}");
    assert_eq!(target("sagemaker", json!({"target": arn})).ids, [INSTANCE]);
    assert_eq!(target("autoscaling", json!({"instanceId": "whatever"})).ids, ["whatever"]);

    let denied = merged(
        &start_session(),
        &json!({"requestParameters": null, "errorCode": "AccessDenied",
            "errorMessage": format!("not authorized to perform: x on resource: {contact_centre}")}),
    );
    assert!(facts(&denied).target.ids.is_empty());
}
