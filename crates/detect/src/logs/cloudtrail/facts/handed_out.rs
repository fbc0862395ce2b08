//! The session that a call hands out, by the service's own answer.

use trailhound_sigma::json::Document;

use super::super::arn::Arn;
use super::actor::role_of_session;
use crate::facts::{Facts, HandedOut, OutcomeKind};
use crate::logs::node::Texts;

/// Services that hand out sessions; in others' answers a key may be anything.
const SERVICES: &[&str] = &[
    "sts.amazonaws.com",
    "sso.amazonaws.com",
    "rolesanywhere.amazonaws.com",
    "cognito-identity.amazonaws.com",
];
/// Where their answers have the id of the key.
const KEYS: &[&str] = &[
    "responseElements.credentials.accessKeyId",
    "responseElements.roleCredentials.accessKeyId",
    "responseElements.credentialSet.credentials.accessKeyId",
];
/// Where they say who acts with it.
const ACTS: &[(&str, &str)] = &[
    ("responseElements.assumedRoleUser.arn", "responseElements.assumedRoleUser.assumedRoleId"),
    ("responseElements.federatedUser.arn", "responseElements.federatedUser.federatedUserId"),
    (
        "responseElements.credentialSet.assumedRoleUser.arn",
        "responseElements.credentialSet.assumedRoleUser.assumedRoleId",
    ),
];

/// Does a service that hands out sessions answer with the key of one?
pub(super) fn may(record: &Document<'_>) -> bool {
    let service = record.string("eventSource");
    service.is_some_and(|service| SERVICES.contains(&service.as_str())) && record.first(KEYS).is_some()
}

pub(super) fn read(record: &Document<'_>, facts: &Facts) -> Option<Box<HandedOut>> {
    if facts.action.key == "iam:CreateAccessKey" {
        return made(record);
    }
    let hands_out = SERVICES.contains(&facts.action.service.as_str());
    if !hands_out || facts.outcome.kind != OutcomeKind::Success {
        return None;
    }
    let key = record.first(KEYS).filter(|key| !key.is_empty())?;
    let acts = ACTS.iter().find_map(|(arn, principal)| Some((record.string(arn)?, record.string(principal))));
    let mut session = HandedOut { key: Some(key), ..HandedOut::default() };
    if let Some((arn, principal)) = &acts {
        let parsed = Arn::parse(arn)?;
        let name = parsed.last_segment().to_owned();
        let role = role_of_session(parsed)
            .as_deref()
            .and_then(Arn::parse)
            .map(|role| role.last_segment().to_owned());
        session.principal.clone_from(principal);
        session.account = Some(parsed.account.to_owned());
        session.display = role.as_ref().map_or_else(|| name.clone(), |role| format!("{role}/{name}"));
        session.role = role;
    } else if facts.action.operation == "AssumeRoot" {
        session.account = record.string("requestParameters.targetPrincipal");
        session.role = Some("root".to_owned());
        "root".clone_into(&mut session.display);
    } else {
        // The same user, with another key.
        session.account.clone_from(&facts.actor.account);
        session.display.clone_from(&facts.actor.display);
    }
    Some(Box::new(session))
}

/// A key that is made for a user.
fn made(record: &Document<'_>) -> Option<Box<HandedOut>> {
    let key = record.string("responseElements.accessKey.accessKeyId").filter(|key| !key.is_empty())?;
    let display = record.string("responseElements.accessKey.userName").unwrap_or_default();
    Some(Box::new(HandedOut { key: Some(key), display, is_lasting: true, ..HandedOut::default() }))
}
