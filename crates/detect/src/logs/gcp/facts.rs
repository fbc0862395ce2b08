//! What a Google Cloud audit record says.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Document, Node};

use crate::facts::{Action, Actor, ActorKind, Facts, Outcome, OutcomeKind, Scope, Source, Target};
use crate::log_type::LogType;
use crate::logs::node::{Texts, ip};
use crate::logs::time;

pub(super) fn read(record: &Document<'_>) -> Facts {
    let mut facts = Facts::new(LogType::GcpAudit);
    let service = record.string("protoPayload.serviceName").unwrap_or_default();
    let operation = record.string("protoPayload.methodName").unwrap_or_default();
    let short = service.strip_suffix(".googleapis.com").unwrap_or(&service);
    facts.action = Action { key: format!("{short}:{operation}"), service, operation };
    facts.original_time = record.first(&["timestamp", "receiveTimestamp"]).unwrap_or_default();
    facts.time = time::parse(&facts.original_time);
    facts.outcome = outcome(record);
    facts.actor = actor(record);
    let address = record.string("protoPayload.requestMetadata.callerIp");
    let ip = address.as_deref().and_then(ip);
    facts.source = Source {
        // `private` and `gce-internal-ip` stand where Google hides an address.
        service: address.filter(|_| ip.is_none()),
        ip,
        user_agent: record.string("protoPayload.requestMetadata.callerSuppliedUserAgent"),
        ..Source::default()
    };
    facts.target = target(record);
    let log_name = record.string("logName");
    let project = record
        .string("resource.labels.project_id")
        .or_else(|| log_name.as_deref()?.strip_prefix("projects/")?.split('/').next().map(str::to_owned));
    facts.scope = Scope {
        account: project.unwrap_or_default(),
        region: record.first(&["resource.labels.zone", "resource.labels.location", "resource.labels.region"]),
        ..Scope::default()
    };
    facts.session_id = record.string("operation.id");
    facts.log_name = log_name;
    facts.event_uid = record.string("insertId").unwrap_or_default();
    facts
}

fn outcome(record: &Document<'_>) -> Outcome {
    let code = record.get("protoPayload.status.code").and_then(Node::as_i64).filter(|code| *code != 0);
    let refused = record
        .get("protoPayload.authorizationInfo")
        .into_iter()
        .flat_map(Node::members)
        .any(|part| part.key("granted").and_then(Node::as_bool) == Some(false));
    let failed = record.get("protoPayload.response.success").and_then(Node::as_bool) == Some(false);
    let kind = match code {
        Some(7 | 16) => OutcomeKind::Denied,
        Some(8) => OutcomeKind::Throttled,
        Some(_) => OutcomeKind::Failed,
        None if refused => OutcomeKind::Denied,
        None if failed => OutcomeKind::Failed,
        None => OutcomeKind::Success,
    };
    Outcome {
        kind,
        code: code.map(|code| code.to_string()),
        message: record.string("protoPayload.status.message"),
    }
}

fn actor(record: &Document<'_>) -> Actor {
    let email = record.string("protoPayload.authenticationInfo.principalEmail");
    let subject = record.string("protoPayload.authenticationInfo.principalSubject");
    let name = email.clone().or_else(|| subject.clone());
    let is_service_account = name.as_deref().is_some_and(|name| name.ends_with("gserviceaccount.com"));
    let kind = match &name {
        None => ActorKind::Unknown,
        Some(_) if is_service_account => ActorKind::ServicePrincipal,
        Some(_) => ActorKind::User,
    };
    Actor {
        key: name.as_deref().unwrap_or_default().to_ascii_lowercase(),
        kind,
        type_name: kind.as_str().to_owned(),
        display: name.clone().unwrap_or_default(),
        uid: subject.or(email),
        name,
        credential_uid: record.string("protoPayload.authenticationInfo.serviceAccountKeyName"),
        is_human: kind == ActorKind::User,
        ..Actor::default()
    }
}

fn target(record: &Document<'_>) -> Target {
    let instance = record.first(&["labels.instance_id", "resource.labels.instance_id"]);
    let resource = record.string("protoPayload.resourceName");
    let Some(id) = instance.or_else(|| resource.clone()) else { return Target::default() };
    Target {
        ids: vec![id.to_ascii_lowercase()].into(),
        names: vec![resource.unwrap_or(id)].into(),
        kind: record.string("resource.type").unwrap_or_default(),
        count: 1,
        ..Target::default()
    }
}
