use serde_json::{Value, json};

use crate::event::testing::{facts, merged, read};
use crate::event::{ActorKind, Facts, LogType, OutcomeKind};

const USER: &str = "00000000-0000-4000-8000-0000000000bb";
const TENANT: &str = "00000000-0000-4000-8000-0000000000ee";
const ARM: &str = "00000000-0000-4000-8000-000000000a4a";

fn sign_in() -> Value {
    json!({
        "time": "2026-11-20T10:00:05Z", "resourceId": format!("/tenants/{TENANT}/providers/Microsoft.aadiam"),
        "operationName": "Sign-in activity", "operationVersion": "1.0", "category": "SignInLogs", "tenantId": TENANT,
        "resultType": "0", "resultSignature": "None", "durationMs": 0, "callerIpAddress": "198.51.100.9",
        "correlationId": "00000000-0000-4000-8000-0000000000cc", "identity": "Dana Example", "Level": 4, "location": "FR",
        "properties": {
            "id": "00000000-0000-4000-8000-0000000000dd", "createdDateTime": "2026-11-20T10:00:00.107+00:00",
            "userDisplayName": "Dana Example", "userPrincipalName": "dana@example.com", "userId": USER,
            "appId": "00000000-0000-4000-8000-00000000c11e", "appDisplayName": "Azure CLI", "ipAddress": "198.51.100.7",
            "status": {"errorCode": 0, "additionalDetails": ""}, "clientAppUsed": "Browser", "userAgent": "Mozilla/5.0",
            "deviceDetail": {"trustType": "Azure AD joined"}, "location": {"countryOrRegion": "NL"},
            "autonomousSystemNumber": 64500, "riskLevelDuringSignIn": "high", "riskEventTypes": ["anonymizedIPAddress"],
            "riskEventTypes_v2": ["anonymizedIPAddress", "unfamiliarFeatures"], "authenticationProtocol": "deviceCode",
            "resourceDisplayName": "Windows Azure Service Management API", "resourceId": ARM.to_uppercase(),
            "authenticationRequirement": "singleFactorAuthentication", "userType": "Member", "networkLocationDetails": []
        }
    })
}

fn with(patch: &Value) -> Facts {
    facts(&merged(&sign_in(), patch))
}

#[test]
fn the_envelope() {
    let (log, facts) = read(&sign_in());
    assert_eq!(log, LogType::EntraSignIn);
    assert_eq!(facts.event_uid, "00000000-0000-4000-8000-0000000000dd");
    assert_eq!(facts.identity(), facts.event_uid);
    assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T10:00:00.107Z");
    assert_eq!(facts.action.key, "signin:SignInLogs");
    assert_eq!(facts.outcome.kind, OutcomeKind::Success);
    assert_eq!(facts.actor.key, "000000000000400080000000000000bb");
    assert_eq!((facts.actor.kind, facts.actor.display.as_str()), (ActorKind::User, "dana@example.com"));
    assert_eq!((facts.actor.mfa, facts.actor.is_human), (Some(false), true));
    assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.7");
    assert_eq!((facts.source.asn, facts.source.country.as_deref()), (Some(64500), Some("NL")));
    assert!(!facts.source.trusted_network);
    assert_eq!(facts.target.ids, [ARM]);
    assert_eq!(facts.target.names, ["Windows Azure Service Management API"]);
    assert_eq!(facts.scope.account, TENANT);
    assert_eq!(facts.session_id.as_deref(), Some("00000000-0000-4000-8000-0000000000cc"));
    let entra = facts.entra.unwrap();
    assert_eq!(entra.risk_level.as_deref(), Some("high"));
    assert_eq!(entra.risk_types, ["anonymizedIPAddress", "unfamiliarFeatures"]);
    assert_eq!(
        (entra.protocol.as_deref(), entra.device_trust.as_deref()),
        (Some("deviceCode"), Some("Azure AD joined"))
    );
}

#[test]
fn outcomes() {
    use OutcomeKind::{Denied, Failed, Interrupted, Success};
    for code in
        [50058, 50140, 50074, 50076, 50079, 50072, 50097, 50125, 50127, 50129, 50158, 50199, 65001, 16000]
    {
        let facts =
            with(&json!({"resultType": code.to_string(), "properties": {"status": {"errorCode": code}}}));
        assert_eq!(facts.outcome.kind, Interrupted, "{code}");
    }
    for (code, expected) in [
        (50126, Failed),
        (50053, Failed),
        (50057, Failed),
        (50034, Failed),
        (500_121, Failed),
        (7_000_215, Failed),
        (7_000_222, Failed),
        (53003, Denied),
        (530_003, Denied),
        (99999, Failed),
        (0, Success),
    ] {
        let by_status = with(&json!({"properties": {"status": {"errorCode": code}}}));
        let by_result = with(&json!({"resultType": code.to_string(), "properties": {"status": null}}));
        assert_eq!((by_status.outcome.kind, by_result.outcome.kind), (expected, expected), "{code}");
        assert_eq!(by_result.outcome.code, Some(code.to_string()));
    }
    for signature in ["None", "SUCCESS", "FAILURE"] {
        assert_eq!(
            with(&json!({"resultSignature": signature})).outcome.kind,
            Success,
            "the signature says nothing"
        );
    }
}

#[test]
fn a_second_factor_may_be_in_the_token_already() {
    let claim = json!({"properties": {"status": {"additionalDetails": "MFA requirement satisfied by claim in the token"}}});
    assert_eq!(with(&claim).actor.mfa, Some(true));
    let multi = json!({"properties": {"authenticationRequirement": "multiFactorAuthentication"}});
    assert_eq!(with(&multi).actor.mfa, Some(true));
    let stopped = merged(&multi, &json!({"properties": {"status": {"errorCode": 50076}}}));
    assert_eq!(with(&stopped).actor.mfa, None);
}

#[test]
fn service_principals_and_managed_identities() {
    let principal = json!({"category": "ServicePrincipalSignInLogs", "identity": null, "properties": {
        "userId": null, "userPrincipalName": null, "servicePrincipalId": "00000000-0000-4000-8000-0000000000AB",
        "servicePrincipalName": "ci", "servicePrincipalCredentialKeyId": "key-1"}});
    let facts = with(&principal);
    assert_eq!(
        (facts.actor.kind, facts.actor.key.as_str()),
        (ActorKind::ServicePrincipal, "000000000000400080000000000000ab")
    );
    assert_eq!((facts.actor.display.as_str(), facts.actor.mfa), ("ci", None));
    assert_eq!(facts.actor.credential_uid.as_deref(), Some("key-1"));
    let managed = merged(
        &merged(&sign_in(), &principal),
        &json!({"category": "ManagedIdentitySignInLogs", "callerIpAddress": null,
        "location": null, "properties": {"ipAddress": "", "location": {"countryOrRegion": ""}}}),
    );
    let facts = crate::event::testing::facts(&managed);
    assert_eq!(
        (facts.actor.kind, facts.source.ip, facts.source.country),
        (ActorKind::ManagedIdentity, None, None)
    );
    assert_eq!(facts.action.key, "signin:ManagedIdentitySignInLogs");
    let other = with(&json!({"category": "NonInteractiveUserSignInLogs"}));
    assert_eq!(
        (other.actor.kind, other.action.key.as_str()),
        (ActorKind::User, "signin:NonInteractiveUserSignInLogs")
    );
}

#[test]
fn networks_and_addresses() {
    for (kind, trusted) in
        [("trustedNamedLocation", true), ("trusted", true), ("namedNetwork", false), ("extranet", false)]
    {
        let facts = with(
            &json!({"properties": {"networkLocationDetails": [{"networkType": kind, "networkNames": ["x"]}]}}),
        );
        assert_eq!(facts.source.trusted_network, trusted, "{kind}");
    }
    let facts = with(
        &json!({"properties": {"ipAddress": null, "location": null, "autonomousSystemNumber": "64501"}}),
    );
    assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.9");
    assert_eq!((facts.source.country.as_deref(), facts.source.asn), (Some("FR"), Some(64501)));
}

#[test]
fn ids_and_times_fall_back() {
    let facts = with(
        &json!({"properties": {"id": null, "uniqueTokenIdentifier": "dG9rZW4", "createdDateTime": null}}),
    );
    assert_eq!((facts.event_uid.as_str(), facts.original_time.as_str()), ("dG9rZW4", "2026-11-20T10:00:05Z"));
    assert_eq!(with(&json!({"properties": {"id": null}})).event_uid.len(), 64);
}

/// The same sign-in in the other shapes says the same.
#[test]
fn other_shapes_say_the_same() {
    let expected = facts(&sign_in());
    let properties = sign_in()["properties"].clone();
    let text = |value: &Value| json!(value.to_string());
    let analytics = json!({
        "TenantId": "00000000-0000-4000-8000-0000000000ff", "TimeGenerated": "2026-11-20T10:00:05Z", "AADTenantId": TENANT,
        "OperationName": "Sign-in activity", "Category": "SignInLogs", "ResultType": "0", "ResultSignature": "None",
        "CorrelationId": "00000000-0000-4000-8000-0000000000cc", "Location": "NL", "AppId": properties["appId"],
        "AppDisplayName": "Azure CLI", "IPAddress": "198.51.100.7", "Id": properties["id"], "UserId": USER,
        "CreatedDateTime": properties["createdDateTime"], "UserPrincipalName": "dana@example.com", "UserType": "Member",
        "Status": text(&properties["status"]), "DeviceDetail": text(&properties["deviceDetail"]),
        "LocationDetails": text(&properties["location"]), "AutonomousSystemNumber": "64500",
        "RiskLevelDuringSignIn": "high", "RiskEventTypes": "[]", "RiskEventTypes_V2": text(&properties["riskEventTypes_v2"]),
        "AuthenticationProtocol": "deviceCode", "AuthenticationRequirement": "singleFactorAuthentication",
        "ResourceDisplayName": "Windows Azure Service Management API", "ResourceIdentity": ARM, "Type": "SigninLogs"
    });
    let graph = merged(
        &properties,
        &json!({"resourceTenantId": TENANT, "correlationId": "00000000-0000-4000-8000-0000000000cc"}),
    );
    let mut stringly = sign_in();
    stringly["properties"] = text(&properties);
    for (name, record) in [("analytics", analytics), ("graph", graph), ("strings", stringly)] {
        let (log, facts) = read(&record);
        assert_eq!(log, LogType::EntraSignIn, "{name}");
        assert_eq!(facts.identity(), expected.identity(), "{name}");
        assert_eq!(facts.action.key, expected.action.key, "{name}");
        assert_eq!(facts.outcome.kind, expected.outcome.kind, "{name}");
        assert_eq!(facts.actor.key, expected.actor.key, "{name}");
        assert_eq!(facts.actor.mfa, expected.actor.mfa, "{name}");
        assert_eq!(facts.source.ip, expected.source.ip, "{name}");
        assert_eq!(facts.source.asn, expected.source.asn, "{name}");
        assert_eq!(facts.source.country, expected.source.country, "{name}");
        assert_eq!(facts.target, expected.target, "{name}");
        assert_eq!(facts.scope, expected.scope, "{name}");
        assert_eq!(facts.time, expected.time, "{name}");
        let (ours, theirs) = (facts.entra.unwrap(), expected.entra.clone().unwrap());
        assert_eq!((ours.risk_types, ours.risk_level), (theirs.risk_types, theirs.risk_level), "{name}");
        assert_eq!((ours.app_id, ours.device_trust), (theirs.app_id, theirs.device_trust), "{name}");
    }
}

#[test]
fn rows_of_the_other_tables_know_their_category() {
    let row = |table: &str| {
        json!({"TimeGenerated": "2026-11-20T10:00:05Z", "AppId": "a", "ResultType": "0", "ServicePrincipalId":
            "00000000-0000-4000-8000-0000000000ab", "ServicePrincipalName": "ci", "Type": table})
    };
    for (table, category) in [
        ("AADServicePrincipalSignInLogs", "signin:ServicePrincipalSignInLogs"),
        ("AADManagedIdentitySignInLogs", "signin:ManagedIdentitySignInLogs"),
        ("AADNonInteractiveUserSignInLogs", "signin:NonInteractiveUserSignInLogs"),
    ] {
        assert_eq!(facts(&row(table)).action.key, category);
    }
}

#[test]
fn a_code_is_read_as_a_table_of_numbers_writes_it() {
    for (code, kind) in
        [("0.0", OutcomeKind::Success), ("50126.0", OutcomeKind::Failed), ("53003.0", OutcomeKind::Denied)]
    {
        let outcome = with(&json!({"resultType": code, "properties": {"status": null}})).outcome;
        assert_eq!((outcome.kind, outcome.code.as_deref()), (kind, code.strip_suffix(".0")), "{code}");
    }
}

#[test]
fn the_name_of_a_type_says_nothing() {
    for name in [
        "microsoft.graph.signInStatus",
        "#microsoft.graph.signInStatus",
        "Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInStatus",
        "System.Collections.Generic.Dictionary`2[System.String,System.Object]",
        "System.Object[]",
    ] {
        let facts = with(
            &json!({"resultType": null, "resultSignature": null, "callerIpAddress": null, "properties": {
            "status": name, "riskEventTypes": name, "riskEventTypes_v2": name, "location": name, "deviceDetail": name}}),
        );
        assert_eq!((facts.outcome.kind, facts.outcome.code), (OutcomeKind::Unknown, None), "{name}");
        let entra = facts.entra.unwrap();
        assert_eq!((entra.risk_types.len(), entra.device_trust), (0, None), "{name}");
    }
}
