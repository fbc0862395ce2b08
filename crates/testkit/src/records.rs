//! Records for tests that need a few, each told apart by a number.

use serde_json::{Value, json};

/// The call of one operator, dana in the role `OpsReadOnly`, to Systems Manager, about a machine.
pub fn ssm(id: u64, name: &str, time: &str, machine: u64) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": time, "eventSource": "ssm.amazonaws.com",
        "eventName": name, "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.45", "userAgent": "aws-cli/2.27",
        "eventID": format!("00000000-0000-4000-8000-{id:012}"), "readOnly": false, "eventType": "AwsApiCall",
        "managementEvent": true, "recipientAccountId": "111122223333", "eventCategory": "Management",
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROAEXAMPLEEXAMPLE12:dana", "accountId": "111122223333",
            "arn": "arn:aws:sts::111122223333:assumed-role/OpsReadOnly/dana",
            "sessionContext": {"sessionIssuer": {
                "type": "Role", "principalId": "AROAEXAMPLEEXAMPLE12", "userName": "OpsReadOnly",
                "accountId": "111122223333", "arn": "arn:aws:iam::111122223333:role/OpsReadOnly"
            }}
        },
        "requestParameters": {"target": format!("i-{machine:017x}")},
        "responseElements": {"sessionId": format!("dana-{id:017x}")}
    })
}

/// The call by which the operator came to that role, with the key that the role acts with.
pub fn assumed(key: &str) -> Value {
    let mut record = ssm(999_999_999_999, "AssumeRole", "2026-03-18T10:10:30Z", 0);
    record["eventSource"] = "sts.amazonaws.com".into();
    record["userIdentity"] = json!({"type": "IAMUser", "userName": "dana", "accountId": "111122223333",
        "principalId": "AIDAEXAMPLEEXAMPLE12", "arn": "arn:aws:iam::111122223333:user/dana"});
    record["requestParameters"] = json!({"roleArn": "arn:aws:iam::111122223333:role/OpsReadOnly"});
    record["responseElements"] = json!({"credentials": {"accessKeyId": key},
        "assumedRoleUser": {"assumedRoleId": "AROAEXAMPLEEXAMPLE12:dana",
            "arn": "arn:aws:sts::111122223333:assumed-role/OpsReadOnly/dana"}});
    record
}

/// Claims of who did it.
pub const OBJECT: &str = "http://schemas.microsoft.com/identity/claims/objectidentifier";
/// The same as a name.
pub const USER: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn";

/// One of the records of the n-th run command in Azure, as `Start`, `Accept` or `Success`. Each is on a machine of its own
/// and by somebody else, so that they do not add up to anything.
pub fn run_command(n: u64, result: &str) -> Value {
    let signature = match result {
        "Start" => "Started.",
        "Accept" => "Accepted.Accepted",
        _ => "Succeeded.OK",
    };
    let subscription = "00000000-0000-0000-0000-000000000001";
    let scope = format!(
        "/subscriptions/{subscription}/resourcegroups/rg-shop/providers/microsoft.compute/virtualmachines/vm-{n}"
    );
    json!({
        "time": format!("2026-03-18T09:01:{:02}.1234567Z", n % 60),
        "resourceId": scope.to_uppercase(),
        "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION",
        "category": "Administrative", "resultType": result, "resultSignature": signature,
        "durationMs": 61, "callerIpAddress": "198.51.100.23",
        "correlationId": format!("00000000-0000-0000-0000-{n:012}"),
        "identity": {
            "authorization": {"scope": scope, "action": "microsoft.compute/virtualmachines/runcommand/action",
                "evidence": {"role": "Contributor", "principalId": format!("00000000000000000001{n:012}"),
                    "principalType": "User"}},
            "claims": {
                OBJECT: format!("00000000-0000-0000-0001-{n:012}"), USER: format!("user-{n}@example.com"),
                "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46"}},
        "level": "Information", "tenantId": "00000000-0000-0000-0000-0000000000ff",
    })
}
