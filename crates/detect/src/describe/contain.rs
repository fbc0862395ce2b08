//! What contains an alert, ready for a shell: end the session, cancel the command, revoke the sessions, disable the keys.
//!
//! A call that did not go through has nothing to contain, and what a call ended itself is not ended again. Ids of access
//! keys stay in the evidence, so keys are disabled by their user.

use std::borrow::Cow;

use super::links::{is_guid, is_region, user};
use super::names::short_name;
use crate::event::{ActorKind, Facts, OutcomeKind, Provider};
use crate::matched::{Level, Match};

#[cfg(test)]
mod tests;

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Containment {
    /// What it does.
    pub what: &'static str,
    /// As it is pasted into a shell.
    pub command: String,
}

/// The commands that contain a match, the narrowest first.
pub fn of(found: &Match) -> Vec<Containment> {
    let facts = &found.facts;
    let went_through =
        matches!(facts.outcome.kind, OutcomeKind::Success | OutcomeKind::Accepted | OutcomeKind::Unknown);
    if found.verdict.attempt || !went_through || found.verdict.level == Level::Informational {
        return Vec::new();
    }
    match facts.provider {
        Provider::Aws => aws(facts),
        Provider::Azure => azure(facts),
        Provider::Gcp | Provider::Host => Vec::new(),
    }
}

/// Did the call end or take away something itself?
fn ends(facts: &Facts) -> bool {
    const ENDS: [&str; 6] = ["Terminate", "Delete", "Cancel", "Remove", "Disable", "Stop"];
    let operation = &facts.action.operation;
    ENDS.iter().any(|word| operation.starts_with(word)) || operation.to_ascii_lowercase().ends_with("/delete")
}

fn aws(facts: &Facts) -> Vec<Containment> {
    let Some(region) = facts.scope.region.as_deref().filter(|region| is_region(region)) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let mut add = |what, command| all.push(Containment { what, command });
    let is_session = matches!(facts.action.operation.as_str(), "StartSession" | "ResumeSession");
    if let Some(session) = facts.session_id.as_deref().filter(|_| is_session).and_then(quoted) {
        add("End the session", format!("aws ssm terminate-session --region {region} --session-id {session}"));
    }
    if let Some(command) = facts.command_id.as_deref().filter(|id| is_guid(id) && !ends(facts)) {
        add("Cancel the command", format!("aws ssm cancel-command --region {region} --command-id {command}"));
    }
    if let Some(revoking) = revoking(facts) {
        add("Revoke the role's sessions from before this", revoking);
    }
    if let Some(user) = user_with_keys(facts) {
        add(
            "Disable the user's keys",
            format!(
                "aws iam list-access-keys --user-name {user} --query 'AccessKeyMetadata[].[AccessKeyId]' --output text | \
                 xargs -n 1 aws iam update-access-key --user-name {user} --status Inactive --access-key-id"
            ),
        );
    }
    all
}

/// Denies a role everything by tokens from before the event's end; roles of services and of Identity Center cannot be
/// changed so.
fn revoking(facts: &Facts) -> Option<String> {
    let actor = &facts.actor;
    let issuer = actor.issuer.as_deref().filter(|_| !actor.is_service && actor.invoked_by.is_none())?;
    let (owner, path) = issuer.split_once(":role/")?;
    // Whoever pastes it is in the account of the event: a role of that name there is another.
    if owner.rsplit(':').next() != Some(facts.scope.account.as_str()) {
        return None;
    }
    if path.starts_with("aws-reserved/") || path.starts_with("aws-service-role/") {
        return None;
    }
    let role = short_name(issuer);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    let role = quoted(&role).filter(|_| role.bytes().all(is_name))?;
    let issued = facts.time?;
    Some(format!(
        r#"aws iam put-role-policy --role-name {role} --policy-name RevokeOlderSessions --policy-document '{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"DateLessThanEquals":{{"aws:TokenIssueTime":"{issued}"}}}}}}]}}'"#
    ))
}

fn user_with_keys(facts: &Facts) -> Option<Cow<'_, str>> {
    let actor = &facts.actor;
    let has_key = actor.credential_uid.as_deref().is_some_and(|key| key.starts_with("AKIA"));
    // A user of that name in the account of the event is another.
    let owner = actor.uid.as_deref().and_then(|arn| arn.split(':').nth(4));
    let is_ours = owner.is_none_or(|owner| owner == facts.scope.account);
    quoted(actor.name.as_deref().filter(|_| has_key && is_ours && actor.kind == ActorKind::User)?)
}

fn azure(facts: &Facts) -> Vec<Containment> {
    let mut all = Vec::new();
    let mut add = |what, command| all.push(Containment { what, command });
    let of_command = |id: &&str| id.to_ascii_lowercase().contains("/runcommands/") && !ends(facts);
    if let Some(id) = facts.resource.as_deref().filter(of_command).and_then(quoted) {
        add(
            "Delete the run command, with its script and its output",
            format!("az resource delete --ids {id}"),
        );
    }
    if let Some(user) = user(facts) {
        add(
            "Revoke the user's sessions",
            format!(
                "az rest --method post --url https://graph.microsoft.com/v1.0/users/{user}/revokeSignInSessions"
            ),
        );
    }
    let is_principal = facts.actor.kind == ActorKind::ServicePrincipal;
    if let Some(id) = facts.actor.uid.as_deref().filter(|uid| is_principal && is_guid(uid)) {
        add("Disable the service principal", format!("az ad sp update --id {id} --set accountEnabled=false"));
    }
    all
}

/// A word that a shell takes as it is; nothing for what could be an option, or holds what cannot be seen.
fn quoted(text: &str) -> Option<Cow<'_, str>> {
    let is_seen = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if text.is_empty()
        || text.len() > 1_024
        || text.starts_with('-')
        || !is_seen
        || text.contains("[REDACTED]")
    {
        return None;
    }
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./:@,+-".contains(&byte));
    Some(if is_plain {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    })
}
