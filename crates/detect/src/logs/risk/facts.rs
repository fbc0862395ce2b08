//! What a risk detection of Identity Protection says.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Document;

use crate::facts::{Action, Actor, ActorKind, Entra, Facts, Outcome, Source};
use crate::log_type::LogType;
use crate::logs::azure::directory::{SERVICE, common};
use crate::logs::guid;
use crate::logs::node::{Texts, ip};

/// One detection of Identity Protection.
pub(super) fn read(record: &Document<'_>) -> Facts {
    let mut facts = common(LogType::EntraRisk, record);
    let kind = record.first(&["properties.riskEventType", "properties.riskType"]).unwrap_or_default();
    let operation = record.string("operationName").unwrap_or_else(|| "User Risk Detection".to_owned());
    facts.action = Action { service: SERVICE.to_owned(), operation, key: format!("risk:{kind}") };
    facts.outcome = Outcome::done();
    let uid = record.first(&["properties.userId", "properties.servicePrincipalId"]);
    let name = record.first(&[
        "properties.userPrincipalName",
        "properties.userDisplayName",
        "properties.servicePrincipalDisplayName",
    ]);
    let is_user = record.string("properties.servicePrincipalId").is_none();
    let display = name.clone().or_else(|| uid.clone()).unwrap_or_default();
    facts.actor = Actor {
        key: uid.as_deref().map_or_else(|| display.to_ascii_lowercase(), guid::normal),
        kind: match is_user {
            true if uid.is_none() && name.is_none() => ActorKind::Unknown,
            true => ActorKind::User,
            false => ActorKind::ServicePrincipal,
        },
        is_human: is_user && (uid.is_some() || name.is_some()),
        display,
        uid,
        name,
        app_id: record.string("properties.appId"),
        ..Actor::default()
    };
    facts.source = Source {
        ip: ["properties.ipAddress", "callerIpAddress"]
            .iter()
            .filter_map(|path| record.string(path))
            .find_map(|text| ip(&text)),
        country: record.string("properties.location.countryOrRegion").filter(|code| code.len() == 2),
        ..Source::default()
    };
    facts.request_id = record.string("properties.requestId");
    facts.entra = Some(Entra {
        risk_level: record.string("properties.riskLevel"),
        risk_types: (!kind.is_empty()).then_some(kind).into_iter().collect(),
        ..Entra::default()
    });
    facts
}
