use std::borrow::Cow;

use serde_json::json;

use crate::event::LogType;
use crate::event::testing::{in_every_cut, with};

#[test]
fn sign_ins() {
    let document = json!({
        "@timestamp": "2026-11-20T10:00:05.000Z", "source": {"ip": "198.51.100.7", "as": {"number": 64500}, "geo": {"country_iso_code": "NL"}},
        "event": {"dataset": "azure.signinlogs", "action": "Sign-in activity"}, "user_agent": {"original": "Mozilla/5.0"},
        "azure": {"tenant_id": "00000000-0000-4000-8000-0000000000ee", "correlation_id": "corr-1", "signinlogs": {
            "category": "NonInteractiveUserSignInLogs", "result_type": "0", "operation_name": "Sign-in activity", "identity": "Dana",
            "properties": {"id": "signin-1", "user_id": "00000000-0000-4000-8000-0000000000bb", "user_principal_name": "dana@example.com",
                "created_at": "2026-11-20T10:00:00Z", "app_display_name": "Azure CLI", "app_id": "app-1", "risk_level_during_signin": "high",
                "risk_event_types_v2": ["anonymizedIPAddress"], "status": {"error_code": 0}, "device_detail": {"trust_type": "Joined"},
                "authentication_protocol": "deviceCode", "resource_display_name": "ARM", "authentication_requirement": "singleFactorAuthentication"}}}
    });
    for document in in_every_cut(&document) {
        with(&document.to_string(), |event| {
            assert_eq!(event.log(), LogType::EntraSignIn);
            let risk = event
                .document()
                .get("properties.riskLevelDuringSignIn")
                .and_then(|node| node.as_str().map(Cow::into_owned));
            assert_eq!(risk.as_deref(), Some("high"), "{document}");
            let facts = event.facts();
            assert_eq!(
                (facts.event_uid.as_str(), facts.action.key.as_str()),
                ("signin-1", "signin:NonInteractiveUserSignInLogs")
            );
            assert_eq!(
                (facts.actor.key.as_str(), facts.actor.mfa),
                ("000000000000400080000000000000bb", Some(false))
            );
            assert_eq!((facts.source.asn, facts.source.country.as_deref()), (Some(64500), Some("NL")));
            assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T10:00:00Z");
            let entra = facts.entra.clone().unwrap();
            assert_eq!(
                (entra.risk_types, entra.device_trust.as_deref()),
                (vec!["anonymizedIPAddress".to_owned()], Some("Joined"))
            );
        })
        .unwrap();
    }
}
