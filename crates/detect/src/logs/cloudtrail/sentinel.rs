//! Sentinel's table `AWSCloudTrail`: columns for what it knows, text for what a service writes.
//!
//! A column that has nothing is there and empty, as a member that CloudTrail did not write.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Kind, Node};

use crate::log_type::LogType;
use crate::logs::json::Object;
use crate::logs::log::Recognised;

const TOP: &[(&str, &[&str])] = &[
    ("eventVersion", &["EventVersion"]),
    ("eventTime", &["TimeGenerated"]),
    ("eventSource", &["EventSource"]),
    ("eventName", &["EventName"]),
    ("awsRegion", &["AWSRegion"]),
    ("sourceIPAddress", &["SourceIpAddress"]),
    ("userAgent", &["UserAgent"]),
    ("errorCode", &["ErrorCode"]),
    ("errorMessage", &["ErrorMessage"]),
    ("requestID", &["AwsRequestId_", "AwsRequestId"]),
    ("eventID", &["AwsEventId"]),
    ("eventType", &["EventTypeName"]),
    ("eventCategory", &["Category"]),
    ("apiVersion", &["APIVersion"]),
    ("managementEvent", &["ManagementEvent"]),
    ("readOnly", &["ReadOnly"]),
    ("recipientAccountId", &["RecipientAccountId"]),
    ("sharedEventID", &["SharedEventId"]),
    ("vpcEndpointId", &["VpcEndpointId"]),
];
const IDENTITY: &[(&str, &[&str])] = &[
    ("type", &["UserIdentityType"]),
    ("arn", &["UserIdentityArn"]),
    ("principalId", &["UserIdentityPrincipalid", "UserIdentityPrincipalId"]),
    ("accountId", &["UserIdentityAccountId"]),
    ("userName", &["UserIdentityUserName"]),
    ("accessKeyId", &["UserIdentityAccessKeyId"]),
    ("invokedBy", &["UserIdentityInvokedBy"]),
    ("sessionContext.attributes.mfaAuthenticated", &["SessionMfaAuthenticated"]),
    ("sessionContext.attributes.creationDate", &["SessionCreationDate"]),
    ("sessionContext.ec2RoleDelivery", &["EC2RoleDelivery"]),
    ("sessionContext.sessionIssuer.type", &["SessionIssuerType"]),
    ("sessionContext.sessionIssuer.arn", &["SessionIssuerArn"]),
    ("sessionContext.sessionIssuer.principalId", &["SessionIssuerPrincipalId"]),
    ("sessionContext.sessionIssuer.accountId", &["SessionIssuerAccountId"]),
    ("sessionContext.sessionIssuer.userName", &["SessionIssuerUserName"]),
];
const BODIES: &[(&str, &str)] = &[
    ("requestParameters", "RequestParameters"),
    ("responseElements", "ResponseElements"),
    ("additionalEventData", "AdditionalEventData"),
    ("serviceEventDetails", "ServiceEventDetails"),
    ("resources", "Resources"),
];

/// By columns that no other table has.
pub(super) fn row(root: Node<'_>) -> Option<Recognised<'_>> {
    let text = |name: &str| root.key(name).is_some_and(|node| node.kind() == Kind::String);
    let is_row = text("EventName") && text("EventSource") && (text("AwsEventId") || text("UserIdentityType"));
    is_row.then_some(Recognised::Like(LogType::CloudTrail, canonical))
}

fn canonical(root: Node<'_>) -> String {
    let mut record = Object::default();
    copy(root, TOP, &mut record);
    let mut identity = Object::default();
    copy(root, IDENTITY, &mut identity);
    if !identity.is_empty() {
        record.nested("userIdentity", identity);
    }
    for (name, column) in BODIES {
        if let Some(node) = root.key(column).filter(is_there) {
            record.copy(name, node);
        }
    }
    record.finish()
}

fn copy(root: Node<'_>, names: &[(&str, &[&str])], object: &mut Object) {
    for (name, columns) in names {
        object.copy_some(name, columns.iter().find_map(|column| root.key(column).filter(is_there)));
    }
}

fn is_there(node: &Node<'_>) -> bool {
    !matches!(node.kind(), Kind::Null | Kind::Object) && !node.raw().is_empty()
}
