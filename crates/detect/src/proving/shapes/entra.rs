//! Entra's logs where they do not come through Event Hubs.
//!
//! - Log Analytics: properties as columns, objects as text, <https://learn.microsoft.com/azure/azure-monitor/reference/tables/signinlogs>,
//!   `…/auditlogs`, `…/aaduserriskevents`.
//! - Graph, <https://learn.microsoft.com/graph/api/resources/signin>.

use serde_json::{Value, json};

use super::form::{ENTRA, Shape, bytes, delivery};
use super::log::Log;
use super::members::pascal;
use super::sentinel::tables;
use super::text::csv;

pub(super) const SHAPES: &[Shape] = &[
    delivery("entra-rows", ENTRA, |records| bytes(&rows(records)?.into_iter().collect())),
    delivery("entra-tables", ENTRA, |records| bytes(&tables(&rows(records)?))),
    delivery("entra-csv", ENTRA, |records| Some(csv(&rows(records)?))),
    delivery("graph-signins", &[Log::SignIn], |records| {
        let all: Option<Value> = records.iter().map(of_graph).collect();
        bytes(
            &json!({"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns", "value": all?}),
        )
    }),
    delivery("graph-risks", &[Log::Risk], |records| {
        let all: Value = records.iter().map(|record| record["properties"].clone()).collect();
        bytes(
            &json!({"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#riskDetections", "value": all}),
        )
    }),
];

fn rows(records: &[Value]) -> Option<Vec<Value>> {
    records.iter().map(row).collect()
}

/// The columns of `properties` that are not called as they are there.
fn column(log: &str, name: &str) -> String {
    match (log, name) {
        (_, "ipAddress") if log != "AADUserRiskEvents" => "IPAddress".to_owned(),
        (_, "ipAddress") => "IpAddress".to_owned(),
        ("SigninLogs", "location") => "LocationDetails".to_owned(),
        ("SigninLogs", "resourceId") => "ResourceIdentity".to_owned(),
        ("SigninLogs", "riskEventTypes_v2") => "RiskEventTypes_V2".to_owned(),
        ("AuditLogs", "operationType") => "AADOperationType".to_owned(),
        _ => pascal(name),
    }
}

/// Nothing for what the table has no row for.
fn row(record: &Value) -> Option<Value> {
    let category = record["category"].as_str()?;
    let table = match category {
        "SignInLogs" => "SigninLogs",
        "NonInteractiveUserSignInLogs" => "AADNonInteractiveUserSignInLogs",
        "ServicePrincipalSignInLogs" => "AADServicePrincipalSignInLogs",
        "ManagedIdentitySignInLogs" => "AADManagedIdentitySignInLogs",
        "AuditLogs" => "AuditLogs",
        "UserRiskEvents" => "AADUserRiskEvents",
        _ => return None,
    };
    let kind = if table.ends_with("ignInLogs") || table == "SigninLogs" { "SigninLogs" } else { table };
    let mut row = json!({"Type": table, "TenantId": "00000000-0000-4000-8000-0000000000ee",
        "SourceSystem": "Azure AD", "AADTenantId": record["tenantId"]});
    for (from, to) in [
        ("time", "TimeGenerated"),
        ("category", "Category"),
        ("operationName", "OperationName"),
        ("resultType", "ResultType"),
        ("resultSignature", "ResultSignature"),
        ("resultDescription", "ResultDescription"),
        ("correlationId", "CorrelationId"),
        ("identity", "Identity"),
    ] {
        // What the directory's audit calls so is the activity's.
        let is_other = from == "category" && table == "AuditLogs";
        if !record[from].is_null() && !is_other {
            row[to] = record[from].clone();
        }
    }
    for (name, value) in record["properties"].as_object()? {
        let value =
            if value.is_object() || value.is_array() { json!(value.to_string()) } else { value.clone() };
        row[column(kind, name)] = value;
    }
    if kind == "SigninLogs"
        && let Some(country) = record["properties"]["location"]["countryOrRegion"].as_str()
    {
        row["Location"] = json!(country);
    }
    Some(row)
}

/// Graph lists sign-ins of people; how they ended stands in `status`.
fn of_graph(record: &Value) -> Option<Value> {
    let mut sign_in = record["properties"].as_object()?.clone();
    sign_in.get("createdDateTime")?;
    sign_in.get("userPrincipalName")?;
    let category = record["category"].as_str()?;
    if !matches!(category, "SignInLogs" | "NonInteractiveUserSignInLogs") {
        return None;
    }
    sign_in.insert("isInteractive".to_owned(), json!(category == "SignInLogs"));
    if let Some(code) = record["resultType"].as_str().and_then(|code| code.parse::<u64>().ok()) {
        let status = sign_in.entry("status").or_insert_with(|| json!({}));
        status["errorCode"] = json!(code);
        if let Some(reason) = record["resultDescription"].as_str() {
            status["failureReason"] = json!(reason);
        }
    } else if !record["resultType"].is_null() {
        return None;
    }
    sign_in.insert("correlationId".to_owned(), record["correlationId"].clone());
    Some(Value::Object(sign_in))
}
