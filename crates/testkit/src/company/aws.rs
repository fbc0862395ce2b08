//! Records as CloudTrail writes them.

use jiff::Timestamp;
use serde_json::{Value, json};

/// Who calls: a role's session.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) account: usize,
    pub(super) role: String,
    pub(super) session: String,
    pub(super) key: String,
    pub(super) address: String,
    pub(super) agent: &'static str,
}

pub(super) fn account(n: usize) -> String {
    format!("{:012}", 111_100_000_000_u64 + u64::try_from(n).unwrap_or_default())
}

/// The n-th machine of an account.
pub(super) fn machine(account: usize, n: usize) -> String {
    format!("i-0{account:03x}{n:013x}")
}

const REGIONS: [&str; 2] = ["eu-west-1", "eu-central-1"];

/// A call; `id` tells it from all others.
pub(super) fn call(
    caller: &Caller,
    (at, id): (Timestamp, &str),
    (service, name): (&str, &str),
    (request, response): (Value, Value),
) -> Value {
    let Caller { role, session, key, address, agent, .. } = caller;
    let account = account(caller.account);
    let path = if role.starts_with("AWSReservedSSO") { "aws-reserved/sso.amazonaws.com/" } else { "" };
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole", "principalId": format!("AROAEXAMPLE{:08}:{session}", role.len()),
            "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
            "accountId": account, "accessKeyId": key,
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role", "principalId": format!("AROAEXAMPLE{:08}", role.len()),
                    "arn": format!("arn:aws:iam::{account}:role/{path}{role}"),
                    "accountId": account, "userName": role
                },
                "attributes": {"creationDate": at.to_string(), "mfaAuthenticated": "false"}
            }
        },
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "eventSource": format!("{service}.amazonaws.com"), "eventName": name,
        "awsRegion": REGIONS[caller.account % REGIONS.len()],
        "sourceIPAddress": address, "userAgent": agent,
        "requestParameters": request, "responseElements": response,
        "requestID": format!("00000000-0000-4000-9000-{id}"), "eventID": format!("00000000-0000-4000-8000-{id}"),
        "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true,
        "recipientAccountId": account, "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": format!("{service}.{}.amazonaws.com", REGIONS[caller.account % REGIONS.len()])}
    })
}

const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// A command on machines by id.
pub(super) fn command(document: &str, machines: &[String], id: &str) -> (Value, Value) {
    let request = json!({"instanceIds": machines, "documentName": document, "parameters": HIDDEN,
        "interactive": false});
    (request, sent(document, machines.len(), id))
}

/// A command on whatever has a tag.
pub(super) fn command_by_tag(document: &str, (key, value): (&str, &str), id: &str) -> (Value, Value) {
    let request = json!({"targets": [{"key": format!("tag:{key}"), "values": [value]}],
        "documentName": document, "parameters": HIDDEN, "maxConcurrency": "10%", "interactive": false});
    (request, sent(document, 0, id))
}

fn sent(document: &str, count: usize, id: &str) -> Value {
    json!({"command": {"commandId": format!("00000000-0000-4000-a000-{id}"), "documentName": document,
        "parameters": HIDDEN, "status": "Pending", "targetCount": count, "completedCount": 0, "errorCount": 0}})
}

/// A shell on a machine.
pub(super) fn session(caller: &Caller, machine: &str, id: &str) -> (Value, Value) {
    let name = format!("{}-0{id}0000", caller.session);
    (
        json!({"target": machine}),
        json!({"sessionId": name, "tokenValue": HIDDEN, "streamUrl": format!(
        "wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/{name}?role=publish_subscribe")}),
    )
}

/// A key pushed by the console's Connect button.
pub(super) fn key(machine: &str, id: &str) -> (Value, Value) {
    let request = json!({"instanceId": machine, "instanceOSUser": "ec2-user",
        "sSHPublicKey": format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE{id}EXAMPLEEXAMPLEEXAMPLE{id}")});
    (request, json!({"requestId": format!("00000000-0000-4000-b000-{id}"), "success": true}))
}

/// New content for a document that is there.
pub(super) fn document(name: &str, version: i64) -> (Value, Value) {
    let request =
        json!({"name": name, "documentVersion": "$LATEST", "documentFormat": "YAML", "content": HIDDEN});
    let response = json!({"documentDescription": {"name": name, "documentVersion": version.to_string(),
        "documentType": "Command", "status": "Updating", "owner": "self"}});
    (request, response)
}

/// What a call is told by: nothing to show.
pub(super) fn default_version(name: &str, version: i64) -> (Value, Value) {
    (json!({"name": name, "documentVersion": version.to_string()}), Value::Null)
}
