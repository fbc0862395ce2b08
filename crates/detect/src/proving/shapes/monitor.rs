//! The Activity Log where Azure itself shows it in other words than Event Hubs do.
//!
//! - REST, <https://learn.microsoft.com/rest/api/monitor/activity-logs/list>; the command line prints the same.
//! - PowerShell, <https://learn.microsoft.com/powershell/module/az.monitor/get-azactivitylog>: PascalCase, claims and
//!   properties below `Content`, the operation in words for people.
//! - Log Analytics, <https://learn.microsoft.com/azure/azure-monitor/reference/tables/azureactivity>.

use serde_json::{Value, json};

use super::form::{ACTIVITY, Shape, at, bytes, delivery, set};
use super::sentinel::tables;
use super::text::csv;

pub(super) const SHAPES: &[Shape] = &[
    delivery("activity-rest", ACTIVITY, |records| {
        bytes(&json!({"value": records.iter().map(rest).collect::<Value>()}))
    }),
    delivery("activity-az-command", ACTIVITY, |records| {
        serde_json::to_vec_pretty(&records.iter().map(rest).collect::<Value>()).ok()
    }),
    delivery("activity-powershell", ACTIVITY, |records| {
        let all: Option<Value> = records.iter().map(powershell).collect();
        bytes(&all?)
    }),
    delivery("activity-rows", ACTIVITY, |records| bytes(&rows(records)?.into_iter().collect())),
    delivery("activity-tables", ACTIVITY, |records| bytes(&tables(&rows(records)?))),
    delivery("activity-csv", ACTIVITY, |records| {
        Some([b"\xef\xbb\xbf".to_vec(), csv(&rows(records)?)].concat())
    }),
    delivery("activity-legacy-csv", ACTIVITY, |records| {
        let rows: Option<Vec<Value>> = records.iter().map(legacy_row).collect();
        Some(csv(&rows?))
    }),
];

/// What people are told in place of an operation; translated, so it can be any words at all.
const FOR_PEOPLE: &str = "Befehl auf virtuellem Computer ausführen";

/// The claims in which Event Hubs keep what REST names `caller`, in order.
const CALLER: [&str; 3] = [
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "http://schemas.microsoft.com/identity/claims/objectidentifier",
];

fn caller(record: &Value) -> Value {
    let claims = at(record, "identity.claims");
    let named = CALLER.iter().map(|name| &claims[name]).find(|value| value.is_string());
    named.cloned().unwrap_or_else(|| record["caller"].clone())
}

/// REST and PowerShell know one form of each word for the state.
fn status(record: &Value) -> Value {
    match record["resultType"].as_str().unwrap_or_default() {
        "Start" | "Started" => json!("Started"),
        "Accept" | "Accepted" => json!("Accepted"),
        "Success" | "Succeeded" => json!("Succeeded"),
        "Failure" | "Failed" => json!("Failed"),
        _ => record["resultType"].clone(),
    }
}

/// What stands behind the dot of `Failed.Forbidden`.
fn sub_status(record: &Value) -> Value {
    let signature = record["resultSignature"].as_str().unwrap_or_default();
    json!(signature.split_once('.').map_or("", |(_, sub)| sub))
}

fn subscription(record: &Value) -> Value {
    let resource = record["resourceId"].as_str().unwrap_or_default();
    let mut parts = resource.split('/');
    parts.find(|part| part.eq_ignore_ascii_case("subscriptions"));
    json!(parts.next())
}

fn rest(record: &Value) -> Value {
    let words = |value: &Value| json!({"value": value, "localizedValue": value});
    let mut event = json!({"channels": "Operation", "eventSource": {"value": "Administrative"},
        "status": words(&status(record)), "subStatus": words(&sub_status(record)), "level": "Informational",
        "operationName": {"value": record["operationName"], "localizedValue": FOR_PEOPLE},
        "eventName": {"value": "EndRequest", "localizedValue": "End request"}});
    for (from, to) in [
        ("time", "eventTimestamp"),
        ("resourceId", "resourceId"),
        ("correlationId", "correlationId"),
        ("correlationId", "operationId"),
        ("tenantId", "tenantId"),
        ("identity.authorization.action", "authorization.action"),
        ("identity.authorization.scope", "authorization.scope"),
        ("identity.authorization.evidence.role", "authorization.role"),
        ("identity.claims", "claims"),
        ("callerIpAddress", "httpRequest.clientIpAddress"),
        ("properties", "properties"),
    ] {
        set(&mut event, to, at(record, from));
    }
    if !record["category"].is_null() {
        event["category"] = words(&record["category"]);
    }
    set(&mut event, "caller", &caller(record));
    set(&mut event, "subscriptionId", &subscription(record));
    event
}

/// The operation in the provider's own spelling, where the record has it beside the shouted one.
fn spelled(record: &Value) -> Value {
    let operation = record["operationName"].as_str().unwrap_or_default();
    let action = at(record, "identity.authorization.action");
    let is_same = action.as_str().is_some_and(|action| action.eq_ignore_ascii_case(operation));
    if is_same { action.clone() } else { json!(operation.to_lowercase()) }
}

fn powershell(record: &Value) -> Option<Value> {
    let mut event = json!({"Description": "", "EventName": "End request", "Level": "Informational",
        "OperationName": FOR_PEOPLE, "Status": status(record), "SubStatus": sub_status(record),
        "SubmissionTimestamp": record["time"]});
    for (from, to) in [
        ("time", "EventTimestamp"),
        ("resourceId", "ResourceId"),
        ("correlationId", "CorrelationId"),
        ("correlationId", "OperationId"),
        ("category", "Category"),
        ("tenantId", "TenantId"),
        ("identity.authorization.action", "Authorization.Action"),
        ("identity.authorization.scope", "Authorization.Scope"),
        ("identity.authorization.evidence.role", "Authorization.Role"),
        ("identity.claims", "Claims.Content"),
        ("callerIpAddress", "HttpRequest.ClientIpAddress"),
    ] {
        set(&mut event, to, at(record, from));
    }
    let mut content = record["properties"].clone();
    if content.is_null() {
        content = json!({});
    }
    let Value::Object(members) = &mut content else { return None };
    members.entry("message").or_insert_with(|| spelled(record));
    event["Properties"] = json!({"Content": content});
    set(&mut event, "Caller", &caller(record));
    set(&mut event, "SubscriptionId", &subscription(record));
    Some(event)
}

/// Nothing for a record that names no subscription, since a row always does.
fn rows(records: &[Value]) -> Option<Vec<Value>> {
    let has_one = records.iter().all(|record| subscription(record).is_string());
    has_one.then(|| records.iter().map(row).collect())
}

fn row(record: &Value) -> Value {
    let text = |value: &Value| if value.is_null() { json!("") } else { json!(value.to_string()) };
    let mut row = json!({"Type": "AzureActivity", "SourceSystem": "Azure", "OperationName": FOR_PEOPLE,
        "TenantId": "00000000-0000-4000-8000-0000000000ee", "Level": "Informational",
        "ActivityStatusValue": record["resultType"], "ActivitySubstatusValue": sub_status(record),
        "Authorization": text(at(record, "identity.authorization")), "Claims": text(at(record, "identity.claims")),
        "Properties": text(&record["properties"]), "HTTPRequest": ""});
    for (from, to) in [
        ("time", "TimeGenerated"),
        ("operationName", "OperationNameValue"),
        ("correlationId", "CorrelationId"),
        ("category", "CategoryValue"),
        ("callerIpAddress", "CallerIpAddress"),
    ] {
        set(&mut row, to, at(record, from));
    }
    row["Caller"] = caller(record);
    row["SubscriptionId"] = subscription(record);
    row["_ResourceId"] = json!(record["resourceId"].as_str().map(str::to_lowercase));
    row
}

/// Columns of before 2021, which tell the operation to people alone.
fn legacy_row(record: &Value) -> Option<Value> {
    let mut content = record["properties"].clone();
    if content.is_null() {
        content = json!({});
    }
    let Value::Object(members) = &mut content else { return None };
    members.entry("message").or_insert_with(|| spelled(record));
    Some(json!({"Type": "AzureActivity", "OperationName": FOR_PEOPLE, "Level": "Informational",
        "ActivityStatus": status(record), "ActivitySubstatus": sub_status(record), "TimeGenerated": record["time"],
        "SubscriptionId": subscription(record), "CorrelationId": record["correlationId"],
        "Caller": caller(record), "CallerIpAddress": record["callerIpAddress"], "Category": "Administrative",
        "HTTPRequest": "", "Properties": content.to_string(), "ResourceId": record["resourceId"],
        "Claims": at(record, "identity.claims").to_string(),
        "Authorization": at(record, "identity.authorization").to_string()}))
}
