//! Records as the Activity Log writes them.

use jiff::Timestamp;
use serde_json::{Value, json};

/// Who calls.
#[derive(Clone, Debug)]
pub(super) struct Principal {
    pub(super) id: String,
    /// The mail address of a person; a policy's identity has none.
    pub(super) person: Option<String>,
    pub(super) address: String,
}

pub(super) fn subscription(n: usize) -> String {
    format!("00000000-0000-0000-0001-{n:012}")
}

/// The n-th machine of a subscription.
pub(super) fn machine(subscription_at: usize, n: usize) -> String {
    let id = subscription(subscription_at);
    format!(
        "/subscriptions/{id}/resourceGroups/rg-{:02}/providers/Microsoft.Compute/virtualMachines/vm-{n:05}",
        n % 20
    )
}

/// An operation on a resource, done.
pub(super) fn done(
    by: &Principal,
    (at, id): (Timestamp, &str),
    (operation, resource): (&str, &str),
    properties: &Value,
) -> Value {
    let kind = if by.person.is_some() { "User" } else { "ServicePrincipal" };
    let mut claims = json!({
        "aud": "https://management.core.windows.net/",
        "http://schemas.microsoft.com/identity/claims/objectidentifier": by.id,
        "http://schemas.microsoft.com/identity/claims/tenantid": "00000000-0000-0000-0000-0000000000ff",
        "appid": if by.person.is_some() { "04b07795-8ddb-461a-bbee-02f9e1bf7b46" } else { "1d78a85d-813d-46f0-b496-dd72f50a3ec0" },
        "idtyp": if by.person.is_some() { "user" } else { "app" },
    });
    if let Some(person) = &by.person {
        claims["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"] = person.as_str().into();
        claims["name"] = person.as_str().into();
    }
    json!({
        "time": at.strftime("%Y-%m-%dT%H:%M:%S.0000000Z").to_string(),
        "resourceId": resource.to_uppercase(), "operationName": operation.to_uppercase(),
        "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.Created",
        "durationMs": 210, "callerIpAddress": by.address,
        "correlationId": format!("00000000-0000-4000-c000-{id}"),
        "identity": {
            "authorization": {"scope": resource, "action": operation,
                "evidence": {"role": "Contributor", "roleAssignmentScope": "/subscriptions",
                    "principalId": by.id.replace('-', ""), "principalType": kind}},
            "claims": claims},
        "level": "Information", "location": "global", "properties": properties,
        "tenantId": "00000000-0000-0000-0000-0000000000ff",
    })
}

/// What the answer to a write of an extension says.
pub(super) fn extension((publisher, kind): (&str, &str)) -> Value {
    let body = json!({"name": kind, "type": "Microsoft.Compute/virtualMachines/extensions",
        "properties": {"autoUpgradeMinorVersion": true, "provisioningState": "Creating",
            "publisher": publisher, "type": kind, "typeHandlerVersion": "1.0"}});
    json!({"statusCode": "Created", "serviceRequestId": null, "responseBody": body.to_string(),
        "eventCategory": "Administrative"})
}
