//! The AWS integration's CloudTrail.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Kind, Node};

use crate::logs::ecs::{below, copy_first, leaves};
use crate::logs::json::Object;

const TOP: &[(&str, &[&str])] = &[
    ("eventVersion", &["aws.cloudtrail.event_version"]),
    ("eventTime", &["@timestamp"]),
    ("eventSource", &["event.provider"]),
    ("eventName", &["event.action"]),
    ("awsRegion", &["cloud.region"]),
    ("sourceIPAddress", &["source.address", "source.ip"]),
    ("userAgent", &["user_agent.original"]),
    ("errorCode", &["aws.cloudtrail.error_code"]),
    ("errorMessage", &["aws.cloudtrail.error_message"]),
    ("requestID", &["aws.cloudtrail.request_id"]),
    ("eventID", &["event.id"]),
    ("eventType", &["aws.cloudtrail.event_type"]),
    ("eventCategory", &["aws.cloudtrail.event_category"]),
    ("apiVersion", &["aws.cloudtrail.api_version"]),
    ("managementEvent", &["aws.cloudtrail.management_event"]),
    ("readOnly", &["aws.cloudtrail.read_only"]),
    ("recipientAccountId", &["aws.cloudtrail.recipient_account_id", "cloud.account.id"]),
    ("sharedEventID", &["aws.cloudtrail.shared_event_id"]),
    ("vpcEndpointId", &["aws.cloudtrail.vpc_endpoint_id"]),
    ("sessionCredentialFromConsole", &["aws.cloudtrail.session_credential_from_console"]),
];
const IDENTITY: &[(&str, &[&str])] = &[
    ("type", &["aws.cloudtrail.user_identity.type"]),
    ("arn", &["aws.cloudtrail.user_identity.arn"]),
    ("principalId", &["aws.cloudtrail.user_identity.principal_id", "user.id"]),
    ("accountId", &["aws.cloudtrail.user_identity.account_id", "cloud.account.id"]),
    ("userName", &["aws.cloudtrail.user_identity.user_name", "user.name"]),
    ("accessKeyId", &["aws.cloudtrail.user_identity.access_key_id"]),
    ("invokedBy", &["aws.cloudtrail.user_identity.invoked_by"]),
    ("identityProvider", &["aws.cloudtrail.user_identity.identity_provider"]),
    (
        "sessionContext.attributes.mfaAuthenticated",
        &["aws.cloudtrail.user_identity.session_context.mfa_authenticated"],
    ),
    (
        "sessionContext.attributes.creationDate",
        &["aws.cloudtrail.user_identity.session_context.creation_date"],
    ),
    ("sessionContext.sourceIdentity", &["aws.cloudtrail.user_identity.session_context.source_identity"]),
    (
        "sessionContext.sessionIssuer.arn",
        &["aws.cloudtrail.user_identity.session_context.session_issuer.arn"],
    ),
    (
        "sessionContext.sessionIssuer.type",
        &["aws.cloudtrail.user_identity.session_context.session_issuer.type"],
    ),
    (
        "sessionContext.sessionIssuer.accountId",
        &["aws.cloudtrail.user_identity.session_context.session_issuer.account_id"],
    ),
    (
        "sessionContext.sessionIssuer.userName",
        &[
            "aws.cloudtrail.user_identity.session_context.session_issuer.user_name",
            "aws.cloudtrail.user_identity.session_context.session_issuer.username",
        ],
    ),
];
/// Each with the flattened field, then the string that older versions have alone.
const BODIES: &[(&str, &str, &str)] = &[
    ("requestParameters", "request_parameters", "aws.cloudtrail.request_parameters"),
    ("responseElements", "response_elements", "aws.cloudtrail.response_elements"),
    ("additionalEventData", "additional_eventdata", "aws.cloudtrail.additional_eventdata"),
    ("serviceEventDetails", "service_event_details", "aws.cloudtrail.service_event_details"),
];
const CONSOLE_LOGIN: &[(&str, &[&str])] = &[
    ("MFAUsed", &["aws.cloudtrail.console_login.additional_eventdata.mfa_used"]),
    ("LoginTo", &["aws.cloudtrail.console_login.additional_eventdata.login_to"]),
    ("MobileVersion", &["aws.cloudtrail.console_login.additional_eventdata.mobile_version"]),
];

pub(super) fn canonical(root: Node<'_>) -> String {
    let leaves = leaves(root);
    let mut record = Object::default();
    copy_first(root, TOP, &mut record);
    let mut identity = Object::default();
    copy_first(root, IDENTITY, &mut identity);
    if !identity.is_empty() {
        record.nested("userIdentity", identity);
    }
    for (name, flattened, text) in BODIES {
        let kept = below(&leaves, &format!("aws.cloudtrail.flattened.{flattened}"), str::to_owned);
        let object = below(&leaves, text, str::to_owned);
        if !kept.is_empty() {
            record.nested(name, kept);
        } else if let Some(text) = root.get(text).filter(|node| node.kind() == Kind::String) {
            record.copy(name, text);
        } else if !object.is_empty() {
            record.nested(name, object);
        } else if *name == "additionalEventData" {
            let mut login = Object::default();
            copy_mfa(root, &mut login);
            if !login.is_empty() {
                record.nested(name, login);
            }
        }
    }
    record.finish()
}

/// The integration turns `Yes` and `No` into booleans.
fn copy_mfa(root: Node<'_>, login: &mut Object) {
    let used = root.get(CONSOLE_LOGIN[0].1[0]);
    match used.map(Node::kind) {
        Some(Kind::True) => login.text("MFAUsed", "Yes"),
        Some(Kind::False) => login.text("MFAUsed", "No"),
        _ => login.copy_some("MFAUsed", used),
    }
    copy_first(root, &CONSOLE_LOGIN[1..], login);
}
