//! What an Entra sign-in says, of any of the four categories.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Document, Node};

use crate::facts::{
    Action, Actor, ActorKind, Entra, Facts, HandedOut, Outcome, OutcomeKind, Scope, Source, Target,
};
use crate::log_type::LogType;
use crate::logs::node::{Texts, ip, texts_of};
use crate::logs::{guid, time};

/// Another step was asked for: neither a success nor a failure.
const INTERRUPTED: &[i64] = &[
    16_000, 50_058, 50_072, 50_074, 50_076, 50_079, 50_097, 50_125, 50_127, 50_129, 50_140, 50_158, 50_199,
    65_001,
];
/// A policy refused: conditional access, device state, assignment.
const DENIED: &[i64] = &[50_105, 53_000, 53_001, 53_002, 53_003, 530_002, 530_003, 530_004];

/// What Microsoft writes in place of a name that belongs to another tenant.
const REMOVED: &str = "{PII Removed}";

pub(super) fn read(record: &Document<'_>) -> Facts {
    let mut facts = Facts::new(LogType::EntraSignIn);
    let category = record.string("category").unwrap_or_default();
    facts.action = Action {
        service: "Microsoft Entra ID".to_owned(),
        operation: record.string("operationName").unwrap_or_else(|| "Sign-in activity".to_owned()),
        key: format!("signin:{category}"),
    };
    let times = ["properties.createdDateTime", "time", "eventTime"];
    facts.time = times.iter().filter_map(|path| record.string(path)).find_map(|text| time::parse(&text));
    facts.original_time = record.first(&times).unwrap_or_default();
    facts.outcome = outcome(record);
    facts.actor = actor(record, &category, facts.outcome.kind);
    facts.source = source(record);
    facts.target = target(record);
    facts.scope = scope(record);
    facts.correlation_id = record.first(&["properties.correlationId", "correlationId"]);
    facts.session_id.clone_from(&facts.correlation_id);
    facts.request_id = record.string("properties.originalRequestId");
    facts.entra = Some(entra(record));
    facts.handed_out = handed_out(record, &facts);
    facts.log_name = Some(category).filter(|category| !category.is_empty());
    facts.log_version = record.string("operationVersion");
    facts.event_uid =
        record.first(&["properties.id", "properties.uniqueTokenIdentifier", "id"]).unwrap_or_default();
    facts
}

/// The token, which records of what is done with it name among their claims.
fn handed_out(record: &Document<'_>, facts: &Facts) -> Option<Box<HandedOut>> {
    let key = record.string("properties.uniqueTokenIdentifier").filter(|key| !key.is_empty());
    let is_given = facts.outcome.kind == OutcomeKind::Success && key.is_some();
    is_given
        .then(|| Box::new(HandedOut { key, display: facts.actor.display.clone(), ..HandedOut::default() }))
}

fn outcome(record: &Document<'_>) -> Outcome {
    // The code, else the word that stands in its place, else the word beside it.
    let places =
        ["properties.status.errorCode", "resultType", "properties.status", "status", "resultSignature"];
    let given = places
        .iter()
        .filter_map(|path| record.string(path))
        .map(|given| (kind(&given), whole(&given).to_owned()))
        .find(|(kind, _)| *kind != OutcomeKind::Unknown);
    let (kind, given) = given.map_or((OutcomeKind::Unknown, None), |(kind, given)| (kind, Some(given)));
    let message = record
        .first(&["properties.status.failureReason", "resultDescription"])
        .filter(|reason| !reason.eq_ignore_ascii_case("Other."));
    Outcome { kind, code: given, message }
}

/// A number without the `.0` that tables of numbers put behind it.
fn whole(number: &str) -> &str {
    number.strip_suffix(".0").unwrap_or(number)
}

/// What a code of Entra's means, or a word for how it went.
fn kind(given: &str) -> OutcomeKind {
    if let Ok(code) = whole(given).parse::<i64>() {
        return match code {
            0 => OutcomeKind::Success,
            _ if INTERRUPTED.contains(&code) => OutcomeKind::Interrupted,
            _ if DENIED.contains(&code) => OutcomeKind::Denied,
            _ => OutcomeKind::Failed,
        };
    }
    let word = given.to_ascii_lowercase();
    let is = |heads: &[&str]| heads.iter().any(|head| word.starts_with(head));
    if is(&["succe"]) {
        OutcomeKind::Success
    } else if is(&["interrupt"]) {
        OutcomeKind::Interrupted
    } else if is(&["denied", "blocked", "rejected"]) {
        OutcomeKind::Denied
    } else if is(&["fail", "error"]) {
        OutcomeKind::Failed
    } else {
        OutcomeKind::Unknown
    }
}

fn actor(record: &Document<'_>, category: &str, outcome: OutcomeKind) -> Actor {
    let category = category.to_ascii_lowercase();
    // Of whom Entra does not know it writes an id of zeros.
    let user = record.string("properties.userId").filter(|id| guid::normal(id).bytes().any(|b| b != b'0'));
    let principal = record.string("properties.servicePrincipalId");
    let name = record.string("properties.userPrincipalName").filter(|name| name != REMOVED);
    let kind = if category.starts_with("managedidentity") {
        ActorKind::ManagedIdentity
    } else if category.starts_with("serviceprincipal")
        || (user.is_none() && name.is_none() && principal.is_some())
    {
        ActorKind::ServicePrincipal
    } else if user.is_some() || name.is_some() {
        ActorKind::User
    } else {
        ActorKind::Unknown
    };
    let is_user = matches!(kind, ActorKind::User | ActorKind::Unknown);
    let app_id = record.string("properties.appId");
    let uid = if is_user { user.or(principal) } else { principal.or_else(|| app_id.clone()) };
    let display = if is_user {
        name.clone()
            .or_else(|| record.first(&["properties.userDisplayName", "properties.alternateSignInName"]))
    } else {
        record.first(&["properties.servicePrincipalName", "properties.appDisplayName"])
    };
    let display = display.or_else(|| record.string("identity")).or_else(|| uid.clone()).unwrap_or_default();
    Actor {
        key: uid.as_deref().map_or_else(|| display.to_ascii_lowercase(), guid::normal),
        kind,
        type_name: record.string("properties.userType").unwrap_or_else(|| kind.as_str().to_owned()),
        display: display.clone(),
        uid,
        name: name.or(Some(display).filter(|display| !display.is_empty())),
        account: record.first(&["properties.homeTenantId", "tenantId"]),
        credential_uid: record.string("properties.servicePrincipalCredentialKeyId"),
        app_id,
        mfa: if is_user { second_factor(record, outcome) } else { None },
        is_human: kind == ActorKind::User,
        ..Actor::default()
    }
}

/// `singleFactorAuthentication` stands beside `MFA requirement satisfied by claim in the token`, so the words of the
/// status come first.
fn second_factor(record: &Document<'_>, outcome: OutcomeKind) -> Option<bool> {
    let details =
        record.string("properties.status.additionalDetails").unwrap_or_default().to_ascii_lowercase();
    let has_passed = details.starts_with("mfa requirement satisfied") || details.starts_with("mfa completed");
    if has_passed {
        return Some(true);
    }
    let requirement = record.string("properties.authenticationRequirement")?.to_ascii_lowercase();
    match requirement.as_str() {
        "singlefactorauthentication" => Some(false),
        "multifactorauthentication" if outcome == OutcomeKind::Success => Some(true),
        _ => None,
    }
}

fn source(record: &Document<'_>) -> Source {
    let address = ["properties.ipAddress", "callerIpAddress"].iter().filter_map(|path| record.string(path));
    let trusted = record.list("properties.networkLocationDetails.networkType");
    let country = record.first(&["properties.location.countryOrRegion", "properties.location"]);
    let country = country.or_else(|| record.string("location")).filter(|code| code.len() == 2);
    Source {
        ip: address.into_iter().find_map(|text| ip(&text)),
        user_agent: record.string("properties.userAgent"),
        asn: record
            .get("properties.autonomousSystemNumber")
            .and_then(Node::as_i64)
            .and_then(|asn| u32::try_from(asn).ok())
            .filter(|asn| *asn > 0),
        country,
        trusted_network: trusted
            .iter()
            .any(|kind| ["trusted", "trustedNamedLocation"].iter().any(|t| t.eq_ignore_ascii_case(kind))),
        ..Source::default()
    }
}

fn target(record: &Document<'_>) -> Target {
    let name = record.first(&["properties.resourceDisplayName", "properties.appDisplayName"]);
    let id = record.string("properties.resourceId").filter(|id| !id.starts_with('/'));
    let Some(id) = id.or_else(|| name.clone()) else { return Target::default() };
    Target {
        names: vec![name.unwrap_or_else(|| id.clone())].into(),
        ids: vec![id.to_ascii_lowercase()].into(),
        kind: "Application".to_owned(),
        count: 1,
        ..Target::default()
    }
}

fn scope(record: &Document<'_>) -> Scope {
    let tenant = record
        .first(&["tenantId", "properties.tenantId", "properties.resourceTenantId", "properties.homeTenantId"])
        .map(|tenant| tenant.to_ascii_lowercase());
    Scope { account: tenant.clone().unwrap_or_default(), tenant, ..Scope::default() }
}

fn entra(record: &Document<'_>) -> Entra {
    let mut risk_types: Vec<String> = Vec::new();
    for path in ["properties.riskEventTypes_v2", "properties.riskEventTypes"] {
        for kind in record.get(path).map(texts_of).unwrap_or_default() {
            if kind != "[]" && !risk_types.contains(&kind) {
                risk_types.push(kind);
            }
        }
    }
    Entra {
        app_id: record.string("properties.appId"),
        app_name: record.string("properties.appDisplayName"),
        resource_name: record.string("properties.resourceDisplayName"),
        resource_id: record.string("properties.resourceId"),
        risk_level: record.string("properties.riskLevelDuringSignIn"),
        risk_types,
        protocol: record.string("properties.authenticationProtocol"),
        device_trust: record.string("properties.deviceDetail.trustType"),
    }
}
