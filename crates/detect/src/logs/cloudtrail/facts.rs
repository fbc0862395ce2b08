//! What a CloudTrail record says.
//!
//! Denied calls often have no `requestParameters`: then the target is taken from `errorMessage`, which may name the
//! document in place of the instance. A document is never a target.

mod actor;
mod document;
mod handed_out;
mod opened;
mod steps;
mod target;
#[cfg(test)]
mod tests;
mod trust;
mod tunnel;

use trailhound_sigma::json::{Document, Node};

use super::arn::Arn;
use crate::digest;
use crate::facts::{Action, Facts, Outcome, OutcomeKind, Scope, Source};
use crate::log_type::LogType;
use crate::logs::node::{Texts, ip};
use crate::logs::{guid, time};

/// IAM calls that change how a user gets in or what a user may do: for the user they name, else for the caller.
const CHANGES_A_USER: &[&str] = &[
    "CreateLoginProfile",
    "UpdateLoginProfile",
    "CreateAccessKey",
    "UpdateAccessKey",
    "CreateServiceSpecificCredential",
    "ResetServiceSpecificCredential",
    "UpdateServiceSpecificCredential",
    "UploadSSHPublicKey",
    "UploadSigningCertificate",
    "ChangePassword",
    "EnableMFADevice",
    "DeactivateMFADevice",
    "ResyncMFADevice",
    "AddUserToGroup",
    "AttachUserPolicy",
    "PutUserPolicy",
];

/// IAM calls that change what a role may do.
const CHANGES_A_ROLE: &[&str] = &["AttachRolePolicy", "PutRolePolicy"];

/// Events of the sign-in service that say how they went below their own name.
const SIGN_INS: &[&str] = &["ConsoleLogin", "SwitchRole", "CheckMfa"];

pub(super) fn read(log: LogType, record: &Document<'_>) -> Facts {
    let mut facts = begun(log, record);
    facts.request_id = record.first(&["requestID", "requestId"]);
    facts.log_version = record.string("eventVersion");
    facts.log_name = record.string("eventCategory");
    facts.reason = record.first(&["requestParameters.reason", "requestParameters.comment"]);
    facts.session_id = record.first(&[
        "responseElements.sessionId",
        "requestParameters.sessionId",
        "responseElements.session.sessionId",
        "responseElements.automationExecutionId",
    ]);
    facts.command_id = record.first(&["responseElements.command.commandId", "requestParameters.commandId"]);
    document::name(record, &mut facts);
    facts.target = target::read(record, &mut facts);
    facts.tunnel = tunnel::read(record, &facts);
    facts.parameters_hidden = are_hidden(record);
    facts.grantee = grantee(record, &facts);
    facts.trusted = trust::read(record, &facts);
    facts.opens_login = opened::read(record);
    facts.steps_run = steps::read(record, &facts.action.key);
    facts.handed_out = handed_out::read(record, &facts);
    facts.key_fingerprint = record.first(&["requestParameters.sSHPublicKey"]).map(|key| fingerprint(&key));
    identify(record, &mut facts);
    facts
}

/// Of a record's facts those alone that the session has which it hands out; nothing where it hands out none.
pub(in crate::logs) fn of_hand_out(log: LogType, record: &Document<'_>) -> Option<Facts> {
    if !handed_out::may(record) {
        return None;
    }
    let mut facts = begun(log, record);
    facts.handed_out = handed_out::read(record, &facts);
    facts.handed_out.as_ref()?;
    identify(record, &mut facts);
    Some(facts)
}

/// Who called what, when and from where, and how it ended.
fn begun(log: LogType, record: &Document<'_>) -> Facts {
    let mut facts = Facts::new(log);
    let service = record.string("eventSource").unwrap_or_default();
    let operation = record.string("eventName").unwrap_or_default();
    let short = service.strip_suffix(".amazonaws.com").unwrap_or(&service);
    facts.action = Action { key: format!("{short}:{operation}"), service: service.clone(), operation };
    facts.original_time = record.first(&["eventTime", "@timestamp", "eventtime"]).unwrap_or_default();
    facts.time = time::parse(&facts.original_time);
    facts.outcome = outcome(record);
    facts.source = source(record);
    facts.scope = scope(record);
    facts.actor = actor::read(record, &facts);
    facts
}

fn identify(record: &Document<'_>, facts: &mut Facts) {
    // CloudTrail's own ids are GUIDs. Fragments and written examples have none, or the same one over and over; what
    // they say is the same on every path, and tells them apart.
    let id = record.first(&["eventID", "eventId"]);
    if !id.as_deref().is_some_and(guid::is_guid) {
        facts.content = Some(digest::of_content(record.root()));
    }
    facts.event_uid = id.or_else(|| facts.content.clone()).unwrap_or_default();
}

fn outcome(record: &Document<'_>) -> Outcome {
    let code = record.string("errorCode");
    let message = record.string("errorMessage");
    let failed_response = || {
        SIGN_INS.iter().any(|name| {
            record
                .string(&format!("responseElements.{name}"))
                .is_some_and(|word| word.eq_ignore_ascii_case("failure"))
        }) || record.get("responseElements.success").and_then(Node::as_bool) == Some(false)
    };
    let kind = match &code {
        Some(code) => kind_of_error(code),
        None if failed_response() || is_sign_in(record) && message.is_some() => OutcomeKind::Failed,
        None if is_unsaid(record) => OutcomeKind::Unknown,
        None => OutcomeKind::Success,
    };
    Outcome { kind, code, message }
}

/// Do the parameters, or those of a document, stand as a text that holds none, such as AWS's own for what it hides?
fn are_hidden(record: &Document<'_>) -> bool {
    ["requestParameters", "requestParameters.parameters"].iter().any(|path| record.string(path).is_some())
}

/// Calls that failed have an error, so those without one went well. How a sign-in went stands in the answer alone.
fn is_unsaid(record: &Document<'_>) -> bool {
    is_sign_in(record)
        && SIGN_INS.iter().all(|name| record.string(&format!("responseElements.{name}")).is_none())
}

fn is_sign_in(record: &Document<'_>) -> bool {
    record.string("eventName").is_some_and(|name| SIGN_INS.contains(&name.as_str()))
        && record.string("eventSource").is_some_and(|source| source == "signin.amazonaws.com")
}

fn kind_of_error(code: &str) -> OutcomeKind {
    const DENIED: &[&str] = &[
        "unauthorizedoperation",
        "unauthorizedaccess",
        "authexception",
        "serialconsoleaccessdisabledexception",
    ];
    let code = code.to_ascii_lowercase();
    let bare = code.strip_prefix("client.").unwrap_or(&code);
    if code.contains("accessdenied") || DENIED.contains(&bare) {
        OutcomeKind::Denied
    } else if bare == "dryrunoperation" {
        OutcomeKind::DryRun
    } else if code.contains("throttl") || bare == "requestlimitexceeded" {
        OutcomeKind::Throttled
    } else {
        OutcomeKind::Failed
    }
}

fn source(record: &Document<'_>) -> Source {
    let address = record.string("sourceIPAddress");
    let ip = address.as_deref().and_then(ip);
    let user_agent = record.string("userAgent");
    let cli_command = user_agent.as_deref().and_then(cli_command);
    Source { service: address.filter(|_| ip.is_none()), ip, user_agent, cli_command, ..Source::default() }
}

/// `md/command#ssm.start-session`, which the AWS CLI adds; else where the SDK says that it runs.
fn cli_command(user_agent: &str) -> Option<String> {
    let after = |mark: &str| {
        let (_, rest) = user_agent.split_once(mark)?;
        let word = rest.split(|c: char| c.is_whitespace() || c == ']').next()?;
        (!word.is_empty()).then(|| word.to_owned())
    };
    after("md/command#").or_else(|| after("exec-env/").map(|place| format!("exec-env/{place}")))
}

fn scope(record: &Document<'_>) -> Scope {
    let region = record.string("awsRegion");
    let partition = record
        .string("userIdentity.arn")
        .and_then(|arn| Arn::parse(&arn).map(|arn| arn.partition.to_owned()))
        .or_else(|| {
            let region = region.as_deref()?;
            Some(if region.starts_with("cn-") {
                "aws-cn".to_owned()
            } else if region.starts_with("us-gov-") {
                "aws-us-gov".to_owned()
            } else {
                "aws".to_owned()
            })
        });
    let account = record.first(&[
        "recipientAccountId",
        "userIdentity.accountId",
        "accountId",
        "userIdentity.onBehalfOf.accountId",
    ]);
    Scope { account: account.unwrap_or_default(), region, partition, ..Scope::default() }
}

/// Whose way in or rights an IAM call changes, by the ARN that the user or the role acts under; the path of a role is
/// not in the call.
fn grantee(record: &Document<'_>, facts: &Facts) -> Option<String> {
    if facts.action.service != "iam.amazonaws.com" {
        return None;
    }
    let operation = facts.action.operation.as_str();
    let partition = facts.scope.partition.as_deref().unwrap_or("aws");
    let arn =
        |kind: &str, name: String| format!("arn:{partition}:iam::{}:{kind}/{name}", facts.scope.account);
    if CHANGES_A_USER.contains(&operation) {
        match record.string("requestParameters.userName") {
            Some(user) => Some(arn("user", user)),
            None => (!facts.actor.key.is_empty()).then(|| facts.actor.key.clone()),
        }
    } else if CHANGES_A_ROLE.contains(&operation) {
        record.string("requestParameters.roleName").map(|role| arn("role", role))
    } else {
        None
    }
}

/// SHA-256 of an OpenSSH public key's blob; the type before it and the comment behind it say nothing of the key.
fn fingerprint(key: &str) -> String {
    let mut words = key.split_whitespace();
    let blob = match (words.next(), words.next()) {
        (Some(_), Some(blob)) => blob,
        (Some(only), None) => only,
        _ => "",
    };
    digest::of_bytes(blob.as_bytes())
}
