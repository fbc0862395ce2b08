//! Elastic's integrations, which write their own names.
//!
//! - CloudTrail, <https://www.elastic.co/docs/reference/integrations/aws/cloudtrail>: parameters as the text of a Java map
//!   and, in newer versions, in `flattened`.
//! - Azure, <https://www.elastic.co/docs/reference/integrations/azure/activitylogs> and `…/adlogs`: snake case, dots of
//!   claims' names as `_`.

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::carriers::each;
use super::form::{ACTIVITY, CLOUDTRAIL, Shape, at, delivery, set};
use super::log::Log;

pub(super) const SHAPES: &[Shape] = &[
    delivery("elastic-cloudtrail", CLOUDTRAIL, |records| Some(each(records, |record| trail(record, true)))),
    delivery("elastic-cloudtrail-older", CLOUDTRAIL, |records| {
        let all_print = records.iter().all(|record| {
            BODIES
                .iter()
                .all(|(from, _)| !record[from].is_object() || super::text::java(&record[from]).is_some())
        });
        all_print.then(|| each(records, |record| trail(record, false)))
    }),
    delivery("elastic-activity", ACTIVITY, |records| Some(each(records, activity))),
    delivery("elastic-signin", &[Log::SignIn], |records| Some(each(records, sign_in))),
];

const TRAIL: &[(&str, &str)] = &[
    ("eventTime", "@timestamp"),
    ("eventSource", "event.provider"),
    ("eventName", "event.action"),
    ("eventID", "event.id"),
    ("awsRegion", "cloud.region"),
    ("recipientAccountId", "cloud.account.id"),
    ("userAgent", "user_agent.original"),
    ("userIdentity.userName", "user.name"),
    ("userIdentity.principalId", "user.id"),
    ("eventVersion", "aws.cloudtrail.event_version"),
    ("eventType", "aws.cloudtrail.event_type"),
    ("eventCategory", "aws.cloudtrail.event_category"),
    ("errorCode", "aws.cloudtrail.error_code"),
    ("errorMessage", "aws.cloudtrail.error_message"),
    ("requestID", "aws.cloudtrail.request_id"),
    ("apiVersion", "aws.cloudtrail.api_version"),
    ("managementEvent", "aws.cloudtrail.management_event"),
    ("readOnly", "aws.cloudtrail.read_only"),
    ("recipientAccountId", "aws.cloudtrail.recipient_account_id"),
    ("sharedEventID", "aws.cloudtrail.shared_event_id"),
    ("vpcEndpointId", "aws.cloudtrail.vpc_endpoint_id"),
    ("sessionCredentialFromConsole", "aws.cloudtrail.session_credential_from_console"),
    ("userIdentity.type", "aws.cloudtrail.user_identity.type"),
    ("userIdentity.arn", "aws.cloudtrail.user_identity.arn"),
    ("userIdentity.accessKeyId", "aws.cloudtrail.user_identity.access_key_id"),
    ("userIdentity.invokedBy", "aws.cloudtrail.user_identity.invoked_by"),
    (
        "userIdentity.sessionContext.attributes.mfaAuthenticated",
        "aws.cloudtrail.user_identity.session_context.mfa_authenticated",
    ),
    (
        "userIdentity.sessionContext.attributes.creationDate",
        "aws.cloudtrail.user_identity.session_context.creation_date",
    ),
    (
        "userIdentity.sessionContext.sessionIssuer.type",
        "aws.cloudtrail.user_identity.session_context.session_issuer.type",
    ),
    (
        "userIdentity.sessionContext.sessionIssuer.arn",
        "aws.cloudtrail.user_identity.session_context.session_issuer.arn",
    ),
    (
        "userIdentity.sessionContext.sessionIssuer.principalId",
        "aws.cloudtrail.user_identity.session_context.session_issuer.principal_id",
    ),
    (
        "userIdentity.sessionContext.sessionIssuer.accountId",
        "aws.cloudtrail.user_identity.session_context.session_issuer.account_id",
    ),
];
const BODIES: [(&str, &str); 4] = [
    ("requestParameters", "request_parameters"),
    ("responseElements", "response_elements"),
    ("additionalEventData", "additional_eventdata"),
    ("serviceEventDetails", "service_event_details"),
];

fn trail(record: &Value, is_flattened: bool) -> Value {
    let mut document = json!({"event": {"dataset": "aws.cloudtrail", "module": "aws", "kind": "event"},
        "cloud": {"provider": "aws"}, "ecs": {"version": "8.11.0"}, "tags": ["forwarded", "aws-cloudtrail"]});
    for (from, to) in TRAIL {
        set(&mut document, to, at(record, from));
    }
    let failed = record["errorCode"].is_string() || at(record, "responseElements.ConsoleLogin") == "Failure";
    document["event"]["outcome"] = json!(if failed { "failure" } else { "success" });
    let source = &record["sourceIPAddress"];
    set(&mut document, "source.address", source);
    if source.as_str().is_some_and(|text| text.parse::<IpAddr>().is_ok()) {
        set(&mut document, "source.ip", source);
    }
    for (from, to) in BODIES {
        if !record[from].is_object() {
            continue;
        }
        if let Some(text) = super::text::java(&record[from]) {
            set(&mut document, &format!("aws.cloudtrail.{to}"), &json!(text));
        }
        if is_flattened {
            set(&mut document, &format!("aws.cloudtrail.flattened.{to}"), &record[from]);
        }
    }
    document
}

/// `riskLevelDuringSignIn` to `risk_level_during_sign_in`, with the integration's own exceptions.
fn snake(name: &str) -> String {
    match name {
        "createdDateTime" => return "created_at".to_owned(),
        "riskLevelDuringSignIn" => return "risk_level_during_signin".to_owned(),
        "ipAddress" => return "ip_address".to_owned(),
        _ => {}
    }
    let mut out = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn snaked(value: &Value) -> Value {
    match value {
        Value::Object(object) => object.iter().map(|(name, value)| (snake(name), snaked(value))).collect(),
        Value::Array(list) => list.iter().map(snaked).collect(),
        other => other.clone(),
    }
}

fn azure(record: &Value, dataset: &str) -> Value {
    let mut document = json!({"event": {"dataset": format!("azure.{dataset}"), "module": "azure", "kind": "event"},
        "cloud": {"provider": "azure"}, "ecs": {"version": "8.11.0"}});
    for (from, to) in [
        ("time", "@timestamp"),
        ("operationName", "event.action"),
        ("callerIpAddress", "source.ip"),
        ("correlationId", "azure.correlation_id"),
        ("tenantId", "azure.tenant_id"),
        ("resourceId", "azure.resource.id"),
    ] {
        set(&mut document, to, at(record, from));
    }
    let mut log = Map::new();
    for name in
        ["operationName", "category", "resultType", "resultSignature", "resultDescription", "tenantId"]
    {
        if !record[name].is_null() {
            log.insert(snake(name), record[name].clone());
        }
    }
    document["azure"][dataset] = Value::Object(log);
    document
}

fn activity(record: &Value) -> Value {
    let mut document = azure(record, "activitylogs");
    let outcome = match record["resultType"].as_str().unwrap_or_default() {
        "Success" | "Succeeded" | "Accept" => Some("success"),
        "Failure" | "Failed" => Some("failure"),
        _ => None,
    };
    if let Some(outcome) = outcome {
        document["event"]["outcome"] = json!(outcome);
    }
    let resource = record["resourceId"].as_str().unwrap_or_default();
    let mut parts = resource.split('/');
    if parts.any(|part| part.eq_ignore_ascii_case("subscriptions")) {
        document["azure"]["subscription_id"] = json!(parts.next());
    }
    let log = &mut document["azure"]["activitylogs"];
    set(log, "identity.authorization", &snaked(at(record, "identity.authorization")));
    if let Value::Object(claims) = at(record, "identity.claims") {
        let claims: Value =
            claims.iter().map(|(name, value)| (name.replace('.', "_"), value.clone())).collect();
        log["identity"]["claims"] = claims;
        let upn = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn";
        let name = &record["identity"]["claims"][upn];
        set(log, "identity.claims_initiated_by_user.name", name);
    }
    set(log, "properties", &snaked(&record["properties"]));
    document
}

fn sign_in(record: &Value) -> Value {
    let mut document = azure(record, "signinlogs");
    let properties = &record["properties"];
    set(&mut document, "azure.signinlogs.identity", &record["identity"]);
    set(&mut document, "azure.signinlogs.properties", &snaked(properties));
    set(&mut document, "source.ip", &properties["ipAddress"]);
    set(&mut document, "source.as.number", &properties["autonomousSystemNumber"]);
    set(&mut document, "source.geo.country_iso_code", at(properties, "location.countryOrRegion"));
    set(&mut document, "user_agent.original", &properties["userAgent"]);
    set(&mut document, "@timestamp", &properties["createdDateTime"]);
    document
}
