//! Sentinel's table of CloudTrail: a column for each member that it knows, text for what a service writes.
//!
//! <https://learn.microsoft.com/azure/azure-monitor/reference/tables/awscloudtrail>; tables as the query API answers,
//! <https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format>.

use serde_json::{Value, json};

use super::form::{CLOUDTRAIL, Shape, at, bytes, delivery};
use super::text::{columns, csv};

pub(super) const SHAPES: &[Shape] = &[
    delivery("sentinel-rows", CLOUDTRAIL, |records| bytes(&records.iter().map(row).collect())),
    delivery("sentinel-tables", CLOUDTRAIL, |records| {
        bytes(&tables(&records.iter().map(row).collect::<Vec<_>>()))
    }),
    delivery("sentinel-csv", CLOUDTRAIL, |records| Some(csv(&records.iter().map(row).collect::<Vec<_>>()))),
];

const COLUMNS: &[(&str, &str)] = &[
    ("AdditionalEventData", "additionalEventData"),
    ("APIVersion", "apiVersion"),
    ("AwsEventId", "eventID"),
    ("AWSRegion", "awsRegion"),
    ("AwsRequestId_", "requestID"),
    ("Category", "eventCategory"),
    ("EC2RoleDelivery", "userIdentity.sessionContext.ec2RoleDelivery"),
    ("ErrorCode", "errorCode"),
    ("ErrorMessage", "errorMessage"),
    ("EventName", "eventName"),
    ("EventSource", "eventSource"),
    ("EventTypeName", "eventType"),
    ("EventVersion", "eventVersion"),
    ("ManagementEvent", "managementEvent"),
    ("ReadOnly", "readOnly"),
    ("RecipientAccountId", "recipientAccountId"),
    ("RequestParameters", "requestParameters"),
    ("Resources", "resources"),
    ("ResponseElements", "responseElements"),
    ("ServiceEventDetails", "serviceEventDetails"),
    ("SessionCreationDate", "userIdentity.sessionContext.attributes.creationDate"),
    ("SessionIssuerAccountId", "userIdentity.sessionContext.sessionIssuer.accountId"),
    ("SessionIssuerArn", "userIdentity.sessionContext.sessionIssuer.arn"),
    ("SessionIssuerPrincipalId", "userIdentity.sessionContext.sessionIssuer.principalId"),
    ("SessionIssuerType", "userIdentity.sessionContext.sessionIssuer.type"),
    ("SessionIssuerUserName", "userIdentity.sessionContext.sessionIssuer.userName"),
    ("SessionMfaAuthenticated", "userIdentity.sessionContext.attributes.mfaAuthenticated"),
    ("SharedEventId", "sharedEventID"),
    ("SourceIpAddress", "sourceIPAddress"),
    ("TimeGenerated", "eventTime"),
    ("UserAgent", "userAgent"),
    ("UserIdentityAccessKeyId", "userIdentity.accessKeyId"),
    ("UserIdentityAccountId", "userIdentity.accountId"),
    ("UserIdentityArn", "userIdentity.arn"),
    ("UserIdentityInvokedBy", "userIdentity.invokedBy"),
    ("UserIdentityPrincipalid", "userIdentity.principalId"),
    ("UserIdentityType", "userIdentity.type"),
    ("UserIdentityUserName", "userIdentity.userName"),
    ("VpcEndpointId", "vpcEndpointId"),
];

/// Columns that hold what they hold as typed; all others are text.
const TYPED: [&str; 2] = ["ManagementEvent", "ReadOnly"];

fn row(record: &Value) -> Value {
    let mut row = json!({"TenantId": "00000000-0000-4000-8000-0000000000ee", "SourceSystem": "Aws",
        "Type": "AWSCloudTrail"});
    for (column, path) in COLUMNS {
        let value = at(record, path);
        row[column] = match value {
            Value::Null => json!(""),
            Value::String(_) => value.clone(),
            other if TYPED.contains(column) => other.clone(),
            other => json!(other.to_string()),
        };
    }
    row
}

/// The answer of the query API.
pub(super) fn tables(rows: &[Value]) -> Value {
    let names = columns(rows);
    let types: Value = names.iter().map(|name| json!({"name": name, "type": "string"})).collect();
    let rows: Value =
        rows.iter().map(|row| names.iter().map(|name| row[name].clone()).collect::<Value>()).collect();
    json!({"tables": [{"name": "PrimaryResult", "columns": types, "rows": rows}]})
}
