//! Records with something in every field that matters, and the fields of them that may come out.

use serde_json::{Value, json};

pub(super) const RECORDS: [fn() -> Value; 6] =
    [start_session, send_command, ecs_exec, user_data, azure_activity, process];

/// By path; whatever is not here must never be seen outside, nor inside anything else.
pub(super) const LEAVES_ALLOWED: &[&str] = &[
    // Who, what, where: the facts that every finding tells.
    "eventVersion",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "eventID",
    "eventCategory",
    "requestID",
    "recipientAccountId",
    "errorCode",
    "errorMessage",
    "userIdentity.type",
    "userIdentity.principalId",
    "userIdentity.arn",
    "userIdentity.accountId",
    "userIdentity.accessKeyId",
    "userIdentity.userName",
    "userIdentity.invokedBy",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "userIdentity.sessionContext.sessionIssuer.userName",
    "userIdentity.sessionContext.sourceIdentity",
    // What the allow-list names.
    "requestParameters.target",
    "requestParameters.documentName",
    "requestParameters.reason",
    "requestParameters.comment",
    "requestParameters.parameters.host",
    "requestParameters.parameters.portNumber",
    "requestParameters.parameters.localPortNumber",
    "requestParameters.instanceIds",
    "requestParameters.instanceId",
    "requestParameters.targets.key",
    "requestParameters.targets.values",
    "requestParameters.outputS3BucketName",
    "requestParameters.cluster",
    "requestParameters.task",
    "requestParameters.container",
    "responseElements.sessionId",
    "responseElements.session.sessionId",
    "responseElements.command.commandId",
    // Azure.
    "time",
    "resourceId",
    "operationName",
    "category",
    "resultType",
    "callerIpAddress",
    "correlationId",
    "identity.authorization.scope",
    "identity.authorization.evidence.role",
    "identity.authorization.evidence.principalId",
    "identity.authorization.evidence.principalType",
    "identity.claims.appid",
    "identity.claims.http://schemas.microsoft.com/identity/claims/objectidentifier",
    "identity.claims.http://schemas.microsoft.com/identity/claims/tenantid",
    "identity.claims.http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "tenantId",
    "properties.eventCategory",
    "properties.statusCode",
    // Hosts.
    "Image",
    "ParentImage",
    "User",
    "Computer",
    "UtcTime",
    "Channel",
];

#[allow(clippy::needless_pass_by_value, reason = "written at the call and handed over")]
fn cloudtrail(source: &str, name: &str, request: Value, response: Value) -> Value {
    json!({
        "eventVersion": "1.11", "eventSource": source, "eventName": name, "eventTime": "2026-03-18T10:15:30Z",
        "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.45", "userAgent": "aws-cli/2.22.0",
        "recipientAccountId": "111122223333", "eventID": "00000000-0000-4000-8000-000000000001",
        "requestID": "00000000-0000-4000-8000-000000000002", "eventType": "AwsApiCall", "eventCategory": "Management",
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROAEXAMPLEROLEID0001:dana",
            "arn": "arn:aws:sts::111122223333:assumed-role/OpsReadOnly/dana", "accountId": "111122223333",
            "accessKeyId": "ASIAEXAMPLEKEY000001",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role", "principalId": "AROAEXAMPLEROLEID0001",
                    "arn": "arn:aws:iam::111122223333:role/OpsReadOnly", "accountId": "111122223333",
                    "userName": "OpsReadOnly"
                },
                "webIdFederationData": {"federatedProvider": "example", "attributes": {"token": "example"}},
                "attributes": {"creationDate": "2026-03-18T09:58:02Z", "mfaAuthenticated": "false"}
            }
        },
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "x", "clientProvidedHostHeader": "ssm.example.com"},
        "requestParameters": request, "responseElements": response
    })
}

fn start_session() -> Value {
    let request = json!({
        "target": "i-0123456789abcdef0", "documentName": "AWS-StartPortForwardingSessionToRemoteHost",
        "reason": "ticket 4711",
        "parameters": {"host": ["db.internal.example"], "portNumber": ["5432"], "localPortNumber": ["15432"], "command": ["id"]}
    });
    let response = json!({"sessionId": "dana-0a1b2c3d4e5f67890", "tokenValue": "AAEA", "streamUrl": "wss://example.com/"});
    cloudtrail("ssm.amazonaws.com", "StartSession", request, response)
}

fn send_command() -> Value {
    let request = json!({
        "documentName": "AWS-RunShellScript", "comment": "patching", "instanceIds": ["i-0123456789abcdef0"],
        "targets": [{"key": "tag:Role", "values": ["web"]}], "parameters": {"commands": ["id"]},
        "outputS3BucketName": "example-output", "serviceRoleArn": "arn:aws:iam::111122223333:role/x", "timeoutSeconds": 60
    });
    let response = json!({"command": {"commandId": "00000000-0000-4000-8000-000000000003", "parameters": {"commands": ["id"]}, "comment": "patching"}});
    cloudtrail("ssm.amazonaws.com", "SendCommand", request, response)
}

fn ecs_exec() -> Value {
    let request = json!({"cluster": "example", "task": "0123456789abcdef", "container": "web", "command": "sh -c id", "interactive": true});
    let response = json!({"session": {"sessionId": "ecs-execute-command-0a1b2c3d4e5f67890", "tokenValue": "AAEA", "streamUrl": "wss://example.com/"}});
    cloudtrail("ecs.amazonaws.com", "ExecuteCommand", request, response)
}

fn user_data() -> Value {
    let request =
        json!({"instanceId": "i-0123456789abcdef0", "userData": "IyEvYmluL3No", "value": "IyEvYmluL3No"});
    cloudtrail(
        "ec2.amazonaws.com",
        "ModifyInstanceAttribute",
        request,
        json!({"_return": true, "requestId": "x"}),
    )
}

pub(super) fn azure_activity() -> Value {
    let vm = "/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/rg-payments/providers/Microsoft.Compute/virtualMachines/vm-pay-01";
    json!({
        "RoleLocation": "West Europe", "time": "2026-03-18T11:02:03.1234567Z", "resourceId": vm.to_uppercase(),
        "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "category": "Administrative",
        "resultType": "Success", "resultSignature": "Succeeded.", "durationMs": "0",
        "callerIpAddress": "198.51.100.23", "correlationId": "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d",
        "tenantId": "abababab-cdcd-efef-0101-232323232323",
        "identity": {
            "authorization": {
                "scope": vm, "action": "Microsoft.Compute/virtualMachines/runCommand/action",
                "evidence": {"role": "Virtual Machine Contributor", "principalId": "77777777888899990000aaaaaaaaaaaa", "principalType": "User"}
            },
            "claims": {
                "appid": "12121212-3434-5656-7878-909090909090", "ipaddr": "198.51.100.23", "groups": "example", "puid": "example",
                "http://schemas.microsoft.com/identity/claims/objectidentifier": "77777777-8888-9999-0000-aaaaaaaaaaaa",
                "http://schemas.microsoft.com/identity/claims/tenantid": "abababab-cdcd-efef-0101-232323232323",
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com",
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname": "Example",
                "aio": "example", "rh": "example", "uti": "example"
            }
        },
        "properties": {
            "eventCategory": "Administrative", "statusCode": "OK", "message": "example",
            "requestbody": "{\"properties\":{\"source\":{\"script\":\"id\"},\"protectedParameters\":[{\"name\":\"a\",\"value\":\"b\"}]}}",
            "responseBody": "{\"properties\":{\"settings\":{\"commandToExecute\":\"id\"}}}"
        }
    })
}

fn process() -> Value {
    json!({
        "EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "UtcTime": "2026-03-18 10:15:30.000",
        "Computer": "web-01", "Image": "C:\\Windows\\System32\\powershell.exe",
        "CommandLine": "powershell.exe -enc aGVsbG8=", "ParentImage": "C:\\Packages\\Plugins\\RunCommandExtension.exe",
        "ParentCommandLine": "RunCommandExtension.exe enable", "User": "CORP\\svc", "ProcessId": 4242,
        "Hashes": "MD5=00000000000000000000000000000000", "CurrentDirectory": "C:\\", "IntegrityLevel": "System"
    })
}
