//! CloudTrail records for tests that need a few, each told apart by a number.

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
