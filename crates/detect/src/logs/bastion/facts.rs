//! What a Bastion audit record says: one session to one machine.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Document;

use crate::facts::{Action, Actor, ActorKind, Facts, Outcome, OutcomeKind, Scope, Source, Target};
use crate::log_type::LogType;
use crate::logs::azure::resource_id;
use crate::logs::node::{Texts, ip};
use crate::logs::time;

pub(super) const MESSAGE: &str = "properties.message";

pub(super) fn read(record: &Document<'_>) -> Facts {
    let mut facts = Facts::new(LogType::BastionAudit);
    let operation =
        record.string("operationName").unwrap_or_else(|| "Microsoft.Network/BastionHost/connect".to_owned());
    let service = operation.split('/').next().unwrap_or_default().to_owned();
    facts.action = Action { key: operation.to_ascii_uppercase(), service, operation };
    facts.outcome = outcome(record);
    let times = ["time", "properties.sessionStartTime"];
    facts.time = times.iter().filter_map(|path| record.string(path)).find_map(|text| time::parse(&text));
    facts.original_time = record.first(&times).unwrap_or_default();
    let name = record.first(&["properties.userEmail", "properties.userName"]);
    facts.actor = Actor {
        key: name.as_deref().unwrap_or_default().to_ascii_lowercase(),
        kind: match name.as_deref() {
            Some(name) if name.contains('@') => ActorKind::User,
            Some(_) => ActorKind::Local,
            None => ActorKind::Unknown,
        },
        is_human: name.is_some(),
        display: name.clone().unwrap_or_default(),
        uid: name.clone(),
        name,
        ..Actor::default()
    };
    facts.source = Source {
        ip: record.string("properties.clientIpAddress").and_then(|text| ip(&text)),
        user_agent: record.string("properties.userAgent"),
        ..Source::default()
    };
    let target = record.first(&["properties.targetResourceId", "properties.targetVMIPAddress"]);
    if let Some(target) = target {
        let machine = resource_id::machine(&target);
        let kind = resource_id::kind(machine);
        facts.target = Target {
            ids: vec![machine.to_ascii_lowercase()].into(),
            names: vec![machine.to_owned()].into(),
            kind: if kind.is_empty() { "Host".to_owned() } else { kind },
            count: 1,
            ..Target::default()
        };
    }
    let resource = record.string("resourceId");
    let part = |name: &str| {
        resource.as_deref().and_then(|id| resource_id::segment(id, name)).map(str::to_ascii_lowercase)
    };
    let subscription = part("subscriptions");
    let tenant = record.string("tenantId").map(|tenant| tenant.to_ascii_lowercase());
    facts.scope = Scope {
        account: subscription.clone().or_else(|| tenant.clone()).unwrap_or_default(),
        region: record.string("location"),
        tenant,
        subscription,
        resource_group: part("resourcegroups"),
        ..Scope::default()
    };
    facts.session_id = record.string("properties.tunnelId");
    facts.correlation_id = record.string("correlationId");
    facts.resource = resource.map(|id| id.to_ascii_lowercase());
    facts.log_name = record.string("category");
    facts
}

/// What became of the login on the machine, in the record's own words: `Successfully Connected.`, `Login Failed`.
/// <https://learn.microsoft.com/en-us/azure/bastion/diagnostic-logs>
fn outcome(record: &Document<'_>) -> Outcome {
    const IN_VAIN: [&str; 3] = ["fail", "unsuccessful", "denied"];
    let message = record.string(MESSAGE);
    let said = message.as_deref().unwrap_or_default().to_ascii_lowercase();
    if IN_VAIN.iter().any(|word| said.contains(word)) {
        Outcome { kind: OutcomeKind::Failed, message, ..Outcome::default() }
    } else {
        Outcome::done()
    }
}
