use serde_json::json;

use crate::event::LogType;
use crate::event::testing::read;

const TENANT: &str = "00000000-0000-4000-8000-0000000000ee";

#[test]
fn a_risk_detection() {
    let record = json!({"time": "2026-11-20T10:00:05Z", "category": "UserRiskEvents", "operationName": "User Risk Detection",
        "tenantId": TENANT, "properties": {"id": "risk-1", "riskEventType": "anonymizedIPAddress", "riskLevel": "medium",
            "riskState": "atRisk", "activityDateTime": "2026-11-20T09:59:00Z", "ipAddress": "198.51.100.7",
            "userId": "00000000-0000-4000-8000-0000000000bb", "userPrincipalName": "dana@example.com", "requestId": "signin-1",
            "location": {"countryOrRegion": "NL"}}});
    let (log, facts) = read(&record);
    assert_eq!((log, facts.action.key.as_str()), (LogType::EntraRisk, "risk:anonymizedIPAddress"));
    assert_eq!((facts.event_uid.as_str(), facts.request_id.as_deref()), ("risk-1", Some("signin-1")));
    assert_eq!(facts.actor.key, "000000000000400080000000000000bb");
    assert_eq!(facts.entra.unwrap().risk_types, ["anonymizedIPAddress"]);
    let row = json!({"TimeGenerated": "2026-11-20T10:00:05Z", "Type": "AADUserRiskEvents", "Id": "risk-1",
        "RiskEventType": "anonymizedIPAddress", "RiskLevel": "medium", "UserId": "00000000-0000-4000-8000-0000000000bb",
        "IpAddress": "198.51.100.7", "ActivityDateTime": "2026-11-20T09:59:00Z", "Location": "{\"countryOrRegion\":\"NL\"}"});
    let (log, other) = read(&row);
    assert_eq!((log, other.event_uid.as_str()), (LogType::EntraRisk, "risk-1"));
    assert_eq!((other.source, other.time), (facts.source, facts.time));
}
